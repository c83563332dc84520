/// What an answer makes so: the state of each booking after each request that was granted.
import Database
import Scheduling
import Web

@testable import Features

extension Simulation {
    /// What an answer says of a booking.
    struct Told {
        let id: ID<Booking>
        let crew: Crew
        let token: String
        let session: ID<GroupSession>?
    }

    func accept(_ json: JSON, of wish: Wish) async throws -> String {
        expected.actor = wish.scope.actor
        if case .keep = wish.what { return try await acceptOffer(json, of: wish) }
        if let session = wish.session { return try await acceptSession(json, of: wish, session) }
        if let booking = wish.part { return try await acceptPart(json, of: wish, from: booking) }
        guard let id = json["id"]?.string.flatMap(ID<Booking>.init), let crew = crew(json) else {
            findings.append("\(wish.name): the reply names no booking, or strangers")
            return "?"
        }
        let told = Told(
            id: id, crew: crew, token: json["token"]?.string ?? "",
            session: json["session"]?.string.flatMap(ID<GroupSession>.init))
        recent = id
        count(wish.kind)
        switch wish.what {
        case .book(let request, let link) where request.series != nil:
            try await acceptSeries(json, request, on: link, by: wish.scope)
        case .book(let request, let link):
            accept(request, on: link, by: wish.scope.actor, told)
        case .move(let booking, let start): acceptMove(of: booking, to: start, by: wish.scope.actor, told)
        case .take(let booking, let id, let start):
            let open = expected.meetings[booking].flatMap(expected.question)
            if open?.id != id || open?.starts.contains(start) != true {
                findings.append("proposal: \(start) of \(id) was taken, and was not to be had")
            }
            acceptMove(of: booking, to: start, by: wish.scope.actor, told)
        case .propose(let booking, let wish): try await acceptProposal(json, wish, of: booking)
        case .cancel(let booking, let quietly): acceptCancellation(of: booking, quietly: quietly)
        case .correct(let booking, let email): acceptCorrection(of: booking, email, told.token)
        case .decide(let booking, let decision, let seen):
            let version = expected.meetings[booking]?.version
            if let seen, seen != version { findings.append("\(wish.name): it was decided about what nobody saw") }
            accept(decision, about: booking)
        case .reassign(let booking, let leaving, let heir): acceptHandOver(of: booking, from: leaving, to: heir, crew)
        case .cancelSession, .moveSession, .cancelPart, .movePart, .keep: break
        }
        noteDeed(wish, about: id)
        try await learnRights(from: told, of: wish)
        compare(json, crew, with: expected.meetings[id], wish)
        return "\(wish.name): \(id)"
    }

    /// Of whom the history tells.
    private func noteDeed(_ wish: Wish, about id: ID<Booking>) {
        switch wish.what {
        case .book, .cancel: expected.note(wish.scope, about: id, isAbout: true)
        case .move, .take, .correct, .decide, .reassign: expected.note(wish.scope, about: id, isAbout: false)
        case .propose, .cancelSession, .moveSession, .cancelPart, .movePart, .keep: break
        }
    }

    private func compare(_ json: JSON, _ crew: Crew, with meeting: Meeting?, _ wish: Wish) {
        guard let meeting else { return }
        if json["version"]?.int != meeting.version {
            findings.append("\(wish.name): the reply tells version \(json["version"]?.int ?? 0)")
        }
        if json["status"]?.string != meeting.status.rawValue {
            findings.append("\(wish.name): the reply says \(json["status"]?.string ?? ""), not \(meeting.status)")
        }
        if crew.hosts != meeting.crew.hosts || Set(crew.resources) != Set(meeting.crew.resources) {
            findings.append("\(wish.name): the reply names \(crew), not \(meeting.crew)")
        }
    }

    /// Who comes, by the names in an answer; nil for a name nobody has.
    func crew(_ json: JSON) -> Crew? {
        let people = Dictionary(town.people.values.map { ($0.name, $0.id) }) { first, _ in first }
        let hosts = json["hosts"]?.array ?? [], resources = json["resources"]?.array ?? []
        let crew = Crew(
            hosts: hosts.compactMap { $0["name"]?.string.flatMap { people[$0] } },
            resources: resources.compactMap { $0["name"]?.string.flatMap { town.resources[$0] } })
        return crew.hosts.count == hosts.count && crew.resources.count == resources.count ? crew : nil
    }

    // MARK: Booking and moving

    private func accept(
        _ request: BookingRequest, on id: ID<Link>, by actor: Actor, _ told: Told
    ) {
        guard let link = expected.link(id), case let (booking, crew) = (told.id, told.crew) else { return }
        expected.endWaiting(by: request, as: booking, on: id)
        judgePick(request, as: booking)
        expected.useHold(of: request, as: booking)
        let wish = Span(start: request.start, end: request.start.adding(minutes: link.duration))
        let place = link.hasSeats ? place(
            told.session, crew, on: link, at: wish, seats: 1 + request.guests.count, "\(booking)") : nil
        let rows = place == nil
            ? link.taken(crew.subjects, claim: booking.text, from: wish.start, to: wish.end) : []
        var meeting = Meeting(
            id: booking, tenant: link.tenant, link: id, crew: crew, session: place?.session, guests: request.guests,
            answer: request.answers.first?.value ?? "", bookedAt: now, email: request.attendee.email,
            starts: wish.start, ends: wish.end, token: told.token, told: (link.title, link.place))
        if let booker = request.bookedBy {
            count("bookings for others")
            meeting.booker = (booker.email, "")
        }
        if link.asks(actor) {
            let until = link.approval.deadline(from: now, before: wish.start)
            meeting.status = .pendingApproval
            meeting.ask(wish, until: until, crew, rows, now: now)
            count("wishes")
        } else {
            meeting.rows = rows
            meeting.tell(["attendee"] + meeting.toldHosts + meeting.guestNames)
        }
        if let chosen = request.host {
            count("hosts chosen")
            meeting.chosen = chosen
            if !crew.hosts.contains(chosen) { findings.append("\(booking) was to be with \(chosen), \(crew) come") }
        }
        meeting.turns = place?.wasEmpty ?? true ? turns(of: crew, on: link) : []
        count(link.kind, "bookings of several")
        if !crew.resources.isEmpty { count("bookings with rooms") }
        judge(meeting.time, "a booking")
        // A session's hosts are those it has, whoever else could come by now.
        if place?.isNew ?? true {
            judge(crew, on: link, from: wish.start, to: wish.end, claim: place?.session.text ?? booking.text)
        }
        judgeOpen(link, "\(booking)")
        if request.start < now { findings.append("\(booking) is in the past") }
        expected.add(meeting)
        guard let place else { return }
        expected.seat(booking, in: place.session)
        judge(place, "a booking")
        if !meeting.isWaiting { tell(place.session) }
    }

    /// Whether a link takes one booking more.
    func judgeOpen(_ link: LinkFacts, _ booking: String) {
        if !link.isActive || link.isDeleted { findings.append("\(booking) is on a link that is closed") }
        if let most = link.mostUses, expected.uses(of: link.id) >= most {
            findings.append("\(booking) is one more than the \(most) of its link")
        }
    }

    private func acceptMove(of booking: ID<Booking>, to start: Instant, by actor: Actor, _ told: Told) {
        guard let before = expected.meetings[booking], let link = expected.link(before.link) else { return }
        let wish = Span(start: start, end: start.adding(seconds: before.ends - before.starts))
        if link.hasSeats { return acceptSeatMove(of: before, to: wish, by: actor, told, on: link) }
        let (crew, token) = (told.crew, told.token)
        let takesBack = before.isWaiting && before.confirmed == wish
        let proposal = expected.question(of: before).flatMap { $0.starts.contains(start) ? $0 : nil }
        // What was kept stays as it was written.
        let kept = proposal?.rows.filter { $0.starts == start } ?? []
        let rows = link.taken(crew.subjects, claim: booking.text, from: wish.start, to: wish.end).map { row in
            kept.first { $0.subject == row.subject } ?? row
        }
        let now = now
        expected.change(booking) { meeting in
            meeting.formerTokens.append(meeting.token)
            meeting.token = token
            if takesBack {
                meeting.standAgain()
                meeting.tell(["attendee"] + meeting.hostNames, isCertain: false)
            } else if proposal == nil, link.asks(actor) {
                let first = min(start, before.confirmed?.start ?? start)
                meeting.ask(wish, until: link.approval.deadline(from: now, before: first), crew, rows, now: now)
            } else {
                meeting.endWish(at: wish, as: .confirmed)
                meeting.take(crew, from: before.crew, on: link)
                (meeting.rows, meeting.crew) = (rows, crew)
                let left = before.crew.hosts.filter { !crew.hosts.contains($0) }.map { "left.\($0)" }
                meeting.tell(["attendee"] + meeting.guestNames + meeting.hostNames + left)
            }
        }
        guard let moved = expected.meetings[booking] else { return }
        count(takesBack ? "wishes taken back" : moved.isWaiting ? "wishes to move" : "moves at once")
        judge(moved.time, "a move")
        if takesBack { return }
        if let proposal { return judge(crew, of: before, taking: proposal, on: link, at: wish) }
        judge(crew, moving: before, on: link, from: wish.start, to: wish.end)
    }

    /// Whose time was kept comes, whatever became of the link since.
    private func judge(
        _ crew: Crew, of before: Meeting, taking proposal: Asked, on link: LinkFacts, at time: Span
    ) {
        count("proposed times taken")
        if crew.hosts != before.crew.hosts { findings.append("proposal: \(proposal.id) was taken, and others come") }
        guard proposal.linkVersion == link.version else { return }
        judgeRooms(crew, on: link, from: time.start, to: time.end, claim: before.id.text)
    }

    func acceptCancellation(of booking: ID<Booking>, quietly: Bool) {
        guard let before = expected.meetings[booking] else { return }
        _ = expected.passTurns(of: before)
        expected.change(booking) { $0.cancel(quietly: quietly) }
        if before.confirmed != nil { tell(before.session) }
    }

    private func acceptCorrection(of booking: ID<Booking>, _ email: String, _ token: String) {
        expected.change(booking) { meeting in
            meeting.formerEmails[meeting.version] = meeting.email
            meeting.formerTokens.append(meeting.token)
            (meeting.email, meeting.token) = (email, token)
            meeting.tell(["attendee"] + (meeting.isWaiting ? meeting.hostNames : meeting.toldHosts) + ["former"])
        }
        if let meeting = expected.meetings[booking], !meeting.isWaiting { tell(meeting.session) }
    }

    // MARK: Deciding

    func accept(_ decision: Decision, about booking: ID<Booking>) {
        guard let before = expected.meetings[booking] else { return }
        if !before.isWaiting { findings.append("\(booking) was decided about, and nothing waited") }
        let isOver = before.waiting.map { $0.until <= now } ?? false
        if decision == .approved, isOver { findings.append("\(booking) was approved when its time was over") }
        if decision == .expired, !isOver { findings.append("\(booking) ran out before its time") }
        if before.waiting?.kept != nil { count("decisions about moves") }
        if decision != .approved { _ = expected.passTurns(of: before) }
        expected.change(booking) { $0.decide(decision) }
        if decision == .approved { tell(before.session) }
    }

    // MARK: Giving away

    func acceptHandOver(of booking: ID<Booking>, from leaving: ID<User>?, to heir: ID<User>?, _ crew: Crew) {
        guard let before = expected.meetings[booking], let link = expected.link(before.link) else { return }
        let left = before.crew.hosts.filter { !crew.hosts.contains($0) }
        let new = crew.hosts.filter { !before.crew.hosts.contains($0) }
        guard crew.hosts.count == before.crew.hosts.count, left.count == 1, new.count == 1 else {
            return findings.append("\(booking) went from \(before.crew.hosts) to \(crew.hosts)")
        }
        let able = link.rotates ? link.heirs(of: left[0]) : town.members(of: link.tenant)
        if !able.contains(new[0]) || (leaving ?? left[0]) != left[0] || (heir ?? new[0]) != new[0] {
            findings.append("\(booking) went from \(left[0]) to \(new[0]), of \(able)")
        }
        if expected.off.contains("\(link.tenant) \(new[0])") {
            findings.append("\(booking) went to somebody who is off")
        }
        judgeThere(new, from: before.starts, to: before.ends, "\(booking), given away")
        expected.change(booking) { meeting in
            let own = link.taken([new[0].text], claim: booking.text, from: meeting.starts, to: meeting.ends)
            meeting.rows = meeting.rows.filter { $0.subject != left[0].text } + own
            meeting.take(crew, from: before.crew, on: link)
            meeting.crew = crew
            meeting.tell(["attendee"] + meeting.guestNames + meeting.hostNames + ["left.\(left[0])"])
        }
        expected.meetings[booking].map { judge($0.time, "a handover") }
    }
}

extension Meeting {
    /// Whose turn it was: of those who stay as before, and of the new ones who take turns.
    mutating func take(_ crew: Crew, from before: Crew, on link: LinkFacts) {
        guard link.rotates, crew.hosts != before.hosts else { return }
        let new = crew.hosts.filter { !before.hosts.contains($0) && !link.heirs(of: $0).isEmpty }
        turns = turns.intersection(crew.hosts).union(new)
    }
}
