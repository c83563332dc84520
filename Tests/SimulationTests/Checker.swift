/// Everything about the rows that must never be so, each finding a sentence; R-46's I1–I3, I7–I10 and I13.
import Database
import Scheduling

@testable import Features

struct Checker {
    let facts: Facts
    let expected: Expected
    let town: Town
    let now: Instant
    /// Jobs that ended before then were forgotten by the housekeeping.
    let prunedBefore: Instant
    /// Whether all work is done.
    let isQuiet: Bool

    var findings: [String] {
        unlikeAnswers + overlaps + unlikeHistories + unlikeLedger + unlikeHolds + unlikeTokens + unlikeJobs
            + unlikeLeases + (isQuiet ? unlikeQuiet : []) + strangers
    }

    // MARK: What was answered is so

    private var unlikeAnswers: [String] {
        var found: [String] = []
        let rows = Dictionary(facts.bookings.map { ($0.id, $0) }) { first, _ in first }
        for meeting in expected.meetings.values {
            guard let row = rows[meeting.id.text] else {
                found.append("\(meeting.id) was acknowledged and is not there")
                continue
            }
            if (row.status, row.starts, row.ends, row.version, row.email)
                != (meeting.status.rawValue, meeting.starts, meeting.ends, meeting.version, meeting.email) {
                found.append("""
                    \(row.id) is \(row.status) \(row.starts)–\(row.ends) version \(row.version) of \(row.email), \
                    answered was \(meeting.status) \(meeting.starts)–\(meeting.ends) version \(meeting.version) \
                    of \(meeting.email)
                    """)
            }
        }
        for row in facts.bookings where ID<Booking>(row.id).flatMap({ expected.meetings[$0] }) == nil {
            found.append("\(row.id) is there and was never acknowledged")
        }
        let hosts = Dictionary(grouping: facts.hosts, by: \.booking)
        let answers = Dictionary(grouping: facts.answers, by: \.booking)
        let guests = Dictionary(grouping: facts.guests, by: \.booking)
        for meeting in expected.meetings.values {
            let id = meeting.id.text
            if hosts[id]?.map({ "\($0.account) \($0.status) \($0.starts)" })
                != ["\(meeting.host) \(meeting.status.rawValue) \(meeting.starts)"] {
                found.append("\(id) has other hosts than were booked: \(hosts[id] ?? [])")
            }
            if answers[id]?.map(\.text) ?? [] != (meeting.answer.isEmpty ? [] : [meeting.answer]) {
                found.append("\(id) has other answers than were given")
            }
            if guests[id]?.map(\.text) ?? [] != meeting.guests { found.append("\(id) has other guests") }
        }
        return found + facts.unanswered.map { "key \($0) was claimed and never answered" }
    }

    // MARK: Nobody is booked twice

    private var overlaps: [String] {
        let living = facts.ledger.filter { !$0.claim.isEmpty && ($0.expires ?? now.adding(seconds: 1)) > now }
        let byLedger = living.compactMap { row in
            ID<User>(row.subject).map {
                Taken(claim: row.claim, host: $0, starts: row.starts, ends: row.ends, gapBefore: row.gapBefore,
                      gapAfter: row.gapAfter)
            }
        }
        let hosts = Dictionary(facts.hosts.map { ($0.booking, $0.account) }) { first, _ in first }
        // Gaps are the ledger's: what a booking's own row knows is its span.
        let byBookings = facts.bookings.filter { Self.taking.contains($0.status) }.compactMap { row in
            hosts[row.id].flatMap(ID<User>.init).map {
                Taken(claim: row.id, host: $0, starts: row.starts, ends: row.ends, gapBefore: 0, gapAfter: 0)
            }
        }
        return Self.overlaps(byLedger, "ledger") + Self.overlaps(byBookings, "bookings")
    }

    private static let taking: Set<String> = ["confirmed", "pending_approval"]

    private static func overlaps(_ all: [Taken], _ source: String) -> [String] {
        var found: [String] = []
        for spans in Dictionary(grouping: all, by: \.host).values {
            let ordered = spans.sorted { $0.starts < $1.starts }
            for (index, span) in ordered.enumerated() {
                for other in ordered[(index + 1)...] {
                    // Longer than any gap: from here on nothing meets.
                    if other.starts - span.ends > 28_800 { break }
                    if span.isTooNear(other) {
                        found.append(
                            "overlap: \(source): \(span.claim) \(span.starts)–\(span.ends) and \(other.claim) "
                                + "\(other.starts)–\(other.ends)")
                    }
                }
            }
        }
        return found
    }

    // MARK: Histories

    /// What may follow what: event and status after it, by the status before.
    private static let legal: [String: Set<String>] = [
        "": ["booked confirmed", "booked pending_approval"],
        "pending_approval": [
            "approved confirmed", "declined declined", "declined confirmed", "expired expired", "expired confirmed",
            "rescheduled pending_approval", "rescheduled confirmed", "cancelled cancelled",
        ],
        "confirmed": [
            "rescheduled confirmed", "rescheduled pending_approval",
            "cancelled cancelled", "completed completed", "no_show no_show",
            "corrected confirmed", "changed confirmed",
        ],
        "no_show": ["no_show_undone confirmed", "no_show_undone completed"],
        "completed": ["no_show no_show"],
    ]

    private var unlikeHistories: [String] {
        var found: [String] = []
        let histories = Dictionary(grouping: facts.history, by: \.booking)
        for booking in facts.bookings {
            let lines = histories[booking.id] ?? []
            var status = "", starts: Instant?
            for line in lines {
                if Self.legal[status]?.contains("\(line.event) \(line.status)") != true {
                    found.append("history of \(booking.id): \(line.event) after \(status)")
                }
                if line.event == "rescheduled", line.from != starts {
                    found.append("history of \(booking.id): moved from a time it did not have")
                }
                (status, starts) = (line.status, line.to ?? starts)
            }
            if lines.map(\.version) != Array(1...booking.version) {
                found.append("history of \(booking.id): versions \(lines.map(\.version)) of \(booking.version)")
            }
            if status != booking.status || starts != booking.starts {
                found.append("history of \(booking.id) ends as \(status), the row says \(booking.status)")
            }
        }
        let known = Set(facts.bookings.map(\.id))
        return found + histories.keys.filter { !known.contains($0) }.map { "history of \($0), which is not there" }
    }

    // MARK: Time

    private var unlikeLedger: [String] {
        let workspaces = Dictionary(facts.bookings.map { ($0.id, $0.workspace) }) { first, _ in first }
        let wanted = expected.meetings.values.filter(\.status.ownsTime).map { meeting in
            Facts.Span(
                workspace: workspaces[meeting.id.text] ?? "", subject: meeting.host.text, kind: "booking",
                ref: meeting.id.text, claim: meeting.id.text, starts: meeting.starts, ends: meeting.ends,
                gapBefore: meeting.gapBefore, gapAfter: meeting.gapAfter, expires: nil)
        }
        let rows = facts.ledger.filter { $0.kind == "booking" }
        let (want, have) = (Set(wanted), Set(rows))
        return want.subtracting(have).map { "ledger: no row for \($0.claim) \($0.starts)–\($0.ends)" }
            + have.subtracting(want).map { "ledger: a row too many for \($0.claim) \($0.starts)–\($0.ends)" }
            + (rows.count == have.count ? [] : ["ledger: the same row twice"])
    }

    private var unlikeHolds: [String] {
        let wanted = Set(expected.living(at: now).map(\.id.text))
        let have = Set(facts.holds.filter { $0.expires > now }.map(\.id))
        let blocking = Set(facts.ledger.filter { $0.kind == "hold" && ($0.expires ?? now) > now }.map(\.ref))
        return wanted.subtracting(have).map { "hold \($0) was given and is not there" }
            + have.subtracting(wanted).map { "hold \($0) is there and nobody has it" }
            + have.subtracting(blocking).map { "hold \($0) blocks nothing" }
            + blocking.subtracting(have).map { "ledger: hold \($0) is nobody's" }
    }

    private var unlikeTokens: [String] {
        let tokens = Dictionary(grouping: facts.tokens, by: \.booking)
        return expected.meetings.values.compactMap { meeting in
            let own = tokens[meeting.id.text] ?? []
            let isRight = own.count { !$0.hasEnded } == 1 && own.count == 1 + meeting.formerTokens.count
            return isRight ? nil : "tokens of \(meeting.id): \(own.count), of which \(own.count { !$0.hasEnded }) live"
        }
    }

    // MARK: Workspaces

    /// Nothing of one workspace stands in the other's rows.
    private var strangers: [String] {
        var found: [String] = []
        let homes = Dictionary(expected.meetings.values.map { ($0.id.text, town.tenants[$0.tenant]) }) { a, _ in a }
        func judge(_ workspace: String, _ booking: String, _ text: String, _ what: String) {
            guard let home = homes[booking] else { return }
            let isMarked = town.tenants.contains { $0.mark != home.mark && text.contains($0.mark) }
            if workspace != home.id.text || isMarked {
                found.append("\(what) of \(booking) is in another workspace")
            }
        }
        for row in facts.bookings { judge(row.workspace, row.id, row.name + row.email, "the row") }
        for row in facts.hosts { judge(row.workspace, row.booking, "", "a host") }
        for row in facts.history { judge(row.workspace, row.booking, "", "a history") }
        for row in facts.answers { judge(row.workspace, row.booking, row.text, "an answer") }
        for row in facts.guests { judge(row.workspace, row.booking, row.text, "a guest") }
        for row in facts.tokens { judge(row.workspace, row.booking, "", "a token") }
        for row in facts.jobs { judge(row.workspace, row.subject, "", "a job") }
        for row in facts.ledger where row.kind == "booking" { judge(row.workspace, row.ref, "", "a ledger row") }
        return found
    }
}
