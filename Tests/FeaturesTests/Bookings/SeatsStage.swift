/// Groups on a stage, and everything about their rows that must never be so.
import Database
import Fakes
import Logging
import Scheduling
import Testing
import Web

@testable import Features

extension Stage {
    /// A group of Ada's with an hour for each session.
    func group(
        _ capacity: Int = 3, slug: String = "class", hosts: [HostWish]? = nil, kind: LinkKind = .group,
        _ change: (inout LinkRules) -> Void = { _ in }
    ) async throws -> Link {
        try await makeLink(slug, kind, hosts ?? [HostWish(ada)]) { rules in
            rules.duration = 60
            rules.seats.capacity = capacity
            change(&rules)
        }
    }

    /// Somebody with a name and an address of their own takes a seat.
    @discardableResult
    func seat(
        _ name: String, _ start: Instant, on link: Link, _ change: (inout BookingRequest) -> Void = { _ in }
    ) async throws -> Booked {
        try await book(start, on: link) { request in
            request.attendee = Attendee(
                name: "\(name) Berg", email: "\(name.lowercased())@kpuh.example", zone: "Europe/Berlin", language: "en")
            change(&request)
        }
    }

    func sessions(_ link: Link) async throws -> [GroupSession] {
        let (now, scope) = (world.now, scope)
        return try await database.read(scope) { tx in
            try SeatStore.open(
                of: link.id, from: monday.adding(days: -1), to: monday.adding(days: 60), now: now, scope: scope, in: tx)
        }
    }

    func session(_ booked: Booked) async throws -> GroupSession {
        let id = try await find(booked.id).session.wanted("session")
        let (now, scope) = (world.now, scope)
        return try await database.read(scope) { tx in
            try SeatStore.find(id, now: now, scope: scope, in: tx).wanted("session")
        }
    }

    /// How many seats a start of the link has left; nil where it is not offered.
    func seatsLeft(_ link: Link, at start: Instant) async throws -> Int? {
        let (now, scope, zones) = (world.now, scope, zones)
        return try await database.read(scope) { tx in
            try OfferedTimes(
                link: link, from: start, to: start.adding(days: 1), now: now, zones: zones, scope: scope, in: tx
            ).question(from: start, to: start.adding(days: 1)).slots().first { $0.start == start }?.seatsLeft
        }
    }

    /// Seats that do not add up, and sessions whose time the ledger does not keep.
    func unlikeSeats() async throws -> [String] {
        let now = world.now
        return try await database.lookUp { tx in
            let sums = try tx.all("""
                SELECT s.id, s.seats_taken, s.capacity, s.closed_at, (
                    SELECT count(*) FROM booking b WHERE b.session = s.id
                        AND b.status NOT IN ('cancelled', 'declined', 'expired'))
                    + (SELECT count(*) FROM booking_guest g JOIN booking b ON b.id = g.booking WHERE b.session = s.id
                        AND b.status NOT IN ('cancelled', 'declined', 'expired')) AS living,
                    (SELECT count(*) FROM hold h WHERE h.session = s.id AND h.expires > \(now)) AS held,
                    (SELECT count(*) FROM ledger l WHERE l.claim = s.id AND l.kind = 'session'
                        AND l.subject IN (SELECT h.account FROM seat_session_host h WHERE h.session = s.id)
                        AND (l.expires IS NULL OR l.expires > \(now))) AS rows_kept,
                    (SELECT count(*) FROM seat_session_host h WHERE h.session = s.id) AS hosts
                FROM seat_session s
                """) { row in
                let (taken, living, held): (Int, Int, Int) = (
                    try row["seats_taken"], try row["living"], try row["held"])
                let (rows, hosts): (Int, Int) = (try row["rows_kept"], try row["hosts"])
                let closed: Instant? = try row["closed_at"]
                let wanted = closed == nil && (taken > 0 || held > 0)
                var found: [String] = []
                if taken != living { found.append("\(taken) taken, \(living) living") }
                if rows != (wanted ? hosts : 0) { found.append("\(rows) ledger rows of \(hosts), wanted \(wanted)") }
                if closed != nil, taken + held > 0 { found.append("closed with \(taken) and \(held)") }
                return found
            }
            return sums.flatMap { $0 }
        }
    }

    /// Sends the mails about bookings and sessions.
    func mails() async throws -> FakeMail {
        let mail = FakeMail()
        let bookings = SendBookingMail(installation, mail: mail)
        let sessions = SendSessionMail(installation, mail: mail)
        let runner = JobRunner(
            database: database,
            work: [BookingJobs.kind: { try await bookings($0) }, SessionJobs.kind: { try await sessions($0) }],
            world: world, logger: Logger(label: "test"))
        try await runner.drain()
        return mail
    }
}
