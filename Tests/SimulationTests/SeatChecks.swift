/// The part of the checker that looks at sessions of seats: who sits in them, how many, and whose time that takes.
import Database
import Scheduling

@testable import Features

extension Checker {
    var unlikeSeats: [String] { unlikeRows + unlikeSessions + unlikeSessionTime }

    /// By the rows alone: all who sit in a session come at its time to its hosts, and they are as many as it says.
    private var unlikeRows: [String] {
        let nothing: Set<String> = ["cancelled", "declined", "expired"]
        let bookings = Dictionary(grouping: facts.bookings.filter { !nothing.contains($0.status) }) { $0.session ?? "" }
        let guests = Dictionary(grouping: facts.guests, by: \.booking).mapValues(\.count)
        let hosts = Dictionary(grouping: facts.hosts, by: \.booking).mapValues { $0.map(\.account) }
        let held = Set(facts.holds.filter { $0.expires > now }.compactMap(\.session))
        var found: [String] = []
        for session in facts.sessions {
            let own = bookings[session.id] ?? []
            let taken = own.reduce(0) { $0 + 1 + (guests[$1.id] ?? 0) }
            if taken != session.taken { found.append("seats: \(session.id) says \(session.taken) taken of \(taken)") }
            if taken > session.capacity { found.append("seats: \(session.id) has \(taken) of \(session.capacity)") }
            if session.isClosed, taken > 0 || held.contains(session.id) {
                found.append("seats: \(session.id) is closed, and \(taken) come")
            }
            for booking in own where (booking.starts, booking.ends) != (session.starts, session.ends) {
                found.append("seats: \(booking.id) sits in \(session.id) at another time")
            }
            for booking in own where hosts[booking.id] != session.hosts {
                found.append("seats: \(booking.id) sits in \(session.id) with other hosts")
            }
        }
        return found
    }

    /// Each is as it was answered, and nobody began one that no answer names.
    private var unlikeSessions: [String] {
        var found: [String] = []
        let rows = Dictionary(facts.sessions.map { ($0.id, $0) }) { first, _ in first }
        for gathering in expected.gatherings.values {
            guard let row = rows[gathering.id.text] else {
                if !expected.isForgotten(gathering) { found.append("seats: \(gathering.id) is not there") }
                continue
            }
            let isWanted = expected.isWanted(gathering.id, at: now)
            if (row.starts, row.ends, row.version, row.sequence)
                != (gathering.starts, gathering.ends, gathering.version, gathering.version - 1) {
                found.append("seats: \(row.id) is of \(row.starts) version \(row.version), not \(gathering.version)")
            }
            if row.hosts != gathering.crew.hosts.map(\.text) { found.append("seats: \(row.id) has other hosts") }
            if isWanted, row.capacity != gathering.capacity {
                found.append("seats: \(row.id) has \(row.capacity) places, not \(gathering.capacity)")
            }
            if isWanted, row.isClosed { found.append("seats: \(row.id) is closed, and somebody wants it") }
        }
        for row in facts.sessions where ID<GroupSession>(row.id).flatMap({ expected.gatherings[$0] }) == nil {
            found.append("seats: \(row.id) is there, and no answer names it")
        }
        let sessions = Dictionary(facts.bookings.map { ($0.id, $0.session) }) { first, _ in first }
        for meeting in expected.meetings.values where sessions[meeting.id.text] ?? nil != meeting.session?.text {
            found.append("seats: \(meeting.id) is in another session than was answered")
        }
        return found
    }

    /// One row for each of its hosts and rooms while anybody wants it, and none afterwards.
    private var unlikeSessionTime: [String] {
        let wanted = expected.began.compactMap { expected.gatherings[$0] }.flatMap { gathering -> [Facts.Span] in
            guard expected.isWanted(gathering.id, at: now) else { return [] }
            let holds = expected.seatHolds(of: gathering.id, at: now).map(\.expires)
            let isTaken = expected.seatsTaken(of: gathering.id) > 0
            return gathering.rows.map { row in
                Facts.Span(
                    workspace: town.tenants[gathering.tenant].id.text, subject: row.subject, kind: "session",
                    ref: row.claim, claim: row.claim, starts: row.starts, ends: row.ends, gapBefore: row.gapBefore,
                    gapAfter: row.gapAfter, expires: isTaken ? nil : holds.max())
            }
        }
        let rows = facts.ledger.filter { $0.kind == "session" && ($0.expires ?? now.adding(seconds: 1)) > now }
        let (want, have) = (Set(wanted), Set(rows))
        return want.subtracting(have).map { "session: no row for \($0.words)" }
            + have.subtracting(want).map { "session: a row too many for \($0.words)" }
            + (rows.count == have.count ? [] : ["session: the same row twice"])
    }
}
