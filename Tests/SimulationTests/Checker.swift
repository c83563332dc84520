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
        let always = [
            unlikeAnswers, unlikeCrews, overlaps, unlikeHistories, unlikeLedger, unlikeSeats, unlikeSeries,
            unlikeHolds, unlikeProposals, unlikeWaiting, unlikeCalls, unlikeOffered, unlikeAssistants, unlikeTokens,
            unlikeRights, unlikeTurns, unlikeJobs, unlikeLooks, unlikeLeases, strangers,
        ]
        return always.flatMap(\.self) + (isQuiet ? unlikeQuiet + unlikeCalendars : [])
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
        return found + facts.unanswered.map { "key \($0) was claimed and never answered" }
    }

    // MARK: Nobody is booked twice

    private var overlaps: [String] {
        let living = facts.ledger.filter { !$0.claim.isEmpty && ($0.expires ?? now.adding(seconds: 1)) > now }
        let byLedger = living.map { row in
            Taken(claim: row.claim, subject: row.subject, starts: row.starts, ends: row.ends, gapBefore: row.gapBefore,
                  gapAfter: row.gapAfter)
        }
        let subjects = Dictionary(
            grouping: facts.hosts.map { ($0.booking, $0.account) } + facts.rooms.map { ($0.booking, $0.resource) },
            by: \.0)
        return Self.overlaps(byLedger, "ledger") + Self.overlaps(spans(subjects), "bookings")
    }

    /// The spans of bookings by their own rows. Gaps are the ledger's.
    private func spans(_ subjects: [String: [(String, String)]]) -> [Taken] {
        facts.bookings.filter { Self.taking.contains($0.status) }.flatMap { row in
            (subjects[row.id] ?? []).flatMap { _, subject -> [Taken] in
                var spans = [(row.starts, row.ends)]
                // Which room is kept meanwhile stands in the ledger alone.
                if let starts = row.keptStarts, let ends = row.keptEnds, ID<User>(subject) != nil {
                    spans.append((starts, ends))
                }
                return spans.map { starts, ends in
                    Taken(
                        claim: row.session ?? row.id, subject: subject, starts: starts, ends: ends, gapBefore: 0,
                        gapAfter: 0)
                }
            }
        }
    }

    private static let taking: Set<String> = ["confirmed", "pending_approval"]

    private static func overlaps(_ all: [Taken], _ source: String) -> [String] {
        var found: [String] = []
        for spans in Dictionary(grouping: all, by: \.subject).values {
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
            "corrected pending_approval",
        ],
        "confirmed": [
            "rescheduled confirmed", "rescheduled pending_approval",
            "cancelled cancelled", "completed completed", "no_show no_show",
            "corrected confirmed", "changed confirmed", "reassigned confirmed",
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
        let wanted = expected.meetings.values.filter(\.status.ownsTime).flatMap { meeting in
            [("booking", meeting.rows), ("pending", meeting.wishRows)].flatMap { kind, rows in
                rows.map { row in
                    Facts.Span(
                        workspace: workspaces[meeting.id.text] ?? "", subject: row.subject, kind: kind,
                        ref: meeting.id.text, claim: row.claim, starts: row.starts, ends: row.ends,
                        gapBefore: row.gapBefore, gapAfter: row.gapAfter, expires: nil)
                }
            }
        }
        let rows = facts.ledger.filter { $0.kind == "booking" || $0.kind == "pending" }
        let (want, have) = (Set(wanted), Set(rows))
        return want.subtracting(have).map { "ledger: no row for \($0.words)" }
            + have.subtracting(want).map { "ledger: a row too many for \($0.words)" }
            + (rows.count == have.count ? [] : ["ledger: the same row twice"])
    }

    private var unlikeHolds: [String] {
        let living = expected.living(at: now)
        let wanted = Set(living.map(\.id.text))
        let have = Set(facts.holds.filter { $0.expires > now }.map(\.id))
        let rows = facts.ledger.filter { $0.kind == "hold" && ($0.expires ?? now) > now }
        let blocking = Set(rows.map { "\($0.ref) \($0.subject)" })
        let asked = expected.proposals.values.filter { $0.state == .open && $0.expires > now }
        let wantedRows = Set(living.flatMap { keeping in keeping.time.map { "\(keeping.id) \($0.subject)" } })
            .union(asked.flatMap { asked in asked.rows.map { "\(asked.id) \($0.subject)" } })
        let seats = Dictionary(facts.holds.map { ($0.id, $0.session) }) { first, _ in first }
        let unseated = living.filter { seats[$0.id.text] ?? nil != $0.session?.text }
        let alone = have.filter { seats[$0] ?? nil == nil }
        return wanted.subtracting(have).map { "hold \($0) was given and is not there" }
            + unseated.map { "hold \($0.id) keeps a seat of another session" }
            + have.subtracting(wanted).map { "hold \($0) is there and nobody has it" }
            + alone.subtracting(rows.map(\.ref)).map { "hold \($0) blocks nothing" }
            + wantedRows.subtracting(blocking).map { "ledger: hold \($0) blocks less than it did" }
            + blocking.subtracting(wantedRows).map { "ledger: hold \($0) is nobody's" }
    }

    private var unlikeTokens: [String] {
        let tokens = Dictionary(grouping: facts.tokens) { "\($0.booking) \($0.holder)" }
        return expected.meetings.values.flatMap { meeting in
            let former = ["attendee": meeting.formerTokens.count, "booker": meeting.formerBookerTokens.count]
            return former.compactMap { holder, former in
                let own = tokens["\(meeting.id) \(holder)"] ?? []
                let living = own.count { !$0.hasEnded }
                let wanted = holder == "booker" && meeting.booker == nil ? (0, 0) : (1, 1 + former)
                return (living, own.count) == wanted ? nil
                    : "tokens of \(meeting.id): \(own.count) of the \(holder), of which \(living) live"
            }
        }
    }
}

extension Facts.Span {
    var words: String {
        "\(claim) \(starts)–\(ends), gaps \(gapBefore) and \(gapAfter), \(kind) of \(subject)"
    }
}
