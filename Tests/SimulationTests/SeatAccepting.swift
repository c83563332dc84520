/// What an answer makes so where people share a start: which session somebody is in, and whose seats are given up.
import Database
import Scheduling
import Web

@testable import Features

extension Simulation {
    /// Where somebody sits from now on.
    struct Place {
        let session: ID<GroupSession>
        /// Whether there was none at that time.
        let isNew: Bool
        /// Whether nobody had a seat of it.
        let wasEmpty: Bool
    }

    /// The session that whoever has an answer is in. It must be the one that starts then, where there is one.
    func place(
        _ session: ID<GroupSession>?, _ crew: Crew, on link: LinkFacts, at time: Span, seats: Int,
        moving booking: ID<Booking>? = nil, _ who: String
    ) -> Place? {
        guard let session else {
            findings.append("seats: \(who) is in no session")
            return nil
        }
        if let there = expected.gathering(of: link.id, at: time.start, now: now) {
            // Two may hold a seat for the same booking, of which it takes one.
            let own = expected.keepings.filter { booking != nil && $0.moving == booking }.map(\.id)
            let left = expected.seatsLeft(of: there, at: now, released: Set(own))
            if left < seats { findings.append("seats: \(who) takes \(seats) of \(left)") }
            if there.id != session || there.ends != time.end {
                findings.append("seats: \(who) is in \(session), and \(there.id) starts then")
            }
            if there.crew.hosts != crew.hosts || Set(there.crew.resources) != Set(crew.resources) {
                findings.append("seats: \(who) meets \(crew), and the others meet \(there.crew)")
            }
            count("sessions joined")
            return Place(session: there.id, isNew: false, wasEmpty: expected.seatsTaken(of: there.id) == 0)
        }
        if expected.gatherings[session] != nil {
            findings.append("seats: \(who) is in \(session), which nobody wanted")
        }
        if seats > link.capacity { findings.append("seats: \(who) takes \(seats) of \(link.capacity)") }
        count("sessions begun")
        expected.add(Gathering(
            id: session, tenant: link.tenant, link: link.id, crew: crew, capacity: link.capacity, starts: time.start,
            ends: time.end, rows: link.taken(crew.subjects, claim: session.text, from: time.start, to: time.end)))
        return Place(session: session, isNew: true, wasEmpty: true)
    }

    /// Where somebody is alone in a session that is in the way of the time they want instead, that is kept in its name.
    func sessionAcross(_ time: Span, _ crew: Crew, of meeting: Meeting, on link: LinkFacts) -> ID<GroupSession>? {
        guard let own = expected.alone(meeting), let gathering = expected.gatherings[own] else { return nil }
        let asked = link.taken(crew.subjects, claim: "", from: time.start, to: time.end)
        return asked.contains { time in gathering.rows.contains(where: time.isTooNear) } ? own : nil
    }

    /// Whether a session that was begun could be.
    func judge(_ place: Place, _ what: String) {
        if place.isNew { judge(expected.gatherings[place.session]?.rows ?? [], what) }
    }

    /// Whose turn it is when nobody has a seat yet.
    func turns(of crew: Crew, on link: LinkFacts) -> Set<ID<User>> {
        Set(crew.hosts.filter { link.hosts.contains($0) && !link.heirs(of: $0).isEmpty })
    }

    /// The hosts of a session are told how it stands.
    func tell(_ session: ID<GroupSession>?) {
        let now = now
        expected.change(session) { $0.tell(at: now) }
    }

    // MARK: Moving

    func acceptSeatMove(of before: Meeting, to time: Span, by actor: Actor, _ told: Told, on link: LinkFacts) {
        // A hold for moving it ends first.
        expected.keepings.removeAll { $0.moving == before.id }
        let who = "\(before.id), moved,"
        guard let place = place(told.session, told.crew, on: link, at: time, seats: before.seats, who) else { return }
        if place.isNew { judge(told.crew, moving: before, on: link, from: time.start, to: time.end) }
        let leavesOthers = expected.passTurns(of: before)
        // Whoever comes to others counts with them.
        var turns = leavesOthers || !place.wasEmpty ? [] : before.turns
        let isOthersTurn = place.isNew ? leavesOthers || told.crew.hosts != before.crew.hosts : place.wasEmpty
        if isOthersTurn, case let new = self.turns(of: told.crew, on: link), !new.isEmpty {
            turns = turns.intersection(told.crew.hosts).union(new)
        }
        let (now, asks) = (now, link.asks(actor) && before.isWaiting)
        expected.change(before.id) { meeting in
            meeting.formerTokens.append(meeting.token)
            (meeting.token, meeting.session, meeting.turns) = (told.token, place.session, turns)
            guard !asks else {
                let until = link.approval.deadline(from: now, before: time.start)
                return meeting.ask(time, until: until, told.crew, [], now: now)
            }
            meeting.endWish(at: time, as: .confirmed)
            meeting.crew = told.crew
            meeting.tell(["attendee"] + meeting.guestNames)
        }
        expected.seat(before.id, in: place.session)
        count(asks ? "wishes to move" : "moves between sessions")
        judge(place, "a move")
        guard !asks else { return }
        if !before.isWaiting { tell(before.session) }
        tell(place.session)
    }

    // MARK: Whole sessions

    func acceptSession(_ json: JSON, of wish: Wish, _ id: ID<GroupSession>) async throws -> String {
        guard let before = expected.gatherings[id] else { return "no session" }
        if expected.seatsTaken(of: id) == 0 || before.starts <= now {
            findings.append("\(wish.name): nobody could come any more")
        }
        count(wish.kind)
        let seated = expected.seated(in: id)
        expected.withdrawOffers(of: id)
        expected.keepings.removeAll { $0.session == id }
        if case .moveSession(_, let start) = wish.what {
            try await acceptSessionMove(json, of: before, to: start, seated)
        } else {
            for meeting in seated {
                expected.meetings[meeting.id]?.turns = []
                expected.change(meeting.id) { $0.cancel(quietly: false) }
            }
        }
        if before.version > 1 { tell(id) }
        compare(json, with: expected.gatherings[id], wish)
        recent = seated.last?.id
        return "\(wish.name): \(seated.map(\.id))"
    }

    private func acceptSessionMove(
        _ json: JSON, of before: Gathering, to start: Instant, _ seated: [Meeting]
    ) async throws {
        guard let link = expected.link(before.link), case let told = json["bookings"]?.array ?? [],
            let crew = told.first.flatMap({ crew($0) })
        else { return findings.append("\(before.id) was moved, and no answer says who comes") }
        if crew.hosts != before.crew.hosts { findings.append("\(before.id) was moved, and has other hosts") }
        if seated.contains(where: \.isWaiting) { findings.append("\(before.id) was moved, and somebody waits") }
        if expected.gathering(of: link.id, at: start, now: now) != nil {
            findings.append("\(before.id) was moved to where others meet")
        }
        let time = Span(start: start, end: start.adding(seconds: before.ends - before.starts))
        let tokens = try await tokens(of: seated)
        for meeting in seated {
            expected.change(meeting.id) { meeting in
                meeting.formerTokens.append(meeting.token)
                meeting.token = tokens[meeting.id] ?? ""
                meeting.endWish(at: time, as: .confirmed)
                meeting.crew = crew
                meeting.tell(["attendee"] + meeting.guestNames)
            }
            try await learnRights(of: meeting.id)
        }
        let rows = link.taken(crew.subjects, claim: before.id.text, from: time.start, to: time.end)
        expected.change(before.id) { gathering in
            (gathering.starts, gathering.ends, gathering.crew, gathering.rows) = (time.start, time.end, crew, rows)
        }
        judge(rows, "a session moved")
        judgeRooms(crew, on: link, from: time.start, to: time.end, claim: before.id.text)
    }

    /// The attendees' own tokens: only their mails tell them.
    func tokens(of meetings: [Meeting]) async throws -> [ID<Booking>: String] {
        var tokens: [ID<Booking>: String] = [:]
        for meeting in meetings {
            let (scope, keyring, id) = (town.tenants[meeting.tenant].host, town.keyring, meeting.id)
            tokens[id] = try await database.read(scope) { tx in
                try BookingTokenStore.current(of: id, keyring: keyring, scope: scope, in: tx)
            }
        }
        return tokens
    }

    private func compare(_ json: JSON, with gathering: Gathering?, _ wish: Wish) {
        guard let gathering else { return }
        let seated = expected.seated(in: gathering.id)
        let told = (json["bookings"]?.array ?? []).map { booking in
            "\(booking["id"]?.string ?? "") \(booking["status"]?.string ?? "") \(booking["version"]?.int ?? 0)"
        }
        if Set(told) != Set(seated.map { "\($0.id) \($0.status.rawValue) \($0.version)" }) {
            findings.append("\(wish.name): the reply tells of \(told)")
        }
        let taken = expected.seatsTaken(of: gathering.id)
        if json["seatsTaken"]?.int != taken || json["capacity"]?.int != gathering.capacity
            || json["start"]?.string != gathering.starts.rfc3339() || json["open"] != .bool(taken > 0) {
            findings.append("\(wish.name): the reply tells of another session, \(taken) seats are taken")
        }
    }
}
