"""A team of a hundred hosts: its page, the booking page and the slots of a link that rotates among all of them.

    Benchmarks/team.py [--hosts 100] [--engine sqlite|postgres] [--rounds 400]

Prints median and 99th percentile of the time until the whole answer is there, and the server's processor time for one.
Each host has another meeting on each of ten days, so that a hundred calendars differ. The binary is WORKESTRA_BIN.
"""
import argparse
import datetime
import gc
import pathlib
import sys

import psycopg

ROOT = pathlib.Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT / "Tests/browser"), str(ROOT / "Tests/chaos"), str(ROOT / "Benchmarks")]

import lib  # noqa: E402
from harness import Server  # noqa: E402
from seed import measure  # noqa: E402

MEETINGS = 10


def team_of(running: Server, hosts: int) -> tuple[lib.Place, dict]:
    place = lib.make_place(running, "Hundred", people=hosts)
    owner = lib.Client(running.port, key=place.owner.key)
    team = owner.call("POST", "/api/v1/teams", {
        "name": "Hundred", "members": [{"userId": person.id} for person in place.people]})
    assert team.status == 201, team.text
    with lib.connection(running) as store:
        store.execute("UPDATE team SET visibility = 'public'")
    link = lib.make_link(
        running, place, slug="rotating", title="Whoever is free", kind="round_robin",
        hosts=[{"userId": person.id} for person in place.people], rotation={"strategy": "equal_distribution"})
    return place, {"team": team.json["slug"], "link": link["slug"]}


def busy(running: Server, place: lib.Place) -> None:
    """Some days of each host hold another meeting, at another time."""
    for number, person in enumerate(place.people):
        own = lib.make_link(running, place, host=person, slug=f"own-{number}", minutes=30)
        starts = lib.free_starts(running, own["slug"], days_ahead=1, days=MEETINGS + 4)
        by_day: dict[str, list[str]] = {}
        for start in starts:
            by_day.setdefault(start[:10], []).append(start)
        for day, times in enumerate(list(by_day.values())[:MEETINGS]):
            made = lib.Client(running.port).call(
                "POST", f"/api/v1/public/links/{own['slug']}/bookings",
                lib.wish(times[(number + 3 * day) % len(times)], f"g{number}.{day}@example.com"))
            assert made.status == 201, made.text


def pages(running: Server, slugs: dict) -> dict[str, str]:
    today = datetime.datetime.fromtimestamp(running.clock.now(), datetime.UTC).date()
    later = [today + datetime.timedelta(days=days) for days in (1, 30)]
    public = f"/api/v1/public/links/{slugs['link']}"
    return {
        "team page": f"/team/{slugs['team']}", "booking page": f"/book/{slugs['link']}",
        "booking page, one day": f"/book/{slugs['link']}?date={later[0] + datetime.timedelta(days=1)}",
        "slots of a month": f"{public}/slots?from={later[0]}&to={later[1]}&timezone={lib.ZONE}",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--hosts", type=int, default=100)
    parser.add_argument("--engine", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--rounds", type=int, default=400)
    asked = parser.parse_args()
    # Lists are not compared with ones that are read anew, as they are in tests.
    with lib.server(asked.engine, settings={"WORKESTRA_TEST_UNCHECKED": "1"}) as running:
        place, slugs = team_of(running, asked.hosts)
        busy(running, place)
        lib.settle(running, limit=120)
        if asked.engine == "postgres":
            # What the server does by itself within a minute; until then it plans for empty tables.
            with psycopg.connect(running.store.url, autocommit=True) as connection:
                connection.execute("ANALYZE")
        gc.freeze()
        gc.disable()
        print(f"{asked.hosts} hosts, {asked.engine}, {asked.rounds} rounds")
        print(f"{'page':24}{'p50 ms':>9}{'p99 ms':>9}{'cpu ms':>9}{'bytes':>9}")
        for name, path in pages(running, slugs).items():
            half, most, used, size = measure(running, "", path, asked.rounds)
            print(f"{name:24}{half:9.1f}{most:9.1f}{used:9.1f}{size:9}", flush=True)


if __name__ == "__main__":
    main()
