/// What strangers do on a public page: look, hold, book, send again.
import Database
import Scheduling

@testable import Features

extension Simulation {
    func visit(_ act: Act) async throws -> String {
        switch act {
        case .hold: try await hold()
        case .holdMove: try await holdForMove()
        case .submit: try await submit()
        case .release: try await release()
        case .again: try await again()
        case .forge: try await forge()
        case .careless: try await beCareless()
        default: try await book()
        }
    }

    // MARK: Booking

    private func book() async throws -> String {
        if let others = someSession(percent: 15), let link = expected.link(others.link) {
            return try await send(wish(on: link, start: others.starts))
        }
        guard let link = chance.one(of: expected.links) else { return "no link" }
        if link.proves { return try await typeCode(on: link) }
        let start = weekBeforeOthers(on: link) ?? keptForOthers(on: link) ?? someStart(of: link)
        return try await send(wish(on: link, start: start))
    }

    private func submit() async throws -> String {
        guard let form = chance.one(of: forms) else { return "no form is open" }
        forms.removeAll { $0.id == form.id }
        guard let link = expected.link(form.link) else { return "no link" }
        if let booking = form.moving {
            guard let meeting = expected.meetings[booking] else { return "no meeting" }
            return try await send(Wish(
                what: .move(booking, form.starts), key: key("move"), scope: town.tenants[meeting.tenant].attendee,
                sentAt: now))
        }
        if link.proves { return try await typeCode(on: link, form) }
        return try await send(wish(on: link, start: form.starts, hold: form.token))
    }

    /// - Parameters:
    ///   - email: an address that was proved.
    ///   - doer: somebody of the house.
    func wish(
        on link: LinkFacts, start: Instant, hold: String? = nil, email: String? = nil, by doer: Scope? = nil
    ) -> Wish {
        let tenant = town.tenants[link.tenant]
        let number = chance.number(1...40)
        let attendee = Attendee(
            name: "Visitor \(number) \(tenant.mark)", email: email ?? "v\(number)@\(tenant.mark).example",
            zone: "Asia/Tokyo", language: "en")
        var request = BookingRequest(start: start, attendee: attendee)
        (request.holdToken, request.series) = (hold, someSeries(on: link, from: start))
        if let question = link.question, chance.happens(percent: 50) {
            request.answers = [Answered(question: question, label: "What about?", value: "\(number) \(tenant.mark)")]
        }
        if link.mayChoose, hold == nil, chance.happens(percent: 40) { request.host = chance.one(of: link.hosts) }
        if chance.happens(percent: 15) { request.guests = ["guest\(number)@\(tenant.mark).example"] }
        // Hosts book for others, and ask nobody.
        let isHost = hold == nil && email == nil && chance.happens(percent: 8)
        let scope = doer ?? (isHost ? tenant.host : tenant.visitor)
        // So do people on the page, in somebody's place: one meeting at a time, and where nobody proves an address.
        if scope == tenant.visitor, request.series == nil, email == nil, chance.happens(percent: 15) {
            let other = chance.number(1...20)
            request.bookedBy = BookedBy(
                name: "Booker \(other) \(tenant.mark)", email: "booker\(other)@\(tenant.mark).example")
        }
        return Wish(what: .book(request, link.id), key: key("book"), scope: scope, sentAt: now)
    }

    func key(_ what: String) -> RequestKey {
        RequestKey(text: "\(what)-\(chance.number(0...Int(Int32.max)))", request: what)
    }

    /// A start that is offered more often than not, on few days, so that people want the same.
    func someStart(of link: LinkFacts) -> Instant {
        if link.hasSeats, let start = startOfOthers(on: link) { return start }
        if let start = startInWindow(of: link) { return start }
        let ahead = town.people[link.host]?.ahead ?? 0
        let day = chance.weighted([(3, 0), (6, 1), (3, 2), (1, 3), (1, 7), (1, 40)])
        let midnight = Instant(now.seconds - now.seconds % 86_400).adding(days: day)
        return midnight.adding(hours: chance.number(9...15) - ahead).adding(minutes: chance.number(0...3) * 30)
    }

    // MARK: Holding

    private func hold() async throws -> String {
        guard let link = chance.one(of: expected.links) else { return "no link" }
        let start = someStart(of: link)
        return try await keep(start, link, moving: nil)
    }

    private func holdForMove() async throws -> String {
        // Somebody alone in a session may want it a little earlier or later.
        let alone = chance.happens(percent: 35) ? chance.one(of: open.filter { expected.alone($0) != nil }) : nil
        guard let meeting = alone ?? someone(of: open), let link = expected.link(meeting.link) else {
            return "no meeting"
        }
        let near = meeting.starts.adding(minutes: chance.number(-2...2) * 15)
        return try await keep(alone == nil ? someStart(of: link) : near, link, moving: meeting)
    }

    private func keep(_ start: Instant, _ link: LinkFacts, moving meeting: Meeting?) async throws -> String {
        let visitor = "visitor \(chance.number(1...6))"
        let scope = town.tenants[link.tenant].visitor
        let installation = installation
        let seen: Booking? = if let meeting {
            try await installation.database.read(scope) { [id = meeting.id] tx in
                try BookingStore.find(id, scope: scope, in: tx)
            }
        } else { nil }
        let made = try await outcome {
            try await HoldSlot(installation)(start: start, visitor: visitor, link: link.id, moving: seen, scope: scope)
        }
        switch made {
        case .failure(let refused):
            judge(refused, at: start, on: link, claims: [meeting?.id.text].compactMap(\.self), visitor: visitor,
                  of: meeting)
            return "\(visitor) on \(link.title) at \(start): \(refused.words)"
        case .success(let (hold, token)):
            expected.keepings.removeAll { $0.visitor == visitor && $0.link == link.id }
            try await accept(hold, token, of: visitor, on: link, moving: meeting)
            return "\(visitor) on \(link.title): \(hold.id) at \(start)"
        }
    }

    private func accept(
        _ hold: Hold, _ token: String, of visitor: String, on link: LinkFacts, moving meeting: Meeting?
    ) async throws {
        let (crew, session) = try await crew(of: hold.id)
        let time = Span(start: hold.starts, end: hold.ends)
        let across = session == nil ? meeting.flatMap { sessionAcross(time, crew, of: $0, on: link) } : nil
        let claim = across?.text ?? meeting?.id.text ?? hold.id.text
        let place = link.hasSeats && across == nil
            ? place(session, crew, on: link, at: time, seats: 1, moving: meeting?.id, "\(hold.id)") : nil
        let keeping = Keeping(
            id: hold.id, token: token, visitor: visitor, link: link.id, moving: meeting?.id, session: place?.session,
            expires: hold.expires, starts: hold.starts,
            time: place == nil ? link.taken(crew.subjects, claim: claim, from: hold.starts, to: hold.ends) : [])
        count(place == nil ? "holds" : "holds of seats")
        if let meeting { recent = meeting.id }
        if !(place?.isNew ?? true) {
            // Its hosts are those it has.
        } else if let meeting {
            judge(crew, moving: meeting, on: link, from: hold.starts, to: hold.ends)
            if across != nil { count("holds across one's session") }
        } else {
            judge(crew, on: link, from: hold.starts, to: hold.ends, claim: place?.session.text ?? claim)
        }
        if let place { judge(place, "a hold") } else { judge(keeping.time, "a hold") }
        expected.keepings.append(keeping)
        forms.append(keeping)
    }

    /// Whose time a hold keeps, and of which session: no answer says it.
    func crew(of hold: ID<Hold>) async throws -> (Crew, ID<GroupSession>?) {
        let (session, subjects, seated): (ID<GroupSession>?, [String], [ID<User>]) = try await database.lookUp { tx in
            let session = try tx.one("SELECT session FROM hold WHERE id = \(hold)") {
                try $0["session"] as ID<GroupSession>?
            } ?? nil
            let claim = session?.text ?? hold.text
            let subjects = try tx.all("""
                SELECT subject FROM ledger WHERE kind IN ('hold', 'session') AND ref = \(claim)
                """) {
                try $0["subject"] as String
            }
            let seated = try tx.all("""
                SELECT account FROM seat_session_host WHERE session = \(claim) ORDER BY position
                """) {
                try $0["account"] as ID<User>
            }
            return (session, subjects, seated)
        }
        let hosts = session == nil ? subjects.compactMap { ID<User>($0) }.sorted { $0.text < $1.text } : seated
        return (Crew(hosts: hosts, resources: subjects.compactMap { ID<BookableResource>($0) }), session)
    }

    private func release() async throws -> String {
        guard let form = chance.one(of: forms), let link = expected.link(form.link) else { return "no form is open" }
        let (scope, installation) = (town.tenants[link.tenant].visitor, installation)
        let done = try await outcome { try await HoldSlot(installation).release(form.id, scope: scope) }
        if case .failure(let refused) = done { return refused.words }
        expected.keepings.removeAll { $0.id == form.id }
        return "\(form.id)"
    }

    // MARK: Again

    private func again() async throws -> String {
        // Replies are kept for 72 hours, and nobody waits that long.
        repeats.removeAll { now - $0.sentAt > 250_000 }
        guard let wish = chance.one(of: repeats) else { return "nothing to send again" }
        return try await carryOut(wish)
    }

    private func forge() async throws -> String {
        let known = repeats.filter { wish in
            expected.replies[wish.key.text] != nil && now - wish.sentAt < 250_000 && wish.scope.behalf == nil
        }
        guard let wish = chance.one(of: known) else { return "no key to use again" }
        let installation = installation
        do {
            _ = try await wish.forged(installation)
            findings.append("key \(wish.key.text) answered another request")
        } catch is IdempotencyMismatch {
            count("keys not another's")
            return "\(wish.key.text) is another request's"
        } catch {
            findings.append("key \(wish.key.text) of another request: \(error)")
        }
        return wish.name
    }
}
