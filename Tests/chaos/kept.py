"""What must be so of kept offers; a part of the checker in invariants.py."""
import collections


# Housekeeping ends what is an hour past its minute, and comes once an hour.
LATE = 2 * 3600


def unlike_kept_offers(facts, now: float) -> list[str]:
    """Each time of an open offer is kept under its claim, and the offer ends at its minute; one that is over keeps
    nothing and is at most one booking."""
    found, held = [], {hold["id"]: hold for hold in facts["hold"]}
    times, rows = facts.by("kept_offer_time", "offer"), facts.by("ledger", "ref")
    booked = {booking["id"] for booking in facts["booking"]}
    ending = {job["subject"] for job in facts["job"]
              if job["kind"] == "kept_offer_lapse" and job["state"] not in ("done", "skipped", "dead")}
    for offer in facts["kept_offer"]:
        name, own = offer["id"], [hold for hold in held.values() if hold["offer"] == offer["id"]]
        if offer["state"] != "open" and own:
            found.append(f"offer {name} is {offer['state']} and keeps {len(own)} times")
        if offer["state"] == "open" and offer["expires"] + LATE < now:
            found.append(f"offer {name} is open long after its minute")
        if offer["state"] == "open" and now < offer["expires"] and name not in ending:
            found.append(f"offer {name}: nothing will end it")
        if offer["state"] == "taken" and offer["booking"] not in booked:
            found.append(f"offer {name} was taken by no booking")
        for time in times[name] if offer["state"] == "open" else []:
            hold = held.get(time["hold"])
            if time["expires"] > now and (hold is None or (hold["offer"], hold["starts"]) != (name, time["starts"])):
                found.append(f"offer {name}: {time['starts']} is not kept")
            if hold and any(row["claim"] != name for row in rows[hold["id"]]):
                found.append(f"offer {name}: a row under another claim")
    count = collections.Counter(offer["booking"] for offer in facts["kept_offer"] if offer["booking"])
    return found + [f"offer: {booking} came of {number} offers" for booking, number in count.items() if number > 1]
