"""A proxy that loses replies on purpose: the server has answered, and the caller never hears of it."""
import asyncio
import random

from proxy import Proxy


class LossyProxy(Proxy):
    """Cuts the connection instead of passing a reply on, for `share` of the replies. `lost` counts them."""

    def __init__(self, target: int, *, share: float, seed: int):
        self.share, self.lost, self._dice = share, 0, random.Random(seed)
        super().__init__(target)

    async def _answer(self, upstream: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self._dice.random() >= self.share:
            return await super()._answer(upstream, writer)
        # All of it is read first: what is lost is the reply, not the call.
        while await upstream.read(65536):
            pass
        self.lost += 1
        writer.transport.abort()
