"""A small reverse proxy in front of the server, as a host would run one: another name, another port, X-Forwarded-*."""
import asyncio
import threading


class Proxy:
    """Passes every request on to a port of loopback, one request per connection. `requests` keeps the first lines."""

    def __init__(self, target: int):
        self.target = target
        self.requests: list[str] = []
        self._loop = asyncio.new_event_loop()
        ready = threading.Event()
        self._thread = threading.Thread(target=self._run, args=(ready,), daemon=True)
        self._thread.start()
        if not ready.wait(5):
            raise RuntimeError("the proxy did not start")

    def _run(self, ready: threading.Event) -> None:
        asyncio.set_event_loop(self._loop)
        self._server = self._loop.run_until_complete(asyncio.start_server(self._serve, "127.0.0.1", 0))
        self.port = self._server.sockets[0].getsockname()[1]
        ready.set()
        self._loop.run_forever()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            upstream, downstream = await asyncio.open_connection("127.0.0.1", self.target)
            downstream.write(self._rewrite(head))
            await asyncio.gather(self._pipe(reader, downstream), self._answer(upstream, writer))
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    def _rewrite(self, head: bytes) -> bytes:
        """The Host stays the public one; the connection is closed after the answer, which keeps this proxy small."""
        lines = head.rstrip(b"\r\n").split(b"\r\n")
        self.requests.append(lines[0].decode("latin-1"))
        kept = [line for line in lines[1:] if not line.lower().startswith((b"connection:", b"x-forwarded-"))]
        added = [b"Connection: close", b"X-Forwarded-For: 203.0.113.7", b"X-Forwarded-Proto: http"]
        return b"\r\n".join([lines[0], *kept, *added]) + b"\r\n\r\n"

    async def _answer(self, upstream: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Tells the client that the connection ends, or it would send its next request into one that is closing."""
        head, _, rest = (await upstream.readuntil(b"\r\n\r\n")).partition(b"\r\n")
        kept = [line for line in rest.rstrip(b"\r\n").split(b"\r\n") if not line.lower().startswith(b"connection:")]
        writer.write(b"\r\n".join([head, *kept, b"Connection: close"]) + b"\r\n\r\n")
        await self._pipe(upstream, writer)

    @staticmethod
    async def _pipe(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            while data := await reader.read(65536):
                writer.write(data)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(5)
