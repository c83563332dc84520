"""The checker: reads a database after quiet and says everything about it that must never be so.

Each finding is one sentence. A test passes only when there is none, and each rule is seen to fail in test_checker.py.
"""
import collections
import copy
import dataclasses
import itertools
import json

from given import unlike_one_offs, unlike_sheets, unlike_single_uses
from kept import unlike_kept_offers
from polled import unlike_polls

TABLES = ("assignment", "booking", "booking_host", "booking_answer", "booking_guest", "booking_history",
          "booking_resource", "booking_token", "approval_token", "proposal", "proposal_time", "hold", "ledger", "job",
          "idempotency", "seat_session", "seat_session_host", "series", "series_booking", "waitlist_entry",
          "ring", "kept_offer", "kept_offer_time", "single_use", "answer_file", "one_off",
          "one_off_time", "poll", "poll_option", "poll_voter", "poll_vote")
# The rows of bookings in the ledger.
TAKEN = {"booking", "pending"}
OWNING = {"pending_payment", "pending_approval", "confirmed"}
# These give their seats back.
GONE = {"cancelled", "declined", "expired"}
JOB_DAYS = 30  # how long the housekeeping keeps jobs that have ended
# What may follow what: (event, status after) by the status before.
LEGAL = {
    None: {("booked", "confirmed"), ("booked", "pending_approval")},
    # Of a move that is asked for, no and no answer lead back to what was confirmed.
    "pending_approval": {("approved", "confirmed"), ("cancelled", "cancelled"), ("corrected", "pending_approval"),
                         ("rescheduled", "pending_approval"), ("rescheduled", "confirmed"), ("declined", "declined"),
                         ("declined", "confirmed"), ("expired", "expired"), ("expired", "confirmed")},
    "confirmed": {("rescheduled", "confirmed"), ("rescheduled", "pending_approval"),
                  ("cancelled", "cancelled"), ("completed", "completed"),
                  ("no_show", "no_show"), ("corrected", "confirmed"), ("changed", "confirmed"),
                  ("reassigned", "confirmed")},
    "no_show": {("no_show_undone", "confirmed"), ("no_show_undone", "completed")},
    "completed": {("no_show", "no_show")},
}


@dataclasses.dataclass
class Facts:
    """The rows of the tables that must agree with each other."""
    tables: dict[str, list[dict]]

    @classmethod
    def of(cls, server) -> "Facts":
        return cls({table: [dict(row) for row in server.rows(f"SELECT * FROM {table}")] for table in TABLES})

    def __getitem__(self, table: str) -> list[dict]:
        return self.tables[table]

    def copy(self) -> "Facts":
        return copy.deepcopy(self)

    def by(self, table: str, column: str) -> dict[str, list[dict]]:
        groups = collections.defaultdict(list)
        for row in self[table]:
            groups[row[column]].append(row)
        return groups


def violations(facts: Facts, now: float) -> list[str]:
    """All findings about a database whose jobs have ended."""
    return [*ledger_overlaps(facts["ledger"], now), *booking_overlaps(facts), *unlike_histories(facts),
            *unlike_ledgers(facts), *unlike_holds(facts, now), *unlike_tokens(facts), *unlike_jobs(facts, now),
            *orphans(facts), *unlike_wishes(facts, now), *unlike_seats(facts, now), *unlike_proposals(facts, now),
            *unlike_offers(facts, now), *unlike_calls(facts), *unlike_series(facts),
            *unlike_kept_offers(facts, now), *unlike_single_uses(facts),
            *unlike_one_offs(facts, now), *unlike_sheets(facts, now), *unlike_polls(facts)]


def too_near(one: dict, other: dict) -> bool:
    """Whether two spans of one person overlap, or are nearer than the larger of the gaps they ask for."""
    first, second = sorted((one, other), key=lambda row: (row["starts"], row["ends"]))
    return second["starts"] < first["ends"] + max(first["gap_after"], second["gap_before"])


def ledger_overlaps(rows: list[dict], now: float) -> list[str]:
    """I1, by the ledger: what two claims hold of one subject never meets."""
    found = []
    living = [row for row in rows if row["claim"] and (row["expires"] is None or row["expires"] > now)]
    living.sort(key=lambda row: row["subject"])
    for subject, group in itertools.groupby(living, key=lambda row: row["subject"]):
        found += [f"overlap: ledger of {subject}: {a['claim']} {a['starts']}–{a['ends']} and {b['claim']} "
                  f"{b['starts']}–{b['ends']}"
                  for a, b in itertools.combinations(group, 2) if a["claim"] != b["claim"] and too_near(a, b)]
    return found


def spans(facts: Facts) -> list[dict]:
    """What the bookings themselves say, whatever the ledger says: a span for each host and room of a living booking."""
    hosts, rooms = facts.by("booking_host", "booking"), facts.by("booking_resource", "booking")
    found = []
    for booking in facts["booking"]:
        if booking["status"] in OWNING:
            rules = json.loads(booking["rules"])
            kept = booking["status"] == "pending_approval"
            for kind, starts, ends in times(booking):
                # Beside a wish the booking names the rooms of the wish; those of the confirmed time are in the ledger.
                rest = ([row["subject"] for row in facts["ledger"] if row["claim"] == booking["id"]
                         and row["kind"] == kind and row["subject"].startswith("res_")]
                        if kept and kind == "booking" else [room["resource"] for room in rooms[booking["id"]]])
                # All of one session are one claim.
                found += [{"subject": subject, "claim": booking["session"] or booking["id"], "kind": kind,
                           "starts": starts - 60 * rules.get("travelBeforeMinutes", 0),
                           "ends": ends + 60 * rules.get("travelAfterMinutes", 0),
                           "gap_before": 60 * rules["bufferBeforeMinutes"],
                           "gap_after": 60 * rules["bufferAfterMinutes"], "expires": None}
                          for subject in [host["account"] for host in hosts[booking["id"]]] + rest]
    return found


def times(booking: dict) -> list[tuple[str, int, int]]:
    """What a living booking has: its time, and while another one is asked for, the confirmed one beside it."""
    if booking["status"] != "pending_approval":
        return [("booking", booking["starts"], booking["ends"])]
    kept = [("booking", booking["kept_starts"], booking["kept_ends"])] if booking["kept_starts"] else []
    return kept + [("pending", booking["starts"], booking["ends"])]


def booking_overlaps(facts: Facts) -> list[str]:
    """I1, by the bookings: the same, so that a ledger that lost a row cannot hide an overlap."""
    return [text.replace("ledger", "bookings", 1) for text in ledger_overlaps(spans(facts), 0)]


def unlike_histories(facts: Facts) -> list[str]:
    """I3, I7: the history leads to the row by legal steps, its versions without gaps."""
    found, histories = [], facts.by("booking_history", "booking")
    for booking in facts["booking"]:
        lines = sorted(histories[booking["id"]], key=lambda line: line["version"])
        status, starts = None, None
        for line in lines:
            if (line["event"], line["status"]) not in LEGAL.get(status, set()):
                found.append(f"history of {booking['id']}: {line['event']} after {status}")
            if line["event"] == "rescheduled" and line["from_starts"] != starts:
                found.append(f"history of {booking['id']}: moved from a time it did not have")
            status, starts = line["status"], line["to_starts"] or starts
        if [line["version"] for line in lines] != list(range(1, booking["version"] + 1)):
            found.append(f"history of {booking['id']}: versions {[line['version'] for line in lines]} "
                         f"of {booking['version']}")
        if (status, starts) != (booking["status"], booking["starts"]):
            found.append(f"history of {booking['id']} ends as {status} at {starts}, the row says "
                         f"{booking['status']} at {booking['starts']}")
    return found


def unlike_ledgers(facts: Facts) -> list[str]:
    """I3: a booking that owns time has exactly its rows in the ledger, any other none, and no row is anybody's."""
    def key(row):
        return (row["claim"], row["kind"], row["subject"], row["starts"], row["ends"], row["gap_before"],
                row["gap_after"])

    # A session has one row for each host and room, whatever its bookings; unlike_seats looks at those.
    wanted = collections.Counter(row for row in map(key, spans(facts)) if not row[0].startswith("ssn_"))
    present = collections.Counter(key(row) for row in facts["ledger"] if row["kind"] in TAKEN)
    return ([f"ledger: no row for {row}" for row in (wanted - present).elements()]
            + [f"ledger: a row too many: {row}" for row in (present - wanted).elements()]
            + [f"ledger: ref {row['ref']} is not claim {row['claim']}" for row in facts["ledger"]
               if row["kind"] in TAKEN and row["ref"] != row["claim"]])


def unlike_holds(facts: Facts, now: float) -> list[str]:
    """Each living hold blocks its time, and nothing else is blocked as a hold."""
    holds = {hold["id"]: hold for hold in facts["hold"] if hold["expires"] > now and not hold["session"]}
    holds |= {row["id"]: row for row in facts["proposal"]
              if row["state"] == "open" and row["expires"] > now and row["id"] in facts.by("proposal_time", "proposal")}
    rows = [row for row in facts["ledger"] if row["kind"] == "hold" and (row["expires"] or 0) > now]
    return ([f"hold {hold} blocks nothing" for hold in holds.keys() - {row["ref"] for row in rows}]
            + [f"ledger: hold {row['ref']} is nobody's" for row in rows if row["ref"] not in holds])


def unlike_proposals(facts: Facts, now: float) -> list[str]:
    """Each time of an open proposal is kept for its booking and its hosts; of an ended one nothing is."""
    found, hosts = [], facts.by("booking_host", "booking")
    times, bookings = facts.by("proposal_time", "proposal"), {row["id"]: row for row in facts["booking"]}
    for proposal in facts["proposal"]:
        rows = [row for row in facts["ledger"] if row["kind"] == "hold" and row["ref"] == proposal["id"]]
        booking, lives = bookings[proposal["booking"]], proposal["state"] == "open" and proposal["expires"] > now
        if proposal["state"] != "open" and rows:
            found.append(f"proposal {proposal['id']} is {proposal['state']} and keeps {len(rows)} rows")
        if any(row["claim"] != booking["id"] for row in rows):
            found.append(f"proposal {proposal['id']}: a row under another claim than {booking['id']}")
        if lives and booking["status"] not in OWNING:
            found.append(f"proposal {proposal['id']} is open, its booking is {booking['status']}")
        wanted = len(times[proposal["id"]]) * len(hosts[booking["id"]])
        if lives and sum(row["subject"].startswith("usr_") for row in rows) != wanted:
            found.append(f"proposal {proposal['id']}: not {wanted} times of hosts are kept")
    return found


def unlike_offers(facts: Facts, now: float) -> list[str]:
    """An offer of a waitlist keeps its time until its minute, for one person; who waits is looked at again."""
    found, holds = [], {hold["id"]: hold for hold in facts["hold"]}
    offered = [entry for entry in facts["waitlist_entry"] if entry["state"] == "offered"]
    for entry in offered:
        hold = holds.get(entry["hold"])
        if entry["offered_until"] > now and (hold is None or not hold["waits"] or (
                hold["link"], hold["starts"]) != (entry["link"], entry["offered_start"]) or (
                hold["expires"] < entry["offered_until"])):
            found.append(f"waitlist: {entry['id']} is offered a time that is not kept")
    found += [f"waitlist: {hold} is offered to {count}" for hold, count in collections.Counter(
        entry["hold"] for entry in offered).items() if count > 1]
    places = collections.Counter((entry["link"], entry["offered_start"]) for entry in offered
                                 if entry["hold"] in holds and not holds[entry["hold"]]["session"])
    found += [f"waitlist: {count} offers of one time at {start}" for (_, start), count in places.items() if count > 1]
    looks = {job["subject"] for job in facts["job"] if job["kind"] == "waitlist_look" and job["state"] == "ready"}
    found += [f"waitlist: nothing will look at {link} again" for link in sorted({
        entry["link"] for entry in facts["waitlist_entry"] if entry["state"] in ("waiting", "offered")} - looks)]
    booked = {booking["id"] for booking in facts["booking"]}
    return found + [f"waitlist: {entry['id']} was taken by no booking" for entry in facts["waitlist_entry"]
                    if entry["state"] == "taken" and entry["booking"] not in booked]


def unlike_calls(facts: Facts) -> list[str]:
    """A call that was taken became one meeting, given to who took it; of the others nothing did."""
    found, booked = [], collections.Counter(ring["booking"] for ring in facts["ring"] if ring["booking"])
    given = {(row["booking"], row["account"]) for row in facts["assignment"] if row["accepted"]}
    for ring in facts["ring"]:
        if (ring["state"] == "accepted") != (ring["booking"] is not None):
            found.append(f"call: {ring['id']} is {ring['state']} with booking {ring['booking']}")
        elif ring["booking"] and (ring["booking"], ring["account"]) not in given:
            found.append(f"call: {ring['id']} was taken, and its meeting is nobody's")
    return found + [f"call: {booking} is of {count} calls" for booking, count in booked.items() if count > 1]


def unlike_tokens(facts: Facts) -> list[str]:
    """One living token for each booking, and one ended for each move and each corrected address; the same, without
    the corrections, for whoever booked it for somebody else."""
    found, tokens, histories = [], facts.by("booking_token", "booking"), facts.by("booking_history", "booking")
    for booking in facts["booking"]:
        events = [line["event"] for line in histories[booking["id"]]]
        for holder, ending in (("attendee", ("rescheduled", "corrected")), ("booker", ("rescheduled",))):
            own = [token for token in tokens[booking["id"]] if token["participant"] == holder]
            living, moves = sum(token["retired_at"] is None for token in own), sum(event in ending for event in events)
            isThere = holder == "attendee" or booking["booker_email"] is not None
            if (living, len(own)) != ((1, 1 + moves) if isThere else (0, 0)):
                found.append(f"tokens of {booking['id']}: {living} living of {len(own)} ({holder}), {moves} moves")
    return found


def hosts_by_version(facts: Facts) -> dict[tuple[str, int], list[str]]:
    """Whom each change of a booking was told to: its hosts then, and who had just been its host."""
    now, made = facts.by("booking_host", "booking"), facts.by("assignment", "booking")
    told = {}
    for booking, lines in facts.by("booking_history", "booking").items():
        # Those of pools come several at once; nothing here gives such a booking away.
        given = [row["account"] for row in sorted(made[booking], key=lambda row: row["number"]) if not row.get("pool")]
        hosts = given[:1] or [host["account"] for host in now[booking]]
        for line in sorted(lines, key=lambda line: line["version"]):
            left = []
            if line["event"] == "reassigned" and len(given) > 1:
                left, given = [f"left.{given[0]}"], given[1:]
                hosts = given[:1]
            told[booking, line["version"]] = hosts + left
    return told


def news_of_guests(facts: Facts) -> set[tuple[str, int]]:
    """The changes that guests hear of: those of what is confirmed, and none of what is only asked for."""
    told = set()
    for booking, lines in facts.by("booking_history", "booking").items():
        confirmed = None
        for line in sorted(lines, key=lambda line: line["version"]):
            isnt = line["status"] == "pending_approval" or line["event"] in ("declined", "expired") or (
                line["event"] == "rescheduled" and line["to_starts"] == confirmed) or (
                line["event"] == "cancelled" and confirmed is None)
            if not isnt:
                told.add((booking, line["version"]))
                confirmed = line["to_starts"] or confirmed
    return told


def unlike_wishes(facts: Facts, now: float) -> list[str]:
    """Who waits has a deadline with a job, and each host a token; who does not has neither."""
    found, hosts = [], facts.by("booking_host", "booking")
    tokens = facts.by("approval_token", "booking")
    ends = {job["subject"]: job for job in facts["job"] if job["kind"] == "approval_expiry" and job["state"] == "ready"
            and job["run_at"] > now}
    for booking in facts["booking"]:
        waits = booking["status"] == "pending_approval"
        living = sorted(row["account"] for row in tokens[booking["id"]] if row["ended_version"] is None)
        if waits != (booking["answer_by"] is not None):
            found.append(f"wish: {booking['id']} is {booking['status']} and ends {booking['answer_by']}")
        if living != (sorted(host["account"] for host in hosts[booking["id"]]) if waits else []):
            found.append(f"wish: {booking['id']} is {booking['status']}, tokens of {living} live")
        if waits and booking["id"] not in ends:
            found.append(f"wish: {booking['id']} waits, and nothing will end it")
    return found


def unlike_jobs(facts: Facts, now: float) -> list[str]:
    """I3, I13: for each change one mail to each person, planned once and ended; no mail about anything else."""
    hosts, guests, told = hosts_by_version(facts), facts.by("booking_guest", "booking"), news_of_guests(facts)
    # The hosts of a session are told of those who come at once, and of each one who asks for a place.
    seated = {booking["id"] for booking in facts["booking"] if booking["session"]}
    wanted = collections.Counter(
        f"booking_mail|{line['booking']}|{line['version']}|{person}" for line in facts["booking_history"]
        if not line["event"].startswith("no_show")  # which is nobody's news
        for person in ["attendee"]
        + ([] if line["booking"] in seated and (line["booking"], line["version"]) in told
           else hosts[line["booking"], line["version"]])
        + [f"guest.{guest['position']}" for guest in guests[line["booking"]]
           if (line["booking"], line["version"]) in told]
        + ["former"] * (line["event"] == "corrected"))
    present = collections.Counter(job["dedupe_key"] for job in facts["job"]
                                  if job["kind"] == "booking_mail" and "|link|" not in job["dedupe_key"])
    present += told_together(facts)
    # What ended a month ago was forgotten.
    recent = {(line["booking"], line["version"]) for line in facts["booking_history"]
              if line["at"] > now - JOB_DAYS * 86_400}
    return ([f"jobs: none for {key}" for key in (wanted - present).elements()
             if (key.split("|")[1], int(key.split("|")[2])) in recent]
            + [f"jobs: nothing asked for {key}" for key in (present - wanted).elements()]
            + [f"jobs: {job['dedupe_key']} is {job['state']}: {job['reason']}" for job in facts["job"]
               if job["state"] not in ("done", "skipped") and not is_ahead(job, now)])


def told_together(facts: Facts) -> collections.Counter:
    """What the mails about several meetings of a series tell, each as the mail of its own it stands for."""
    return collections.Counter(
        f"booking_mail|{booking}|{version}|{who}" for job in facts["job"] if job["kind"] == "series_mail"
        for booking, version, who in json.loads(job["payload"])["bookings"])


def unlike_series(facts: Facts) -> list[str]:
    """A series has meetings, its first among them, each one booking of its link for the same person."""
    found, places = [], facts.by("series_booking", "series")
    bookings = {booking["id"]: booking for booking in facts["booking"]}
    for series in facts["series"]:
        rows = places.pop(series["id"], [])
        if 0 not in {row["place"] for row in rows} or len(rows) > series["count"]:
            found.append(f"series {series['id']} has {len(rows)} of {series['count']} meetings")
        joined = [bookings.get(row["booking"]) for row in rows]
        if None in joined:
            found.append(f"series {series['id']} has a booking that is not there")
        elif {booking["link"] for booking in joined} != {series["link"]} or len(
                {booking["created_at"] for booking in joined}) != 1:
            found.append(f"series {series['id']} joins bookings of different links or times")
    return found + [f"series {series} is not there and has bookings" for series in places]


def is_ahead(job: dict, now: float) -> bool:
    """Whether it is only for later: the end of a wish or an offer, the word before it, the next look at a waitlist."""
    later = ("approval_", "waitlist_look", "kept_offer_lapse", "one_off_lapse", "poll_close")
    return job["kind"].startswith(later) and job["state"] == "ready" and job["run_at"] > now


def unlike_seats(facts: Facts, now: float) -> list[str]:
    """Seats add up and are never more than there are; the ledger keeps a session's time while somebody wants it; one
    open session for each start of a link."""
    found, guests, people = [], facts.by("booking_guest", "booking"), facts.by("booking", "session")
    hosts, holds = facts.by("seat_session_host", "session"), facts.by("hold", "session")
    rooms = facts.by("booking_resource", "booking")
    rows = facts.by("ledger", "ref")
    for session in facts["seat_session"]:
        name = session["id"]
        living = sum(1 + len(guests[booking["id"]]) for booking in people[name]
                     if booking["status"] not in GONE)
        held = sum(hold["expires"] > now for hold in holds[name])
        if not session["seats_taken"] == living <= session["capacity"]:
            found.append(f"session {name}: {session['seats_taken']} seats taken of {session['capacity']}, "
                         f"{living} living")
        if session["closed_at"] is not None and living + held:
            found.append(f"session {name} is closed with {living} seats and {held} holds")
        kept = [row for row in rows[name] if row["expires"] is None or row["expires"] > now]
        wanted = {host["account"] for host in hosts[name]} if living + held else set()
        for booking in people[name]:
            if booking["status"] not in GONE:
                wanted |= {room["resource"] for room in rooms[booking["id"]]}
        # Of a session that is only held, nothing else says which rooms it has.
        subjects = [row["subject"] for row in kept if living or not held or not row["subject"].startswith("res_")]
        if sorted(subjects) != sorted(wanted) or any(
                (row["kind"], row["claim"]) != ("session", name) for row in kept):
            found.append(f"session {name}: the ledger has {len(kept)} rows for {len(wanted)} hosts")
        if living and any(row["expires"] is not None for row in kept):
            found.append(f"session {name}: its time runs out though somebody comes")
        found += [f"{booking['id']} is in {name} at another time" for booking in people[name]
                  if booking["status"] in OWNING
                  and (booking["starts"], booking["ends"]) != (session["starts"], session["ends"])]
    starts = collections.Counter((session["link"], session["starts"]) for session in facts["seat_session"]
                                 if session["closed_at"] is None)
    known = {session["id"] for session in facts["seat_session"]}
    return (found + [f"link {link} has {count} sessions at {start}"
                     for (link, start), count in starts.items() if count > 1]
            + [f"ledger: session {row['ref']} is not there" for row in facts["ledger"]
               if row["kind"] == "session" and row["ref"] not in known])


def orphans(facts: Facts) -> list[str]:
    """Rows of bookings that are not there, and keys that were claimed and never answered."""
    known = {booking["id"] for booking in facts["booking"]}
    found = [f"{table}: a row of {row['booking']}, which is not there"
             for table in ("booking_host", "booking_answer", "booking_history", "booking_token")
             for row in facts[table] if row["booking"] not in known]
    hosted = {host["booking"] for host in facts["booking_host"]}
    return (found + [f"booking {booking} has no host" for booking in sorted(known - hosted)]
            + [f"idempotency: {row['key']} has no reply" for row in facts["idempotency"] if row["status"] is None])
