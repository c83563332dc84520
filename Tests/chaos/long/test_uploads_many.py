"""R-31: five hundred files at once, from lines that are slow and fast, take little memory and arrive whole."""
import asyncio
import os
import random
import time

import lib
import sending
from crowds import resident_mb
from results import record
from test_files import files

COUNT, LINKS = 500, 6
SEED = int(os.environ.get("WORKESTRA_TEST_SEED", "20261128"))
MORE_MB = 100
PIECE = 65_536
# One for all: the tests' own memory is not what is measured.
CONTENT = memoryview(sending.PDF + b"x" * (sending.MOST - len(sending.PDF)))


class Sender:
    """Somebody with a file of one to 25 MB and a line; on a slow one it takes about two minutes."""

    def __init__(self, chance: random.Random, number: int, links: list[dict]):
        self.link = links[number % LINKS]
        self.bytes = chance.choice((1, 2, 3, 5, 8, 13, 25)) << 20
        self.seconds = chance.uniform(60, 120) if number % 2 else 0

    async def send(self, port: int) -> tuple[int, int]:
        """The status, and how many bytes were said to have arrived."""
        head, tail = sending.body(sending.question(self.link), b"\0").split(b"\0")
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write((f"POST {sending.path(self.link)} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n"
                      f"Content-Type: multipart/form-data; boundary={sending.BOUNDARY}\r\n"
                      f"Content-Length: {len(head) + self.bytes + len(tail)}\r\n\r\n").encode() + head)
        pause = self.seconds / (self.bytes / PIECE)
        for place in range(0, self.bytes, PIECE):
            writer.write(CONTENT[place:min(place + PIECE, self.bytes)])
            await writer.drain()
            if pause:
                await asyncio.sleep(pause)
        writer.write(tail)
        await writer.drain()
        answer = await reader.read()
        writer.close()
        first, _, rest = answer.partition(b"\r\n\r\n")
        told = int(rest.split(b'"bytes":')[1].split(b",")[0]) if b'"bytes":' in rest else 0
        return int(first.split()[1]), told


async def crowd(senders: list[Sender], port: int, pid: int) -> tuple[list[tuple[int, int]], float]:
    """What each was told, and the most the server had in memory meanwhile."""
    most, is_done = 0.0, False

    async def watch():
        nonlocal most
        while not is_done:
            most = max(most, resident_mb(pid))
            await asyncio.sleep(0.2)

    watching = asyncio.create_task(watch())
    answers = await asyncio.gather(*(sender.send(port) for sender in senders))
    is_done = True
    await watching
    return list(answers), most


def test_five_hundred_at_once_take_little_memory(running, place):
    links = [sending.asking(running, place) for _ in range(LINKS)]
    for link in links:
        assert sending.send(running, link, sending.PDF + b"x" * (5 << 20)).status == 201
    lib.settle(running)
    kept, pid, chance = files(running), running.process.child.pid, random.Random(SEED)
    senders = [Sender(chance, number, links) for number in range(COUNT)]
    before, began = resident_mb(pid), time.monotonic()
    answers, most = asyncio.run(crowd(senders, running.port, pid))
    took, more = time.monotonic() - began, most - before
    sent = sum(sender.bytes for sender in senders) >> 20
    print(f"{COUNT} uploads of {sent} MB on {running.engine}: {took:.0f} s, {before:.0f} MB and {more:.0f} MB more")
    assert answers == [(201, sender.bytes) for sender in senders]
    assert len(files(running) - kept) == COUNT
    assert more < MORE_MB, f"{more:.0f} MB for {COUNT} uploads"
    record("R-31", engine=running.engine, seed=SEED, what="500 files of 1 to 25 MB at once", rounds=COUNT, lost=0,
           doubled=0, sent_mb=sent, more_mb=round(more), seconds=round(took))
