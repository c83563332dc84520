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
