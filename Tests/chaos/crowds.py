"""More than a server can do: connections without end that ask at once, drip, or say nothing."""
import asyncio
import collections
import contextlib
import pathlib
import re
import time

STATUS = re.compile(rb"^HTTP/1\.1 (\d{3}) ")


def resident_mb(pid: int) -> float:
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n\r\n".encode()


async def _reply(reader: asyncio.StreamReader) -> int:
    head = await reader.readuntil(b"\r\n\r\n")
    length = re.search(rb"content-length: (\d+)", head, re.IGNORECASE)
    if length:
        await reader.readexactly(int(length[1]))
    return int(STATUS.match(head)[1])


async def _ask(port: int, request: bytes, until: float, seen: collections.Counter, waits: list[float]) -> None:
    """One connection after the other, one request after the other."""
    while time.monotonic() < until:
        try:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
        except OSError:
            seen["refused"] += 1
            await asyncio.sleep(0.05)
            continue
        with contextlib.suppress(OSError):
            try:
                while time.monotonic() < until:
                    began = time.monotonic()
                    writer.write(request)
                    status = await asyncio.wait_for(_reply(reader), 30)
                    seen[status] += 1
                    waits.append(time.monotonic() - began)
                    if status in (429, 503):
                        await asyncio.sleep(0.05)
            except (asyncio.IncompleteReadError, ConnectionError):
                seen["cut"] += 1
            except asyncio.TimeoutError:
                seen["no answer"] += 1
            finally:
                writer.close()


def crowd(port: int, path: str, *, clients: int, seconds: float) -> tuple[collections.Counter, list[float]]:
    """So many connections ask as fast as they are answered; statuses, and how long each answer took."""
    seen, waits, until = collections.Counter(), [], time.monotonic() + seconds

    async def all_of_them() -> None:
        await asyncio.gather(*(_ask(port, get(path), until, seen, waits) for _ in range(clients)))

    asyncio.run(all_of_them())
    return seen, sorted(waits)


async def _hold(port: int, count: int, drip: bytes, every: float, seconds: float) -> tuple[int, int]:
    """Opens connections that send a byte now and then, or nothing; how many were opened, how many are left."""
    opened = []
    for _ in range(count):
        try:
            opened.append(await asyncio.wait_for(asyncio.open_connection("127.0.0.1", port), 5))
        except (OSError, asyncio.TimeoutError):
            break
    until, position, left = time.monotonic() + seconds, 0, list(opened)
    while time.monotonic() < until and left:
        alive = []
        for reader, writer in left:
            # Whoever writes to what the other side closed learns of it as an error instead.
            if reader.at_eof() or reader.exception():
                continue
            try:
                if drip:
                    writer.write(drip[position % len(drip):position % len(drip) + 1])
                alive.append((reader, writer))
            except OSError:
                continue
        left, position = alive, position + 1
        # Reading a little is how the end of a connection is noticed.
        for reader, _ in left:
            with contextlib.suppress(asyncio.TimeoutError, OSError):
                await asyncio.wait_for(reader.read(1), 0.0001)
        await asyncio.sleep(every)
    for _, writer in opened:
        writer.close()
    return len(opened), len(left)


def hold(port: int, count: int, *, drip: bytes = b"", every: float = 1, seconds: float = 10) -> tuple[int, int]:
    return asyncio.run(_hold(port, count, drip, every, seconds))
