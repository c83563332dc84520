/// Links with a waitlist on a stage, those who wait, and what their rows must never say.
import Database
import Fakes
import Logging
import Scheduling
import Testing
import Web

@testable import Features

extension Stage {
    /// A link of Ada's with two half hours a day, from 9 to 10.
    func short(_ slug: String = "short", _ change: (inout LinkRules) -> Void = { _ in }) async throws -> Link {
        let day = [Window(opens: 540, closes: 600)]
        let hours = [[]] + [[Window]](repeating: day, count: 5) + [[]]
        return try await makeLink(slug, hours: hours) { rules in
            rules.waitlist.isOn = true
            change(&rules)
        }
    }

    /// The same with all of a day booked, by people called A and B.
    func full(
        _ slug: String = "short", day: Int = 1, _ change: (inout LinkRules) -> Void = { _ in }
    ) async throws -> (link: Link, booked: [Booked]) {
        let link = try await short(slug, change)
        var booked: [Booked] = []
        for (name, minute) in [("A", 0), ("B", 30)] {
            booked.append(try await seat(name, at(9, minute, day: day), on: link))
        }
        return (link, booked)
    }

    var berlin: Zone { zones.zone("Europe/Berlin") ?? .utc }

    /// Somebody joins the line for a day, or for the session that starts then.
    func wait(
        _ name: String, on link: Link, day: Int? = nil, start: Instant? = nil,
        _ change: (inout WaitlistWish) -> Void = { _ in }
    ) async throws {
        var wish = WaitlistWish(
            start: start, day: day.map { berlin.local(at: at(12, day: $0)).date }, name: "\(name) Berg",
            email: "\(name.lowercased())@kpuh.example", zone: berlin)
        change(&wish)
        try await JoinWaitlist(installation)(wish, link: link.id, scope: scope)
        // Who comes at the same second stands by their random ids.
        clock.move(to: world.now.adding(seconds: 1))
    }

    func entries(_ link: Link) async throws -> [WaitlistEntry] {
        let scope = scope
        return try await database.read(scope) { tx in
            try WaitlistStore.page(of: link.id, most: 500, scope: scope, in: tx)
                .sorted { ($0.createdAt, $0.id.text) < ($1.createdAt, $1.id.text) }
        }
    }

    func entry(_ name: String, on link: Link) async throws -> WaitlistEntry {
        try await entries(link).last { $0.name == "\(name) Berg" }.wanted("entry of \(name)")
    }

    /// `A offered, B waiting`.
    func line(_ link: Link) async throws -> String {
        try await entries(link).map { "\($0.name.prefix { $0 != " " }) \($0.state.rawValue)" }.joined(separator: ", ")
    }

    @discardableResult
    func look(_ link: Link, only: ID<WaitlistEntry>? = nil) async throws -> [ID<WaitlistEntry>] {
        let offered = try await OfferPlaces(installation)(link.id, only: only, scope: scope)
        #expect(try await wrongOffers().isEmpty)
        return offered
    }

    func token(_ entry: WaitlistEntry) async throws -> String {
        let (keyring, scope) = (installation.keyring, scope)
        return try await database.read(scope) { tx in
            try WaitlistStore.token(of: entry.id, keyring: keyring, scope: scope, in: tx)
        }.wanted("token")
    }

    /// Books what is kept for somebody.
    @discardableResult
    func take(_ name: String, on link: Link) async throws -> Booked {
        let entry = try await entry(name, on: link)
        let offer = try entry.offer.wanted("offer of \(name)")
        let hold = offer.hold.offerToken(of: try await token(entry))
        return try await seat(name, offer.start, on: link) { $0.holdToken = hold }
    }

    /// Looks, mails of the waitlist and mails of bookings.
    func waitlistRunner(_ mail: FakeMail) -> JobRunner {
        let (send, tell) = (SendWaitlistMail(installation, mail: mail), SendBookingMail(installation, mail: mail))
        let look = LookAtWaitlist(installation)
        return JobRunner(
            database: database,
            work: [
                WaitlistJobs.mail: { try await send($0) }, WaitlistJobs.look: { try await look($0) },
                BookingJobs.kind: { try await tell($0) },
            ], world: world, logger: Logger(label: "test"))
    }

    /// Offers without what they keep, and two for one place.
    func wrongOffers() async throws -> [String] {
        let now = world.now
        return try await database.lookUp { tx in
            let lost = try tx.all("""
                SELECT w.id FROM waitlist_entry w WHERE w.state = 'offered' AND w.offered_until > \(now)
                    AND NOT EXISTS (SELECT 1 FROM hold h WHERE h.id = w.hold AND h.waits = 1
                        AND h.expires >= w.offered_until AND h.starts = w.offered_start)
                """) { "\(try $0["id"] as String) keeps nothing" }
            let twice = try tx.all("""
                SELECT hold FROM waitlist_entry WHERE hold IS NOT NULL GROUP BY hold HAVING count(*) > 1
                """) { "\(try $0["hold"] as String) is offered twice" }
            let bare = try tx.all("""
                SELECT h.id FROM hold h WHERE h.waits = 1 AND h.session IS NULL AND h.expires > \(now)
                    AND NOT EXISTS (SELECT 1 FROM ledger l WHERE l.kind = 'hold' AND l.ref = h.id)
                """) { "\(try $0["id"] as String) has no time" }
            return lost + twice + bare
        }
    }
}

/// The waitlist's refusal that `body` throws; nil when it throws none.
func waitlistRefusal<T>(_ body: () async throws -> T) async throws -> WaitlistRefusal? {
    do {
        _ = try await body()
        return nil
    } catch let refusal as WaitlistRefusal {
        return refusal
    }
}
