"""R-38: a database of 100,000 bookings moves to the other engine and back, and is the same."""
import os
import time

import harness
import lib
import pytest
from invariants import Facts, violations
from results import record
from test_backup import elsewhere
from test_backup_load import Seed, of

# When a database got its tables is its own.
OWN = {"schema_migration"}
SEEDED = int(os.environ.get("WORKESTRA_SEEDED", "100000"))


def move(source, target) -> float:
    """Seconds that `copy` takes; the key goes along as a file does."""
    began = time.monotonic()
    told = source.command("copy", source.store.url, target.store.url, limit=600)
    took = time.monotonic() - began
    assert "both hold the same" in told.stdout
    (target.folder / "key").write_bytes((source.folder / "key").read_bytes())
    (target.folder / "key").chmod(0o600)
    target.clock.shift = source.clock.shift
    target.clock.advance()
    return took


def plain(running) -> dict[str, list]:
    """Every row of every table, as neither engine's own types: a flag is a number, bytes are bytes."""
    def same(value):
        return bytes(value) if isinstance(value, memoryview) else int(value) if isinstance(value, bool) else value
    names = {"sqlite": "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'",
             "postgres": "SELECT table_name AS name FROM information_schema.tables WHERE table_schema = 'public'"}
    tables = [row["name"] for row in running.rows(names[running.engine])]
    return {table: sorted(repr(sorted((name, same(value)) for name, value in row.items()))
                          for row in running.rows(f"SELECT * FROM {table}"))
            for table in tables if table not in lib.COUNTED | OWN}


@pytest.mark.parametrize("engine", harness.ENGINES)
def test_a_hundred_thousand_bookings_move_there_and_back(engine):
    other = next(name for name in harness.ENGINES if name != engine)
    with lib.server(engine) as running:
        running.demo()
        Seed(running, SEEDED).write(running)
        place = lib.make_place(running, "Movers")
        link = lib.make_link(running, place)
        starts = lib.free_starts(running, link["slug"], days_ahead=10)
        path = f"/api/v1/public/links/{link['slug']}/bookings"
        made = [lib.Client(running.port).call("POST", path, lib.wish(start, f"mover{n}@example.com")).json
                for n, start in enumerate(starts[::2][:8])]
        lib.settle(running)
        mails = len(running.mail.mails)
        assert running.process.stop() == 0
        with elsewhere(other) as there, elsewhere(engine) as back:
            out, home = move(running, there), move(there, back)
            before, between, after = plain(running), plain(there), plain(back)
            assert before == after
            # What an engine keeps for itself is no row of the domain.
            different = [table for table in before if before[table] != between.get(table)]
            assert different == [], different
            for copy in (there, back):
                copy.start()
                for index, booking in enumerate(made):
                    reply = lib.Client(copy.port).call("GET", f"/api/v1/public/bookings/{booking['token']}")
                    assert (reply.status, reply.json["id"]) == (200, booking["id"]), index
                # New rows go on where the old ones ended, and nothing of before is sent again.
                new = lib.Client(copy.port).call("POST", path, lib.wish(starts[-1], "late@example.com"))
                assert new.status == 201, new.text
                lib.settle(copy)
                assert len(copy.mail.mails) == 2, [mail.recipient for mail in copy.mail.mails]
                assert violations(of(Facts.of(copy), place.id), copy.clock.now()) == []
                assert copy.process.stop() == 0
        running.start()
        assert len(running.mail.mails) == mails
    record("R-38", engine=engine, what=f"{SEEDED:,} bookings move to {other} and back", seed=26, rounds=2,
           booked=SEEDED, lost=0, doubled=0, there_s=round(out, 1), back_s=round(home, 1),
           rows=sum(map(len, before.values())))
