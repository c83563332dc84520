"""What must be so of what hosts give to one person; a part of the checker in invariants.py."""
import collections

OVER = {"cancelled", "declined", "expired"}


def unlike_single_uses(facts) -> list[str]:
    """I9: each booking by a single-use link is of one, on its link; of several all but the last came to nothing."""
    found, bookings = [], {booking["id"]: booking for booking in facts["booking"]}
    for one in facts["single_use"]:
        booking = bookings.get(one["booking"])
        if one["booking"] and booking is None:
            found.append(f"single use {one['id']} led to no booking")
        if booking and (booking["link"], booking["source"]) != (one["link"], "single_use"):
            found.append(f"single use {one['id']} led to a booking of another way")
    used = {one["booking"] for one in facts["single_use"]}
    for booking in bookings.values():
        if booking["source"] == "single_use" and booking["status"] not in OVER and booking["id"] not in used:
            found.append(f"single use: {booking['id']} is {booking['status']} and used none up")
    count = collections.Counter(one["booking"] for one in facts["single_use"] if one["booking"])
    return found + [f"single use: {booking} of {number}" for booking, number in count.items() if number > 1]


def unlike_sheets(facts, now: float) -> list[str]:
    """No time of a sheet has more bookings than places, no address more than it may; an open one keeps each time that
    nobody has, once, and no other."""
    found, rows, times = [], facts.by("ledger", "claim"), facts.by("one_off_time", "one_off")
    bookings = collections.defaultdict(list)
    for booking in facts["booking"]:
        if booking["source"] == "sheet" and booking["status"] not in OVER:
            bookings[booking["link"]].append(booking)
    for one in facts["one_off"]:
        if one["per_address"] is None:
            continue
        name, people = one["id"], bookings[one["link"]]
        taken = collections.Counter(booking["starts"] for booking in people)
        found += [f"sheet {name}: {taken[time['starts']]} have {time['places']} places of {time['starts']}"
                  for time in times[name] if taken[time["starts"]] > time["places"]]
        # A corrected address may be one that has signed up before.
        many = collections.Counter(booking["attendee_email"].lower() for booking in people)
        found += [f"sheet {name}: {email} signed up {number} times" for email, number in many.items()
                  if number > one["per_address"]]
        kept = sorted(row["starts"] for row in rows[name])
        if len(kept) != len(set(kept)) or any(taken[start] for start in kept):
            found.append(f"sheet {name} keeps what somebody has, or twice: {kept}")
        if one["state"] == "open" and one["reserves"] and one["expires"] > now:
            # What another booking has by now, such as one that was given to somebody else, is not kept.
            own = [row for rows_of in rows.values() for row in rows_of if row["subject"] == one["author"]]
            found += [f"sheet {name}: {time['starts']} is not kept" for time in times[name]
                      if time["starts"] > now and not taken[time["starts"]] and time["starts"] not in kept
                      and not any(row["starts"] - row["gap_before"] < time["starts"] + time["minutes"] * 60
                                  and time["starts"] < row["ends"] + row["gap_after"]
                                  for row in own if row["claim"] is not None)]
    return found


def unlike_one_offs(facts, now: float) -> list[str]:
    """What is over keeps nobody's time; what is open keeps all of its own, where it keeps any."""
    found, bookings = [], {booking["id"]: booking for booking in facts["booking"]}
    rows, times = facts.by("ledger", "claim"), facts.by("one_off_time", "one_off")
    for one in facts["one_off"]:
        name, kept = one["id"], rows[one["id"]]
        if one["state"] != "open" and kept:
            found.append(f"one-off {name} is {one['state']} and keeps {len(kept)} spans")
        booking = bookings.get(one["booking"])
        if one["state"] == "taken" and (booking is None or (booking["link"], booking["source"]) != (
                one["link"], "one_off")):
            found.append(f"one-off {name} was taken by no booking of its own")
        if one["state"] == "open" and one["reserves"] and one["expires"] > now and one["per_address"] is None:
            spans = [(row["starts"], row["ends"]) for row in kept if row["subject"] == one["author"]]
            found += [f"one-off {name}: {time['starts']} is not kept" for time in times[name] if not any(
                start <= time["starts"] and time["starts"] + time["minutes"] * 60 <= end for start, end in spans)]
    taken = {one["booking"] for one in facts["one_off"]}
    return found + [f"one-off: {booking['id']} came of none" for booking in bookings.values()
                    if booking["source"] == "one_off" and booking["id"] not in taken]
