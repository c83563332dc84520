#!/usr/bin/env python3
"""Random repetition rules and what python-dateutil makes of them.

    rule_oracle.py SEED COUNT     lines of `rule|start|from|through|time time …`, in seconds of a clock without a zone

Only rules that RFC 5545 allows and that the two read alike. dateutil wants a day to fit both where BYDAY has plain week
days and so-manieth ones (the RFC: either), takes every day of a week where BYWEEKNO stands alone (the RFC: the first
instance's day of the week), and leaves out days of a year's last week that lie in the next one. It leaves out a first
instance that does not fit the rule; here that one is added, as calendars do.
"""
import datetime
import random
import signal
import sys

from dateutil.rrule import rrulestr

EPOCH = datetime.datetime(1970, 1, 1)
DAYS = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
QUICK = ("HOURLY", "MINUTELY", "SECONDLY")
# How many days a window of each has, so that there are some instances and not too many.
SPANS = {"YEARLY": 366 * 30, "MONTHLY": 366 * 8, "WEEKLY": 366 * 3, "DAILY": 366 * 2, "SECONDLY": 1}
MOST = 1000


class Slow(Exception):
    """It looks for instances that do not come."""


def late(*_):
    raise Slow


def numbers(chance, low, high, most, signed=False):
    found = set()
    for _ in range(chance.randint(1, most)):
        number = chance.randint(low, high)
        found.add(-number if signed and chance.random() < 0.4 else number)
    return ",".join(map(str, sorted(found)))


def weekdays(chance, frequency, by_month, by_week):
    ordinals = frequency in ("MONTHLY", "YEARLY") and not by_week and chance.random() < 0.5
    most = 5 if frequency == "MONTHLY" or by_month else 53
    names = chance.sample(DAYS, chance.randint(1, 3))
    if not ordinals:
        return ",".join(names)
    return ",".join(chance.choice(["", "", "-"]) + str(chance.randint(1, most)) + name for name in names)


def make(chance):
    """A frequency and the parts of a rule."""
    frequency = chance.choice(["YEARLY"] * 4 + ["MONTHLY"] * 4 + ["WEEKLY"] * 3 + ["DAILY"] * 3 + list(QUICK))
    parts = {"FREQ": frequency}

    def often(share):
        return chance.random() < share
    if often(0.5):
        parts["INTERVAL"] = chance.choice([1, 2, 3, 4, 5, 7, 13, 30])
    if often(0.3):
        parts["BYMONTH"] = numbers(chance, 1, 12, 4)
    if frequency == "YEARLY" and often(0.2):
        parts["BYWEEKNO"] = numbers(chance, 2, 51, 3, True)
    if frequency in ("YEARLY",) + QUICK and often(0.2):
        parts["BYYEARDAY"] = numbers(chance, 1, 366, 6, True)
    if frequency != "WEEKLY" and often(0.3):
        parts["BYMONTHDAY"] = numbers(chance, 1, 31, 4, True)
    if often(0.5) or "BYWEEKNO" in parts:
        parts["BYDAY"] = weekdays(chance, frequency, "BYMONTH" in parts, "BYWEEKNO" in parts)
    for name, high in (("BYHOUR", 23), ("BYMINUTE", 59), ("BYSECOND", 59)):
        if often(0.15):
            parts[name] = numbers(chance, 0, high, 3)
    # A week in which the series begins is counted from its beginning by us, from the first instance by dateutil.
    if frequency != "WEEKLY" and often(0.15) and parts.keys() & {"BYDAY", "BYMONTHDAY", "BYYEARDAY"}:
        parts["BYSETPOS"] = numbers(chance, 1, 5, 3, True)
    if often(0.3):
        parts["WKST"] = chance.choice(DAYS)
    return frequency, ";".join(f"{name}={value}" for name, value in parts.items())


def expected(rule, start, first, last, count):
    times, counted = [start] if start >= first else [], 1
    text = f"{rule};UNTIL={last.strftime('%Y%m%dT%H%M%S')}"
    try:
        for time in rrulestr(text, dtstart=start):
            if time == start:
                continue
            if count and counted >= count or len(times) >= MOST:
                break
            counted += 1
            if time >= first:
                times.append(time)
    except ValueError:
        # "generates an empty set"
        pass
    return times


def main():
    chance, wanted = random.Random(int(sys.argv[1])), int(sys.argv[2])
    signal.signal(signal.SIGVTALRM, late)
    while wanted:
        frequency, rule = make(chance)
        start = EPOCH + datetime.timedelta(
            days=chance.randint(9000, 20000), seconds=chance.choice([0, 32400, 37800, 86399, 45296]))
        span = SPANS.get(frequency, 40)
        first = start + datetime.timedelta(days=chance.randint(-5, span // 2))
        last = first + datetime.timedelta(days=chance.randint(1, span))
        count = chance.randint(1, 60) if chance.random() < 0.3 else None
        signal.setitimer(signal.ITIMER_VIRTUAL, 0.05)
        try:
            times = expected(rule, start, first, last, count)
        except Slow:
            continue
        finally:
            signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        if last < start or len(times) >= MOST:
            continue
        wanted -= 1
        seconds = [str(round((time - EPOCH).total_seconds())) for time in (start, first, last)]
        found = " ".join(str(round((time - EPOCH).total_seconds())) for time in times)
        print("|".join([rule + (f";COUNT={count}" if count else ""), *seconds, found]))


main()
