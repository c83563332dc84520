"""R-24: a mail server is back after an hour, and five thousand mails that were refused meanwhile want to be sent."""
import collections

import pytest

import harness
import lib
import piles
from results import record

BOOKINGS, OUTAGE, STEP = 2_500, 3_600, 60
WIDTH, ANSWER = 8, 0.02  # jobs side by side in one process; seconds the server takes over each mail
WAITING = "SELECT run_at FROM job WHERE state = 'ready'"


def busiest(moments: list[float], length: float) -> tuple[int, float]:
    """The most of them in one span of that length, and how many there are in one on average."""
    first = min(moments)
    counts = collections.Counter(int((moment - first) / length) for moment in moments)
    return max(counts.values()), len(moments) / (max(counts) + 1)


def stand_still(running) -> None:
    """An hour of refusals; the clock goes on whenever everything that was due has been tried."""
    for _ in range(OUTAGE // STEP):
        running.clock.advance(seconds=STEP)
        piles.wait_until_done(running, 120, f"{piles.PAIRS} AND run_at <= {int(running.clock.now())}")


def test_the_busiest_moment_is_told_from_a_steady_stream():
    assert busiest([number / 10 for number in range(100)], 1) == (10, 10)
    assert busiest([5.0] * 50 + [float(number) for number in range(10)], 1)[0] == 51


@pytest.mark.parametrize("engine", harness.ENGINES)
def test_mails_come_back_spread_out_and_no_faster_than_the_server_is_asked(engine):
    with lib.server(engine) as running:
        _, slots = piles.make_ground(running, "Storm", hosts=25)
        running.mail.refuse = "451 4.7.1 Try later"
        mails = 2 * len(piles.book(running, slots[:BOOKINGS], "storm"))
        stand_still(running)
        assert running.mail.mails == []

        due = [row["run_at"] for row in running.rows(WAITING)]
        assert len(due) == mails == piles.left(running)
        most, mean = busiest(due, 60)
        assert most <= 3 * mean, f"{most} of {mails} mails come back in one minute, {mean:.0f} on average"

        # Worse than the plan: all of them at once, as after a process that stood still.
        running.mail.refuse, running.mail.delay = None, ANSWER
        running.clock.advance(seconds=7_200)
        took = piles.wait_until_done(running, 300)
        came = [mail.at for mail in running.mail.mails]
        most_at_once, steady = busiest(came, 1)
        print(f"storm on {engine}: {most} of {mails} in the busiest minute, {mean:.0f} on average; "
              f"at once {took:.0f} s, {most_at_once} in the busiest second, {steady:.0f} on average")
        assert len(came) == mails == len(piles.mails(running))
        assert most_at_once <= min(3 * steady, WIDTH / ANSWER)
        record("R-24", engine=engine, seed=0, what="an hour without a mail server", rounds=mails, lost=0, doubled=0,
               busiest_minute=most, mean_minute=round(mean), busiest_second=most_at_once, mean_second=round(steady))
