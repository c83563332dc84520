/// What attendees do with the mailed address of their booking: move, cancel, correct, ask for the newest.
import Database
import Scheduling

@testable import Features

extension Simulation {
    func attend(_ act: Act) async throws -> String {
        if act == .answer { return try await answer() }
        let all = act == .remind || chance.happens(percent: 10) ? expected.order.suffix(12).compactMap {
            expected.meetings[$0] } : open
        // Few meetings have a wish beside what is certain; some of their people think better of it.
        let wishing = act == .move && chance.happens(percent: 40) ? open.filter { $0.waiting?.kept != nil } : []
        // Where others wait, somebody gives up sooner or later.
        let awaited = act == .cancel && chance.happens(percent: 40) ? open.filter { expected.isAwaited($0) } : []
        guard let meeting = chance.one(of: wishing + awaited) ?? someone(of: all) else { return "no meeting" }
        // Who booked for somebody else moves and cancels like them.
        let booker = [.move, .cancel].contains(act) && chance.happens(percent: 50) ? meeting.booker : nil
        let own = booker?.token ?? meeting.token
        let old = chance.one(of: booker == nil ? meeting.formerTokens : meeting.formerBookerTokens)
        let token = act == .remind || chance.happens(percent: 15) ? old ?? own : own
        guard try await opens(token, meeting, as: booker == nil ? .attendee : .booker) else {
            return try await remind(meeting, token)
        }
        let scope = town.tenants[meeting.tenant].attendee
        let what: Wish.What
        switch act {
        case .cancel: what = .cancel(meeting.id, quietly: false)
        case .guests: return try await bring(to: meeting)
        case .correct: what = .correct(meeting.id, "corrected\(chance.number(1...9))@\(mark(of: meeting)).example")
        case .remind: return try await remind(meeting, token)
        default:
            guard let link = expected.link(meeting.link) else { return "no link" }
            let near = meeting.starts.adding(minutes: chance.number(-2...2) * 15)
            let other = chance.happens(percent: 40) ? near : someStart(of: link)
            // What was asked for is often not wanted any more.
            let kept = meeting.waiting?.kept?.start
            what = .move(meeting.id, kept != nil && chance.happens(percent: 80) ? kept ?? other : other)
        }
        if booker != nil { count("wishes of bookers") }
        return try await send(Wish(
            what: what, key: key("\(act)"), scope: scope, sentAt: now, asker: booker == nil ? .attendee : .booker))
    }

    /// Others come along, or some of them no longer.
    private func bring(to meeting: Meeting) async throws -> String {
        let (installation, scope, id) = (installation, town.tenants[meeting.tenant].attendee, meeting.id)
        var guests = meeting.guests.filter { _ in chance.happens(percent: 60) }
        for _ in 0..<chance.number(0...2) {
            let guest = "guest\(chance.number(1...9))@\(mark(of: meeting)).example"
            if !guests.contains(guest) { guests.append(guest) }
        }
        // Guests say for themselves that they will not come.
        let leaver = chance.happens(percent: 25) ? chance.one(of: meeting.guests) : nil
        if let leaver { guests = meeting.guests.filter { $0 != leaver } }
        let (new, old, version) = (guests, meeting.guests, meeting.version)
        let done = try await outcome {
            let change = ChangeGuests(installation)
            guard let leaver else { return try await change(id, to: new, version: version, scope: scope) }
            try await change.decline(leaver, id, scope: scope)
            return true
        }
        guard case .success(let isChanged) = done else {
            if case .failure(let refused) = done { judge(refused, of: meeting, bringing: new.count) }
            return "\(id): \(done)"
        }
        if let gathering = meeting.session.flatMap({ expected.gatherings[$0] }),
            new.count - old.count > expected.seatsLeft(of: gathering, at: now) {
            findings.append("seats: \(id) brings \(new.count - old.count) more than there were seats for")
        }
        if isChanged != (new != old) { findings.append("\(id) has other guests: \(isChanged)") }
        guard isChanged else { return "\(id) has the guests it had" }
        count(leaver == nil ? "guests changed" : "guests who decline")
        recent = id
        expected.change(id) { meeting in
            meeting.guests = new
            let gone = old.indices.filter { !new.contains(old[$0]) }
            for place in gone { meeting.formerGuests["\(meeting.version) removed.\(place)"] = old[place] }
            meeting.tell(["attendee"] + meeting.guestNames + meeting.toldHosts + gone.map { "removed.\($0)" })
        }
        tell(meeting.session)
        return "\(id) with \(new)"
    }

    private func judge(_ refused: Refused, of meeting: Meeting, bringing guests: Int) {
        judge(refused)
        guard case .noSeats(let told)? = refused.refusal as? ChangeRefusal else { return }
        count("guests without seats")
        let left = meeting.session.flatMap { expected.gatherings[$0] }.map { expected.seatsLeft(of: $0, at: now) }
        if left != told || guests - meeting.guests.count <= told {
            findings.append("seats: \(guests) guests of \(meeting.id) were refused, \(told) said to be left")
        }
    }

    /// One of these meetings, often the one that something happened to last.
    func someone(of all: [Meeting]) -> Meeting? {
        let last = all.first { $0.id == recent }
        return last != nil && chance.happens(percent: 35) ? last : chance.one(of: all)
    }

    func mark(of meeting: Meeting) -> String { town.tenants[meeting.tenant].mark }

    /// The token of the newest mail opens the booking, and those before it do not.
    private func opens(_ token: String, _ meeting: Meeting, as holder: TokenHolder) async throws -> Bool {
        let found = try await LookUps(database: database).bookingToken(token)
        let isNewest = token == (holder == .booker ? meeting.booker?.token : meeting.token)
        if found?.booking != meeting.id || found?.retired != !isNewest || found?.participant != holder.rawValue {
            findings.append("a token of \(meeting.id) leads to \(String(describing: found))")
        }
        return isNewest
    }

    private func remind(_ meeting: Meeting, _ token: String) async throws -> String {
        let (scope, now, world) = (town.tenants[meeting.tenant].attendee, now, installation.world)
        let (id, database) = (meeting.id, database)
        let done = try await outcome {
            try await database.write(scope) { tx in
                guard let booking = try BookingStore.find(id, scope: scope, in: tx) else { return }
                try BookingJobs.remind(of: booking, world: world, now: now, scope: scope, in: tx)
            }
        }
        if case .failure(let refused) = done { return "\(id) again: \(refused.words)" }
        count("links mailed again")
        // Pressed twice.
        if chance.happens(percent: 40) { return "twice " + (try await remind(meeting, token)) }
        return "\(id) again, by \(token == meeting.token ? "the newest" : "an old") address"
    }
}
