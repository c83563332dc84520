"""The reader of a visitor's own calendar, in Node: series are compared with dateutil, clocks with Python's."""
import datetime
import json
import os
import random
import subprocess
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule

from harness import ROOT

UTC = datetime.UTC
NOW = datetime.datetime(2027, 3, 1, 8, tzinfo=UTC)
SEED = 20270301


@pytest.fixture(scope="module")
def reads(tmp_path_factory):
    """A function from calendars to what each takes, read where a zone is the visitor's own."""
    folder = tmp_path_factory.mktemp("own")
    (folder / "package.json").write_text('{"type": "module"}')
    for name in ("own-read.js", "own-rules.js", "own-clocks.js"):
        (folder / name).write_bytes((ROOT / "Public/js" / name).read_bytes())
    (folder / "all.js").write_text(
        "import { readFileSync } from 'node:fs'; import { busy } from './own-read.js';"
        "const { texts, now } = JSON.parse(readFileSync(0, 'utf8'));"
        "console.log(JSON.stringify(texts.map((text) => busy(text, now))));")

    def read(texts: list[str], zone: str = "Europe/Berlin") -> list:
        asked = json.dumps({"texts": texts, "now": NOW.timestamp() * 1000})
        run = subprocess.run(["node", folder / "all.js"], input=asked, capture_output=True, text=True, timeout=300,
                             env=os.environ | {"TZ": zone})
        assert run.returncode == 0, run.stderr
        return json.loads(run.stdout)
    return read


def calendar(*events: list[str], before: str = "") -> str:
    parts = [line for event in events for line in ["BEGIN:VEVENT", *event, "END:VEVENT"]]
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *([before] if before else []), *parts, "END:VCALENDAR", ""])


def spans(found: dict, zone: datetime.tzinfo = UTC) -> list[str]:
    """Each as `2027-03-28 00:00 +23:00`."""
    told = []
    for begins, ends in found["spans"]:
        at = datetime.datetime.fromtimestamp(60 * begins, zone)
        told.append(f"{at:%Y-%m-%d %H:%M} {(ends - begins) // 60:02}:{(ends - begins) % 60:02}")
    return told


def test_a_rule_gives_the_dates_that_dateutil_gives(reads):
    chance = random.Random(SEED)
    names = ["MO", "TU", "WE", "TH", "FR", "SA", "SU"]
    cases = []
    for number in range(400):
        frequency = chance.choice(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"])
        parts = [f"FREQ={frequency}"]
        months = frequency == "YEARLY" and chance.random() < 0.6 or chance.random() < 0.15
        if months:
            parts.append("BYMONTH=" + ",".join(map(str, chance.sample(range(1, 13), chance.randint(1, 3)))))
        if frequency != "WEEKLY" and chance.random() < 0.4:
            parts.append("BYMONTHDAY=" + ",".join(
                map(str, chance.sample([*range(1, 32), *range(-31, 0)], chance.randint(1, 4)))))
        has_days = chance.random() < 0.5 and (frequency != "YEARLY" or months)
        if has_days:
            nth = chance.choice(["", "1", "2", "-1", "+3"]) if frequency in ("MONTHLY", "YEARLY") else ""
            parts.append("BYDAY=" + ",".join(nth + one for one in chance.sample(names, chance.randint(1, 3))))
        if len(parts) > 1 and frequency != "DAILY" and chance.random() < 0.4:
            parts.append(f"BYSETPOS={chance.choice(['1', '2', '-1', '1,-1', '-2,3'])}")
        if chance.random() < 0.5:
            parts.append(f"INTERVAL={chance.randint(1, 5)}")
        if frequency == "WEEKLY" and chance.random() < 0.5:
            parts.append(f"WKST={chance.choice(names)}")
        end = chance.random()
        if end < 0.3:
            parts.append(f"COUNT={chance.randint(1, 900)}")
        elif end < 0.6:
            last = datetime.date(2026, 6, 1) + datetime.timedelta(chance.randint(0, 700))
            parts.append(f"UNTIL={last:%Y%m%d}T090000")
        start = datetime.datetime(chance.choice([1999, 2019, 2026, 2027]), chance.randint(1, 12), chance.randint(1, 28),
                                  chance.randint(0, 23), chance.choice([0, 30]))
        cases.append((";".join(parts), start, chance.choice(["Europe/Berlin", "America/New_York", "Asia/Tokyo"])))
    texts = [calendar([f"DTSTART;TZID={zone}:{start:%Y%m%dT%H%M%S}", "DURATION:PT20M", f"RRULE:{rule}"])
             for rule, start, zone in cases]
    for (rule, start, zone), found in zip(cases, reads(texts), strict=True):
        wanted = []
        for wall in rrule.rrulestr(f"RRULE:{rule}", dtstart=start):
            at = wall.replace(tzinfo=ZoneInfo(zone)).timestamp()
            if at >= (NOW + datetime.timedelta(days=400)).timestamp():
                break
            if at + 1200 > (NOW - datetime.timedelta(days=1)).timestamp():
                wanted.append([int(at // 60), int(at // 60) + 20])
        assert found["spans"] == wanted, (rule, start, zone)
        assert found["isWhole"], rule


# What stands in the file, and what it takes. New York goes forward on 2027-03-14, Berlin on 2027-03-28; both go back in
# autumn, Berlin on 2027-10-31.
CLOCKS = {
    "skipped in New York": ("America/New_York:20270314T023000", ["2027-03-14 07:30 00:30"]),
    "skipped in Berlin": ("Europe/Berlin:20270328T023000", ["2027-03-28 01:30 00:30"]),
    "twice in Berlin": ("Europe/Berlin:20271031T023000", ["2027-10-31 00:30 00:30"]),
    "twice in New York": ("America/New_York:20271107T013000", ["2027-11-07 05:30 00:30"]),
    "just after": ("Europe/Berlin:20270328T030000", ["2027-03-28 01:00 00:30"]),
    "just before": ("Europe/Berlin:20270328T015900", ["2027-03-28 00:59 00:30"]),
}


@pytest.mark.parametrize("name", CLOCKS)
def test_a_time_that_is_skipped_or_there_twice_is_read_as_the_standard_says(reads, name):
    start, wanted = CLOCKS[name]
    found, = reads([calendar([f"DTSTART;TZID={start}", "DURATION:PT30M"])])
    assert spans(found) == wanted and found["isWhole"]


def test_whole_days_are_as_long_as_the_clocks_make_them(reads):
    berlin = ZoneInfo("Europe/Berlin")
    texts = [
        calendar(["DTSTART;VALUE=DATE:20270328"]), calendar(["DTSTART;VALUE=DATE:20271031"]),
        calendar(["DTSTART;VALUE=DATE:20270327", "DTEND;VALUE=DATE:20270329"]),
        # A series that begins on the short day, and one of a night's length.
        calendar(["DTSTART;VALUE=DATE:20270328", "DTEND;VALUE=DATE:20270329", "RRULE:FREQ=MONTHLY;COUNT=2"]),
        calendar(["DTSTART;TZID=Europe/Berlin:20270327T120000", "DURATION:P1D"]),
        calendar(["DTSTART;TZID=Europe/Berlin:20270327T120000", "DURATION:PT24H"]),
    ]
    assert [spans(found, berlin) for found in reads(texts)] == [
        ["2027-03-28 00:00 23:00"], ["2027-10-31 00:00 25:00"], ["2027-03-27 00:00 47:00"],
        ["2027-03-28 00:00 23:00", "2027-04-28 00:00 24:00"], ["2027-03-27 12:00 23:00"], ["2027-03-27 12:00 24:00"]]


OUTLOOK = """BEGIN:VTIMEZONE\r
TZID:W. Europe Standard Time\r
BEGIN:STANDARD\r
DTSTART:16011028T030000\r
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=10\r
TZOFFSETFROM:+0200\r
TZOFFSETTO:+0100\r
END:STANDARD\r
BEGIN:DAYLIGHT\r
DTSTART:16010325T020000\r
RRULE:FREQ=YEARLY;BYDAY=-1SU;BYMONTH=3\r
TZOFFSETFROM:+0100\r
TZOFFSETTO:+0200\r
END:DAYLIGHT\r
END:VTIMEZONE"""


def test_a_zone_that_only_the_file_knows_is_read_from_the_file(reads):
    zone = "W. Europe Standard Time"
    chance = random.Random(SEED)
    starts = [datetime.datetime(2027, 3, 1) + datetime.timedelta(minutes=30 * chance.randint(0, 48 * 390))
              for _ in range(150)]
    starts += [datetime.datetime(2027, 3, 28, 2, 30), datetime.datetime(2027, 10, 31, 2, 30)]
    texts = [calendar([f"DTSTART;TZID={zone}:{start:%Y%m%dT%H%M%S}", "DURATION:PT30M"], before=OUTLOOK)
             for start in starts]
    for start, found in zip(starts, reads(texts, "America/New_York"), strict=True):
        at = int(start.replace(tzinfo=ZoneInfo("Europe/Berlin")).timestamp()) // 60
        assert found == {"spans": [[at, at + 30]], "isWhole": True}, start
    # Without that it is left out, and one knows.
    unknown, = reads([calendar([f"DTSTART;TZID={zone}:20270504T100000", "DURATION:PT30M"])])
    assert unknown == {"spans": [], "isWhole": False}


def test_dates_called_off_moved_added_or_free_are_read_as_such(reads):
    at = "DTSTART:20270504T080000Z"
    texts = [
        calendar(["UID:x", at, "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=3;", "EXDATE;VALUE=DATE:20270505"]),
        calendar(["UID:x", at, "DURATION:PT1H", "RRULE:FREQ=DAILY;COUNT=2"],
                 ["UID:x", "RECURRENCE-ID:20270505T080000Z", "DTSTART:20270505T120000Z", "DURATION:PT1H"]),
        calendar([at, "DURATION:PT1H", "RDATE:20270506T090000Z"]),
        calendar([at, "DURATION:PT1H", "X-MICROSOFT-CDO-BUSYSTATUS:FREE"]),
        calendar([at, "DURATION:PT1H"], before="METHOD:CANCEL"),
        calendar([at, "DURATION:PT1H", "BEGIN:VALARM", "TRIGGER:-PT5M", "DURATION:PT5M", "END:VALARM"]),
        calendar(before="BEGIN:VFREEBUSY\r\nFREEBUSY:20270504T080000Z/PT1H,20270504T100000Z/20270504T110000Z\r\n"
                        "FREEBUSY;FBTYPE=FREE:20270505T080000Z/PT1H\r\nEND:VFREEBUSY"),
    ]
    hour = "2027-05-04 08:00 01:00"
    assert [spans(found) for found in reads(texts)] == [
        [hour, "2027-05-06 08:00 01:00"], [hour, "2027-05-05 12:00 01:00"], [hour, "2027-05-06 09:00 01:00"], [], [],
        [hour], [hour, "2027-05-04 10:00 01:00"]]


@pytest.mark.parametrize("rule", ["FREQ=HOURLY", "FREQ=MONTHLY;BYWEEKNO=1", "FREQ=YEARLY;BYDAY=20MO",
                                  "FREQ=DAILY;COUNT=x", "FREQ=DAILY;UNTIL=soon", "FREQ=DAILY;INTERVAL=0",
                                  "FREQ=MONTHLY;BYMONTHDAY=40", "FREQ=WEEKLY;BYDAY=XX", "FREQ=WEEKLY;BYDAY=2MO"])
def test_a_rule_that_is_not_known_is_its_first_date_and_one_is_told(reads, rule):
    found, = reads([calendar(["DTSTART:20270504T080000Z", "DURATION:PT1H", f"RRULE:{rule}"])])
    assert spans(found) == ["2027-05-04 08:00 01:00"] and not found["isWhole"]


def test_no_file_is_read_for_ever_and_what_overlaps_is_one(reads):
    many = [[f"UID:{number}", f"DTSTART;TZID=Europe/Berlin:20270504T{8 + number % 8:02}0000", "DURATION:PT2H"]
            for number in range(20_000)]
    rule = "FREQ=DAILY;BYMONTH=2;BYMONTHDAY=30;COUNT=999999"
    never = [["DTSTART:19000101T080000Z", "DURATION:PT1H", f"RRULE:{rule}"]] * 500
    overlapping, endless, none, empty = reads([
        calendar(*many), calendar(*never), "%PDF-1.7", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"])
    assert spans(overlapping, ZoneInfo("Europe/Berlin")) == ["2027-05-04 08:00 09:00"] and overlapping["isWhole"]
    assert endless == {"spans": [], "isWhole": False}
    assert none is None and empty == {"spans": [], "isWhole": True}
