/// The rows that must agree with each other and with what was answered, read straight from the tables.
import Database
import Scheduling

struct Facts: Sendable {
    struct Booked: Sendable {
        let id, workspace, link, status, email, name: String
        let starts, ends: Instant
        let version: Int
        let answerBy, keptStarts, keptEnds: Instant?
        let session: String?
        let booker: String?
    }

    struct Hosting: Sendable {
        let workspace, booking, account, status: String
        let starts: Instant
    }

    struct Line: Sendable {
        let workspace, booking, event, status, actor: String
        let behalf: String?
        let version: Int
        let from, to: Instant?
        let at: Instant
    }

    struct Span: Sendable, Hashable {
        let workspace, subject, kind, ref, claim: String
        let starts, ends: Instant
        let gapBefore, gapAfter: Int64
        let expires: Instant?
    }

    struct Kept: Sendable {
        let id, workspace, link: String
        let session, offer: String?
        let expires: Instant
    }

    /// A session of seats.
    struct Seats: Sendable {
        let id, workspace, link, uid: String
        let starts, ends: Instant
        let capacity, taken, sequence, version: Int
        let isClosed: Bool
        var hosts: [String] = []
    }

    struct Planned: Sendable {
        let id, kind, workspace, subject, key, state, reason, ordering: String
        let version: Int
        let leasedUntil, notAfter, endedAt: Instant?
        let runAt: Instant
    }

    struct Turn: Sendable {
        let workspace, link, booking, host: String
        let number: Int
        let counts: Bool
    }

    /// A series, with its bookings by place.
    struct Repeated: Sendable {
        let id, workspace, link: String
        let weeks, version: Int
        var bookings: [Int: String] = [:]
    }

    var bookings: [Booked] = []
    var hosts: [Hosting] = []
    var history: [Line] = []
    var ledger: [Span] = []
    var holds: [Kept] = []
    var sessions: [Seats] = []
    var series: [Repeated] = []
    var proposals: [Proposed] = []
    var waiting: [Waiting] = []
    var calls: [Called] = []
    var offers: [Offered] = []
    var assistants: [Acting] = []
    /// How often the log tells what of whose assistants.
    var logged: [String: Int] = [:]
    var jobs: [Planned] = []
    /// Workspace, booking and text of answers and guests.
    var answers: [(workspace: String, booking: String, text: String)] = []
    var guests: [(workspace: String, booking: String, text: String)] = []
    /// Booking, whose the token is, and whether it has ended.
    var tokens: [(workspace: String, booking: String, holder: String, hasEnded: Bool)] = []
    /// Resources of bookings.
    var rooms: [(workspace: String, booking: String, resource: String)] = []
    /// Rights of hosts to decide.
    var rights: [(workspace: String, booking: String, host: String, hasEnded: Bool)] = []
    var turns: [Turn] = []
    var unanswered: [String] = []

    static func read(_ database: Database) async throws -> Facts {
        try await database.lookUp { tx in
            var facts = Facts()
            try facts.readBookings(tx)
            try facts.readPeople(tx)
            try facts.readTime(tx)
            try facts.readSessions(tx)
            try facts.readSeries(tx)
            try facts.readProposals(tx)
            try facts.readWaiting(tx)
            try facts.readCalls(tx)
            try facts.readOffers(tx)
            try facts.readAssistants(tx)
            try facts.readQueue(tx)
            return facts
        }
    }

    private mutating func readBookings(_ tx: Transaction) throws {
        bookings = try tx.all("""
            SELECT id, workspace, link, status, attendee_email, attendee_name, starts, ends, version, answer_by,
                kept_starts, kept_ends, session, booker_email
            FROM booking
            """) { row in
            Booked(
                id: try row["id"], workspace: try row["workspace"], link: try row["link"], status: try row["status"],
                email: try row["attendee_email"], name: try row["attendee_name"], starts: try row["starts"],
                ends: try row["ends"], version: try row["version"], answerBy: try row["answer_by"],
                keptStarts: try row["kept_starts"], keptEnds: try row["kept_ends"],
                session: try row["session"], booker: try row["booker_email"])
        }
        hosts = try tx.all("""
            SELECT workspace, booking, account, status, starts FROM booking_host ORDER BY position
            """) { row in
            Hosting(
                workspace: try row["workspace"], booking: try row["booking"], account: try row["account"],
                status: try row["status"], starts: try row["starts"])
        }
        history = try tx.all("""
            SELECT workspace, booking, event, status, actor, behalf, version, from_starts, to_starts, at
            FROM booking_history ORDER BY version
            """) { row in
            Line(
                workspace: try row["workspace"], booking: try row["booking"], event: try row["event"],
                status: try row["status"], actor: try row["actor"], behalf: try row["behalf"],
                version: try row["version"], from: try row["from_starts"],
                to: try row["to_starts"], at: try row["at"])
        }
    }

    private mutating func readPeople(_ tx: Transaction) throws {
        answers = try tx.all("SELECT workspace, booking, value FROM booking_answer") { row in
            (try row["workspace"], try row["booking"], try row["value"])
        }
        guests = try tx.all("SELECT workspace, booking, email FROM booking_guest ORDER BY position") { row in
            (try row["workspace"], try row["booking"], try row["email"])
        }
        tokens = try tx.all("SELECT workspace, booking, participant, retired_at FROM booking_token") { row in
            (
                try row["workspace"], try row["booking"], try row["participant"],
                try row["retired_at"] as Instant? != nil
            )
        }
        rooms = try tx.all("SELECT workspace, booking, resource FROM booking_resource ORDER BY position") { row in
            (try row["workspace"], try row["booking"], try row["resource"])
        }
        rights = try tx.all("SELECT workspace, booking, account, ended_version FROM approval_token") { row in
            (try row["workspace"], try row["booking"], try row["account"], try row["ended_version"] as Int? != nil)
        }
        turns = try tx.all("""
            SELECT workspace, link, booking, account, number, counts FROM assignment ORDER BY number
            """) { row in
            Turn(
                workspace: try row["workspace"], link: try row["link"], booking: try row["booking"],
                host: try row["account"], number: try row["number"], counts: try row["counts"] as Int == 1)
        }
    }

    private mutating func readTime(_ tx: Transaction) throws {
        ledger = try tx.all("""
            SELECT workspace, subject, kind, ref, claim, starts, ends, gap_before, gap_after, expires FROM ledger
            """) { row in
            Span(
                workspace: try row["workspace"], subject: try row["subject"], kind: try row["kind"],
                ref: try row["ref"], claim: try row["claim"] as String? ?? "", starts: try row["starts"],
                ends: try row["ends"], gapBefore: try row["gap_before"], gapAfter: try row["gap_after"],
                expires: try row["expires"])
        }
        holds = try tx.all("SELECT id, workspace, link, session, offer, expires FROM hold") { row in
            Kept(
                id: try row["id"], workspace: try row["workspace"], link: try row["link"],
                session: try row["session"], offer: try row["offer"], expires: try row["expires"])
        }
    }

    private mutating func readSessions(_ tx: Transaction) throws {
        let hosts = try tx.all("SELECT session, account FROM seat_session_host ORDER BY position") { row in
            (try row["session"] as String, try row["account"] as String)
        }
        let bySession = Dictionary(grouping: hosts, by: \.0).mapValues { $0.map(\.1) }
        sessions = try tx.all("""
            SELECT id, workspace, link, uid, starts, ends, capacity, seats_taken, sequence, version, closed_at
            FROM seat_session
            """) { row in
            let id: String = try row["id"]
            return Seats(
                id: id, workspace: try row["workspace"], link: try row["link"], uid: try row["uid"],
                starts: try row["starts"], ends: try row["ends"], capacity: try row["capacity"],
                taken: try row["seats_taken"], sequence: try row["sequence"], version: try row["version"],
                isClosed: try row["closed_at"] as Instant? != nil, hosts: bySession[id] ?? [])
        }
    }

    private mutating func readSeries(_ tx: Transaction) throws {
        let places = try tx.all("SELECT series, place, booking FROM series_booking") { row in
            (try row["series"] as String, (try row["place"] as Int, try row["booking"] as String))
        }
        let bySeries = Dictionary(grouping: places, by: \.0)
        series = try tx.all("SELECT id, workspace, link, weeks, version FROM series") { row in
            let id: String = try row["id"]
            return Repeated(
                id: id, workspace: try row["workspace"], link: try row["link"], weeks: try row["weeks"],
                version: try row["version"],
                bookings: Dictionary((bySeries[id] ?? []).map(\.1)) { first, _ in first })
        }
    }

    private mutating func readQueue(_ tx: Transaction) throws {
        jobs = try tx.all("""
            SELECT id, kind, workspace, subject, dedupe_key, state, reason, ordering_key, version, lease_until,
                not_after, ended_at, run_at FROM job
            """) { row in
            Planned(
                id: try row["id"], kind: try row["kind"], workspace: try row["workspace"] as String? ?? "",
                subject: try row["subject"], key: try row["dedupe_key"], state: try row["state"],
                reason: try row["reason"], ordering: try row["ordering_key"] as String? ?? "",
                version: try row["version"], leasedUntil: try row["lease_until"], notAfter: try row["not_after"],
                endedAt: try row["ended_at"], runAt: try row["run_at"])
        }
        unanswered = try tx.all("SELECT key FROM idempotency WHERE status IS NULL") { try $0["key"] }
    }
}
