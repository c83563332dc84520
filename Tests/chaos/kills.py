"""R-11: the server killed again and again at random moments, while a crowd books, moves and cancels."""
import random
import time

import lib
from crowd import Crowd, make_ground, write_history
from invariants import Facts, violations


def kill_at_random(running, *, rounds: int, clients: int, seed: int, longest: float = 1.2) -> dict:
    """Kills and restarts at once; afterwards everything that was promised is there, once. Gives the figures."""
    dice, ready = random.Random(seed), []
    links = make_ground(running)
    crowd = Crowd(lambda: [running.port], links, clients=clients, seed=seed, pause=0.05, name=f"r{seed}-").start()
    try:
        for _ in range(rounds):
            time.sleep(dice.uniform(0.02, longest))
            running.process.kill()
            began = time.monotonic()
            running.start()
            ready.append(time.monotonic() - began)
        time.sleep(1)
    finally:
        crowd.stop()
    undecided = crowd.decide(running.port)
    lib.settle(running, after_kill=True, limit=600)
    facts = Facts.of(running)
    lost, doubled = crowd.complaints(facts)
    wrong = violations(facts, running.clock.now())
    if lost or doubled or wrong:
        write_history(crowd, running.folder / "history.jsonl")
    bad = {"lost": lost, "doubled": doubled, "wrong": wrong, "strange": crowd.strange}
    assert not any(bad.values()), {name: (len(found), found[:5]) for name, found in bad.items()}
    if running.engine == "sqlite":
        assert running.rows("PRAGMA integrity_check") == [{"integrity_check": "ok"}]
    figures = crowd.figures()
    assert figures["cut_off"] > 0, "no call was cut off: the kills came when nobody asked"
    return {"rounds": rounds, "kills": rounds, **figures, "undecided": undecided,
            "ready_s": round(sorted(ready)[len(ready) * 95 // 100], 2), "ready_worst_s": round(max(ready), 2),
            "lost": 0, "doubled": 0}
