#!/usr/bin/env python3
"""Writes what Python's zoneinfo says about every zone of a folder, for ZoneOracleTests.swift to compare.

    zone_oracle.py FOLDER OUTPUT [AT_LEAST]

Little-endian, for each zone: u16 length and name; u32 n, n instants (i64), n offsets (i32), n abbreviations (u8 length
and text); u32 m, m wall clocks as if in UTC (i64), m offsets a first pass has (i32). Prints the number of checks.
"""
import os
import random
import struct
import sys
import zoneinfo
from array import array
from datetime import datetime, timedelta

EPOCH = datetime(1970, 1, 1)
BEGIN, END = -5_000_000_000, 30_000_000_000  # 1811 to 2920: beyond one cycle of 400 years
CHANGES_BEGIN, CHANGES_END = -2_900_000_000, 2_300_000_000  # 1878 to 2042: beyond what any file spells out
STEP = 20 * 86_400


def names(folder):
    for root, folders, files in os.walk(folder):
        folders[:] = sorted(f for f in folders if f not in ("posix", "right"))
        for file in sorted(files):
            path = os.path.join(root, file)
            with open(path, "rb") as opened:
                if opened.read(4) == b"TZif" and file not in ("localtime", "posixrules"):
                    yield os.path.relpath(path, folder)


def seconds(delta):
    return delta.days * 86_400 + delta.seconds


def local(zone, instant):
    return datetime.fromtimestamp(instant, zone)


def offset(zone, instant):
    return seconds(local(zone, instant).utcoffset())


def changes(zone):
    """The instants at which the offset changes, found by looking every 20 days and halving."""
    before = offset(zone, CHANGES_BEGIN)
    for high in range(CHANGES_BEGIN + STEP, CHANGES_END, STEP):
        after = offset(zone, high)
        if after != before:
            low, far = high - STEP, high
            while far - low > 1:
                middle = (low + far) // 2
                if offset(zone, middle) == before:
                    low = middle
                else:
                    far = middle
            yield far, before, after
        before = after


def questions(zone, count):
    instants, walls = [], []
    for at, before, after in changes(zone):
        instants += [at - 1, at, at + 1]
        edges = [at + before, at + after, at + (before + after) // 2]
        walls += [edge + nudge for edge in edges for nudge in (-1, 0, 1)]
    while len(instants) < count or len(walls) < count:
        instants.append(random.randrange(BEGIN, END))
        walls.append(random.randrange(BEGIN, END))
    return instants, walls


def answers(zone, count):
    instants, walls = questions(zone, count)
    found = [local(zone, instant) for instant in instants]
    body = struct.pack("<I", len(instants)) + array("q", instants).tobytes()
    body += array("i", [seconds(time.utcoffset()) for time in found]).tobytes()
    body += b"".join(bytes([len(time.tzname())]) + time.tzname().encode() for time in found)
    offsets = [seconds((EPOCH + timedelta(seconds=wall)).replace(tzinfo=zone).utcoffset()) for wall in walls]
    body += struct.pack("<I", len(walls)) + array("q", walls).tobytes() + array("i", offsets).tobytes()
    return len(instants) + len(walls), body


def main(folder, target, least="1000000"):
    random.seed(int(os.environ.get("TEST_SEED", "1")))
    zoneinfo.reset_tzpath([os.path.abspath(folder)])
    every, known, checks = list(names(folder)), {}, 0
    with open(target, "wb") as output:
        for name in every:
            with open(os.path.join(folder, name), "rb") as file:
                content = file.read()
            if content not in known:  # a file that is a copy has the same answers
                known[content] = answers(zoneinfo.ZoneInfo(name), int(least) // len(every) // 2 + 1)
            count, body = known[content]
            output.write(struct.pack("<H", len(name)) + name.encode() + body)
            checks += count
    print(checks)


if __name__ == "__main__":
    main(*sys.argv[1:])
