/// What every scheduler does that books people twice: it looks whether the time is free, and writes later.
import Database
import Scheduling

@testable import Features

struct CarelessBooking: Sendable {
    let start: Instant
    let link: LinkFacts
}

extension Simulation {
    /// The look is one step, the write another. The stores are the real ones; what is left out is the lock and the
    /// second look.
    func beCareless() async throws -> String {
        // Two people like the same time more often than not.
        let liked = chance.happens(percent: 50) ? careless.last : nil
        if liked == nil, !careless.isEmpty, chance.happens(percent: 60) {
            return try await write(careless.removeFirst())
        }
        guard let link = liked?.link ?? chance.one(of: expected.links.filter(\.isPlain)) else { return "no link" }
        let (start, scope, now) = (liked?.start ?? someStart(of: link), town.tenants[link.tenant].visitor, now)
        let zones = Town.zones
        let refusal = try await database.read(scope) { tx -> Reason? in
            guard let stored = try LinkStore.find(link.id, scope: scope, in: tx) else { return .hostInactive }
            return try OfferedTimes(
                link: stored, from: start, to: start.adding(minutes: link.duration), now: now, zones: zones,
                scope: scope, in: tx
            ).refusal(at: start)
        }
        if let refusal { return "not free: \(refusal)" }
        careless.append(CarelessBooking(start: start, link: link))
        return "\(start) on \(link.title) looks free"
    }

    private func write(_ seen: CarelessBooking) async throws -> String {
        let (scope, now, world) = (town.tenants[seen.link.tenant].visitor, now, installation.world)
        let attendee = Attendee(name: "Careless", email: "careless@example.com", zone: "UTC", language: "en")
        let (id, historyID): (ID<Booking>, ID<BookingHistory>) = (world.id(), world.id())
        let token = NewToken(world: world, keyring: town.keyring, workspace: scope.workspace)
        let written = try await outcome {
            try await database.write(scope) { [link = seen.link, start = seen.start] tx in
                guard let stored = try LinkStore.find(link.id, scope: scope, in: tx) else { return }
                let booking = Booking(
                    id: id, link: link.id, uid: "\(id)@example.com",
                    state: .booked(starts: start, ends: start.adding(minutes: stored.rules.duration)),
                    anchorZone: "UTC", anchorLocal: "", attendee: attendee, location: stored.rules.firstLocation,
                    hosts: stored.hosts, answers: [], source: .page, utm: [:], reason: "", createdAt: now)
                try BookingStore.insert(booking, rules: LinkJSON(stored).snapshot, utm: "{}", scope: scope, in: tx)
                try tx.add(booking.ledgerRows(link: stored, world: world, scope: scope))
                try BookingTokenStore.rotate(token, booking: id, now: now, scope: scope, in: tx)
                try BookingStore.record(
                    "booked", of: id, state: booking.state, to: start, id: historyID, now: now, scope: scope, in: tx)
                try BookingJobs.tell(.booked, of: booking, world: world, now: now, scope: scope, in: tx)
            }
        }
        if case .success = written, let link = expected.link(seen.link.id) {
            let (crew, ends) = (Crew(hosts: link.hosts, resources: []), seen.start.adding(minutes: link.duration))
            var meeting = Meeting(
                id: id, tenant: link.tenant, link: link.id, crew: crew, guests: [], answer: "", bookedAt: now,
                email: attendee.email, starts: seen.start, ends: ends, token: token.text,
                told: (link.title, link.place))
            meeting.rows = link.taken(crew.subjects, claim: id.text, from: seen.start, to: ends)
            meeting.tell(["attendee"] + meeting.hostNames)
            expected.add(meeting)
        }
        return "\(seen.start) on \(seen.link.title): \(written)"
    }
}
