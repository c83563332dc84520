/// The part of the checker that looks at kept offers: how each stands, what it keeps, and that it ends.
import Database
import Scheduling

@testable import Features

extension Facts {
    struct Offered: Sendable {
        let id, workspace, link, author, whom, state: String
        let booking: String?
        let expires: Instant
        var starts: [Instant] = []
    }

    mutating func readOffers(_ tx: Transaction) throws {
        let times = try tx.all("SELECT offer, starts FROM kept_offer_time ORDER BY starts") { row in
            (try row["offer"] as String, try row["starts"] as Instant)
        }
        let starts = Dictionary(grouping: times, by: \.0).mapValues { $0.map(\.1) }
        offers = try tx.all("""
            SELECT id, workspace, link, author, whom, state, booking, expires FROM kept_offer
            """) { row in
            let id: String = try row["id"]
            return Offered(
                id: id, workspace: try row["workspace"], link: try row["link"], author: try row["author"],
                whom: try row["whom"], state: try row["state"], booking: try row["booking"],
                expires: try row["expires"], starts: starts[id] ?? [])
        }
    }
}

extension Checker {
    var unlikeOffered: [String] {
        var found: [String] = []
        let rows = Dictionary(facts.offers.map { ($0.id, $0) }) { first, _ in first }
        for offering in expected.offerings where !offering.isForgotten {
            guard let row = rows[offering.id.text] else {
                found.append("offer: \(offering.id) is not there")
                continue
            }
            if (row.state, row.booking) != (offering.state.rawValue, offering.booking?.text) {
                found.append("offer: \(row.id) is \(row.state), not \(offering.state)")
            }
            if (row.author, row.expires, row.link) != (offering.author.text, offering.expires, offering.link.text)
                || row.starts != offering.times.map(\.start) {
                found.append("offer: \(row.id) is another than was answered, of \(row.author)")
            }
            if isQuiet, row.state == "open", !mayBeDead(offering.job.key) {
                found.append("offer: \(row.id) is over since \(row.expires), and stands open")
            }
        }
        let known = Set(expected.offerings.map(\.id.text))
        for row in facts.offers where !known.contains(row.id) {
            found.append("offer: \(row.id) is there, and nobody made it")
        }
        return found + unlikeKept + unlikeOfferLooks
    }

    /// By the rows alone: what is over keeps nothing, and what was taken is one booking of its link.
    private var unlikeKept: [String] {
        let states = Dictionary(facts.offers.map { ($0.id, $0.state) }) { first, _ in first }
        var found = facts.holds.compactMap { hold -> String? in
            guard let offer = hold.offer, states[offer] != "open" else { return nil }
            return "offer: \(hold.id) is kept for \(offer), which is \(states[offer] ?? "not there")"
        }
        let links = Dictionary(facts.bookings.map { ($0.id, $0.link) }) { first, _ in first }
        let taken = facts.offers.filter { $0.state == "taken" }
        for row in taken where row.booking.flatMap({ links[$0] }) != row.link {
            found.append("offer: \(row.id) is taken, by no booking of its link")
        }
        for (booking, rows) in Dictionary(grouping: taken, by: \.booking) where rows.count > 1 {
            found.append("offer: \(rows.count) came to \(booking ?? "nothing")")
        }
        return found
    }

    /// Where a link can be booked no more somebody looks at what is kept of it.
    private var unlikeOfferLooks: [String] {
        let looks = Dictionary(grouping: facts.jobs.filter { $0.kind == LinkOfferStore.look }, by: \.subject)
        let open = expected.offerings.filter { $0.isOpen(now) }
        return Set(open.map(\.link)).sorted { $0.text < $1.text }.compactMap { id in
            guard let link = expected.link(id), !link.isOpen(uses: expected.uses(of: id)) else { return nil }
            let isPlanned = (looks[id.text] ?? []).contains { job in
                ["ready", "leased"].contains(job.state) || mayBeDead(job.key)
            }
            return isPlanned ? nil : "offer: \(link.title) is closed, and nobody looks at what is kept"
        }
    }

    private func mayBeDead(_ key: String) -> Bool {
        facts.jobs.contains { job in
            job.key == key && ID<QueuedJob>(job.id).map(expected.queue.mayBeDead.contains) ?? false
        }
    }

    func unlikeEnd(ofLapse job: Facts.Planned) -> String? {
        guard let id = ID<QueuedJob>(job.id), let offering = ID<KeptOffer>(job.subject).flatMap(expected.offering)
        else { return "job \(job.id) ends an offer that nobody made" }
        switch job.state {
        case "done", "skipped": return offering.state == .open ? "job \(job.id) has ended, and the offer has not" : nil
        default: return unlikeEnd(job, id)
        }
    }

    func unlikeEnd(ofOfferLook job: Facts.Planned) -> String? {
        job.state == "done" ? nil : ID<QueuedJob>(job.id).flatMap { unlikeEnd(job, $0) }
    }
}
