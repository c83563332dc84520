"""Replies that never arrive: whoever repeats the call with its key has one booking, however often it was cut off."""
import os
import threading

import pytest

import lib
from invariants import Facts, violations
from lossy import LossyProxy
from pages import Page

SEED = int(os.environ.get("WORKESTRA_TEST_SEED", "20261124"))


def grounds(running, name: str, *, hosts: int, wanted: int) -> list[tuple[str, str]]:
    """Free times on links of a fresh workspace that do not touch each other: (slug, start)."""
    place = lib.make_place(running, name, people=hosts)
    links = [lib.make_link(running, place, host=person) for person in place.people]
    slots = [(link["slug"], start) for link in links
             for start in lib.free_starts(running, link["slug"], days=50)[::2]]
    assert len(slots) >= wanted, f"{len(slots)} free times"
    return slots[:wanted]


def stubborn(port: int, slug: str, start: str, email: str, *, keyed: bool = True) -> tuple[lib.Reply, int]:
    """Books until an answer comes; with one key for all tries, or with none."""
    for cut in range(60):
        try:
            path = f"/api/v1/public/links/{slug}/bookings"
            key = f"stubborn {email}" if keyed else None
            return lib.Client(port).call("POST", path, lib.wish(start, email), idempotency=key), cut
        except lib.Lost:
            continue
    raise AssertionError(f"{email}: no answer in 60 tries")


def book_all(port: int, slots: list[tuple[str, str]], mark: str, *, clients: int = 8, keyed: bool = True) -> dict:
    """Everybody books, `clients` at a time; by address: the answer and how often it was cut off before."""
    told: dict[str, tuple[lib.Reply, int]] = {}

    def client(first: int) -> None:
        for number in range(first, len(slots), clients):
            email = f"{mark}{number}@example.com"
            told[email] = stubborn(port, *slots[number], email, keyed=keyed)

    threads = [threading.Thread(target=client, args=(first,)) for first in range(clients)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return told


def unlike(running, told: dict, mark: str) -> list[str]:
    """What was answered and what is stored must be the same, one booking for each address."""
    stored = running.rows("SELECT id, attendee_email FROM booking WHERE attendee_email LIKE ?", f"{mark}%")
    ids = {row["attendee_email"]: row["id"] for row in stored}
    found = [] if len(stored) == len(ids) else [f"{len(stored)} bookings of {len(ids)} people"]
    for email, (reply, cut) in told.items():
        if reply.status != 201:
            found.append(f"{email}: {reply.status} after {cut} cuts, though it has {ids.get(email, 'nothing')}")
        elif reply.json["id"] != ids.get(email):
            found.append(f"{email} was told {reply.json['id']} and has {ids.get(email)}")
        elif reply.replayed != (cut > 0):
            found.append(f"{email}: replayed is {reply.replayed} after {cut} cuts")
    return found + [f"{email} is stored and was not told" for email in ids.keys() - told.keys()]


def test_a_third_of_the_replies_is_lost_and_no_booking(running):
    """R-09, small."""
    slots = grounds(running, "Lossy", hosts=2, wanted=60)
    proxy = LossyProxy(running.port, share=0.3, seed=SEED)
    try:
        told = book_all(proxy.port, slots, "lossy")
    finally:
        proxy.close()
    print(f"lost replies on {running.engine}: seed {SEED}, {len(told)} bookings, {proxy.lost} replies lost")
    assert proxy.lost > 10 and unlike(running, told, "lossy") == []
    lib.settle(running)
    assert violations(Facts.of(running), running.clock.now()) == []


def test_without_a_key_a_lost_reply_is_seen_to_be_trouble(running):
    """The negative control: the second try is refused for the sake of the first one's own booking."""
    slots = grounds(running, "Keyless", hosts=1, wanted=30)
    proxy = LossyProxy(running.port, share=0.3, seed=SEED)
    try:
        told = book_all(proxy.port, slots, "keyless", keyed=False)
    finally:
        proxy.close()
    found = unlike(running, told, "keyless")
    assert len(found) > 2 and all("409 after" in finding for finding in found), found


@pytest.mark.parametrize("cuts", [1, 3])
def test_a_form_whose_reply_was_cut_can_be_sent_again(running, place, cuts):
    """R-08: the browser says the connection was lost, the person presses again: the same booking's page opens."""
    link = lib.make_link(running, place)
    base, start = f"/book/{link['slug']}", lib.seconds(lib.free_starts(running, link["slug"], days_ahead=20 + cuts)[4])
    caller = lib.Client(running.port)
    hidden = Page(caller.call("GET", base).text).form(f"{base}/holds").fields
    held = caller.form(f"{base}/holds", hidden | {"start": str(start)})
    fields = Page(caller.call("GET", held.headers["location"]).text).form(f"{base}/bookings").fields | {
        "attendee.name": "Ada Again", "attendee.email": f"again{cuts}@example.com"}
    proxy = LossyProxy(running.port, share=1, seed=SEED)
    try:
        for _ in range(cuts):
            with pytest.raises(lib.Lost):
                pytest.fail(f"answered: {lib.Client(proxy.port).form(f'{base}/bookings', fields)}")
    finally:
        proxy.close()
    replies = lib.together(*[lambda: lib.Client(running.port).form(f"{base}/bookings", fields)] * 20)
    where = {reply.headers.get("location") for reply in replies}
    assert {reply.status for reply in replies} == {303} and len(where) == 1 and where.pop().startswith("/booking/")
    rows = running.rows("SELECT id FROM booking WHERE attendee_email = ?", f"again{cuts}@example.com")
    assert len(rows) == 1


# R-10: a key is its caller's and its route's, and only for three days.

KEPT = 72 * 3_600


def test_a_key_means_nothing_in_another_workspace_or_on_another_route(running):
    """The same key and the same words, by strangers to each other: each gets a booking of their own, and no other."""
    ours, theirs = lib.make_place(running, "Ours"), lib.make_place(running, "Theirs")
    links = [lib.make_link(running, place) for place in (ours, theirs)]
    start = lib.free_starts(running, links[0]["slug"], days_ahead=4)[2]
    client, mine = lib.Client(running.port), lib.wish(start, "same@example.com", name="Same Person")
    paths = [f"/api/v1/public/links/{link['slug']}/bookings" for link in links]
    first = [client.call("POST", path, mine, idempotency="shared") for path in paths]
    assert [(reply.status, reply.replayed) for reply in first] == [(201, False)] * 2
    assert len({reply.json["id"] for reply in first}) == len({reply.json["token"] for reply in first}) == 2
    again = [client.call("POST", path, mine, idempotency="shared") for path in paths]
    assert [(reply.json["id"], reply.replayed) for reply in again] == [(reply.json["id"], True) for reply in first]

    # On the routes of one booking, and on those of the other with the same words.
    for reply, link in zip(first, links, strict=True):
        later = lib.free_starts(running, link["slug"], days_ahead=5)[3]
        base = f"/api/v1/public/bookings/{reply.json['token']}"
        moved = client.call("POST", f"{base}/reschedule", {"start": later}, idempotency="shared")
        assert (moved.status, moved.replayed, moved.json["id"]) == (200, False, reply.json["id"])
        ended = client.call("POST", f"/api/v1/public/bookings/{moved.json['token']}/cancel", {}, idempotency="shared")
        assert (ended.status, ended.replayed, ended.json["status"]) == (200, False, "cancelled")

    keys = [lib.Client(running.port, key=place.owner.key) for place in (ours, theirs)]
    hours, away = {"name": "Nights", "timezone": "UTC"}, {"kind": "out_of_office", "from": "2027-06-01",
                                                          "to": "2027-06-02"}
    for path, body in (("schedules", hours), ("time-off", away)):
        made = [key.call("POST", f"/api/v1/{path}", body, idempotency="shared") for key in keys]
        assert [(reply.status, reply.replayed) for reply in made] == [(201, False)] * 2, path
        assert len({reply.json["id"] for reply in made}) == 2
        assert [reply.json["user"] for reply in made] == [ours.owner.id, theirs.owner.id]

    # Other words with a key of one's own are refused, and told nothing of what the key was used for.
    other = client.call("POST", paths[0], lib.wish(start, "other@example.com"), idempotency="shared")
    assert (other.status, other.json["code"]) == (422, "idempotency_mismatch")
    assert not any(told in other.text for told in ("same@example.com", "Same Person", first[0].json["token"]))


def test_after_three_days_a_key_is_as_new(running):
    """Last in this file: it turns the clock."""
    place = lib.make_place(running, "Retention")
    key = lib.Client(running.port, key=place.owner.key)

    def enter(day: str) -> lib.Reply:
        return key.call("POST", "/api/v1/time-off", {"kind": "out_of_office", "from": day, "to": day},
                        idempotency="kept")

    first = enter("2027-06-01")
    lib.settle(running)
    running.clock.advance(seconds=KEPT - 30)
    assert (enter("2027-06-01").json["id"], enter("2027-06-01").replayed) == (first.json["id"], True)
    assert enter("2027-06-02").json["code"] == "idempotency_mismatch"
    running.clock.advance(seconds=60)
    second = enter("2027-06-02")
    assert (second.status, second.replayed) == (201, False) and second.json["id"] != first.json["id"]
    assert enter("2027-06-02").json["id"] == second.json["id"]
    assert enter("2027-06-01").json["code"] == "idempotency_mismatch"
    stored = running.rows("SELECT key FROM idempotency WHERE key = ? AND route = ?", "kept", "time-off")
    assert len(stored) == 1, "of the one that is over nothing is left"
