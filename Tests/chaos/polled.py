"""What must be so of polls; a part of the checker in invariants.py."""


def unlike_polls(facts) -> list[str]:
    """What is decided keeps nobody's time and became one booking; what is not keeps what its host wanted; everybody
    has said one thing to each option, and is there once."""
    found, bookings = [], {booking["id"]: booking for booking in facts["booking"]}
    rows, options = facts.by("ledger", "claim"), facts.by("poll_option", "poll")
    voters = {voter["id"]: voter for voter in facts["poll_voter"]}
    for poll in facts["poll"]:
        name, kept = poll["id"], rows[poll["id"]]
        if kept and (poll["state"] == "finalized" or not poll["holds"]):
            found.append(f"poll {name} is {poll['state']} and keeps {len(kept)} spans")
        if poll["state"] == "open" and poll["holds"]:
            spans = [(row["starts"], row["ends"]) for row in kept if row["subject"] == poll["author"]]
            found += [f"poll {name}: {option['starts']} is not kept" for option in options[name]
                      if option["proposer"] is None and not any(
                          start <= option["starts"] and option["starts"] + option["minutes"] * 60 <= end
                          for start, end in spans)]
        booking = bookings.get(poll["booking"])
        if poll["state"] == "finalized" and (booking is None or (booking["link"], booking["source"]) != (
                poll["link"], "poll")):
            found.append(f"poll {name} became no booking of its own")
        if poll["chosen"] and poll["chosen"] not in {option["id"] for option in options[name]}:
            found.append(f"poll {name} has chosen none of its options")
        people = [voter["folded"] for voter in voters.values() if voter["poll"] == name]
        if len(people) != len(set(people)):
            found.append(f"poll {name} knows somebody twice")
    where = {option["id"]: option["poll"] for rows in options.values() for option in rows}
    for vote in facts["poll_vote"]:
        voter = voters.get(vote["voter"])
        if voter is None or not voter["voted_at"] or not voter["poll"] == vote["poll"] == where.get(vote["option"]):
            found.append(f"poll {vote['poll']}: an answer of nobody who has answered there")
    links = [poll["link"] for poll in facts["poll"]]
    made = [booking["link"] for booking in bookings.values() if booking["source"] == "poll"]
    return found + [f"poll: {link} has {made.count(link)} bookings" for link in links if made.count(link) > 1]
