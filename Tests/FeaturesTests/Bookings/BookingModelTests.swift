/// Random visitors on two links of one host, against a model of a few lines: the ledger is what the model says.
import Database
import Fakes
import Scheduling
import Testing

@testable import Features

/// What should be so: confirmed bookings and living holds of one host, nothing else.
private struct Model {
    struct Claim: Hashable {
        var starts: Instant
        var ends: Instant
        var before: Int64
        var after: Int64
    }

    struct Held {
        var claim: Claim
        var expires: Instant
        var token: String
    }

    var bookings: [ID<Booking>: Claim] = [:]
    var versions: [ID<Booking>: Int] = [:]
    /// By visitor and link.
    var holds: [String: Held] = [:]

    func claims(at now: Instant, without booking: ID<Booking>? = nil, hold: String? = nil) -> [Claim] {
        bookings.filter { $0.key != booking }.map(\.value)
            + holds.filter { $0.key != hold && $0.value.expires > now }.map(\.value.claim)
    }

    /// Whether `wanted` keeps its distance from all of them: the larger gap counts.
    static func isFree(_ wanted: Claim, among claims: [Claim]) -> Bool {
        claims.allSatisfy { other in
            wanted.starts >= other.ends.adding(seconds: max(other.after, wanted.before))
                || wanted.ends <= other.starts.adding(seconds: -max(other.before, wanted.after))
        }
    }
}

/// One sequence of wishes by three visitors.
private final class Walk {
    let stage: Stage
    let links: [Link]
    let seed: UInt64
    private let entropy: Entropy
    private var model = Model()
    private var steps = 0

    init(_ stage: Stage, links: [Link], seed: UInt64) {
        (self.stage, self.links, self.seed) = (stage, links, seed)
        entropy = .seeded(seed)
    }

    private var place: Comment { "seed \(seed), step \(steps)" }

    private func roll(_ sides: Int) -> Int { Int(entropy.bytes(1)[0]) % sides }

    private func claim(_ start: Instant, on link: Link) -> Model.Claim {
        Model.Claim(
            starts: start, ends: start.adding(minutes: link.rules.duration),
            before: Int64(link.rules.bufferBefore) * 60, after: Int64(link.rules.bufferAfter) * 60)
    }

    /// Within two hours of one morning, on and off the grid, so that wishes meet.
    private func start() -> Instant { stage.at(9, roll(9) * 15) }

    private func isOffered(_ start: Instant, on link: Link) -> Bool {
        let step = Int64((link.rules.step ?? link.rules.duration) * 60)
        return start >= stage.clock.now && (start - stage.at(9)) % step == 0
    }

    func step() async throws {
        steps += 1
        let (link, visitor) = (links[roll(2)], "visitor \(roll(3))")
        switch roll(8) {
        case 0, 1: try await hold(link, visitor)
        case 2, 3: try await book(link, visitor)
        case 4: try await move()
        case 5: try await cancel()
        default: stage.clock.move(minutes: roll(9))
        }
        try await check()
    }

    private func hold(_ link: Link, _ visitor: String) async throws {
        let (start, key) = (start(), "\(visitor) \(link.rules.slug)")
        let wanted = claim(start, on: link)
        let free = isOffered(start, on: link)
            && Model.isFree(wanted, among: model.claims(at: stage.clock.now, hold: key))
        let refused = try await refusal {
            let held = try await stage.hold(start, visitor: visitor, on: link)
            model.holds[key] = Model.Held(claim: wanted, expires: held.hold.expires, token: held.token)
        }
        #expect((refused == nil) == free, place)
    }

    private func book(_ link: Link, _ visitor: String) async throws {
        let key = "\(visitor) \(link.rules.slug)"
        let held = model.holds[key]
        let start = roll(3) == 0 ? start() : held?.claim.starts ?? start()
        let wanted = claim(start, on: link)
        let free = isOffered(start, on: link)
            && Model.isFree(wanted, among: model.claims(at: stage.clock.now, hold: key))
        let refused = try await refusal {
            let booked = try await stage.book(start, on: link) { $0.holdToken = held?.token }
            model.bookings[booked.id] = wanted
            model.versions[booked.id] = 1
            model.holds[key] = nil
        }
        #expect((refused == nil) == free, place)
    }

    private func anyBooking() -> (ID<Booking>, Model.Claim)? {
        let all = model.bookings.sorted { $0.key < $1.key }
        return all.isEmpty ? nil : all[roll(all.count)]
    }

    private func move() async throws {
        guard let (id, old) = anyBooking() else { return }
        let booked = try await stage.find(id)
        let link = try links.first { $0.id == booked.link }.wanted("link")
        let wanted = claim(start(), on: link)
        let free = old.starts > stage.clock.now && wanted.starts != old.starts && isOffered(wanted.starts, on: link)
            && Model.isFree(wanted, among: model.claims(at: stage.clock.now, without: id))
        let refused = try await refusal {
            _ = try await MoveBooking(stage.installation)(id, to: wanted.starts, scope: stage.scope)
            model.bookings[id] = wanted
            model.versions[id, default: 0] += 1
        }
        #expect((refused == nil) == free, place)
    }

    private func cancel() async throws {
        guard let (id, old) = anyBooking() else { return }
        let refused = try await refusal {
            _ = try await CancelBooking(stage.installation)(id, scope: stage.scope)
            model.bookings[id] = nil
            model.versions[id, default: 0] += 1
        }
        #expect((refused == nil) == (old.starts > stage.clock.now), place)
    }

    private func check() async throws {
        let now = stage.clock.now
        let rows = try await stage.ledger()
        let claims = Set(rows.map {
            Model.Claim(starts: $0.starts, ends: $0.ends, before: $0.gapBefore, after: $0.gapAfter)
        })
        #expect(claims == Set(model.claims(at: now)) && claims.count == rows.count, place)
        #expect(zip(rows, rows.dropFirst()).allSatisfy { $0.ends <= $1.starts }, place)
        for link in links {
            let listed = Set(try await stage.free(link).filter { $0 <= stage.at(11) })
            let wanted = (0...8).map { stage.at(9, $0 * 15) }.filter { start in
                isOffered(start, on: link) && Model.isFree(claim(start, on: link), among: model.claims(at: now))
            }
            #expect(listed == Set(wanted), place)
        }
    }

    func checkHistories() async throws {
        for (id, version) in model.versions {
            #expect(try await stage.history(id).map(\.version) == Array(1...version), place)
            let state = try await stage.find(id).state
            #expect(state.version == version && state.sequence == version - 1, place)
        }
    }
}

struct BookingModelTests {
    /// 150 on each engine, each from a seed of its own; a failure names its seed.
    @Test("hold, book, move and cancel in any order: the ledger is the model's, lists and bookings agree",
          arguments: Engine.all)
    func sequences(on engine: Engine) async throws {
        let first = UInt64.random(in: 0..<1 << 40)
        try await Stage.on(engine) { stage in
            let links = [stage.link, try await stage.makeLink("second") {
                ($0.duration, $0.step, $0.bufferBefore, $0.bufferAfter) = (45, 15, 10, 15)
            }]
            for seed in first..<first + 150 {
                // Histories stay, the time is free again: every sequence begins at twenty to nine.
                try await stage.database.writeUnscoped { tx in
                    try tx.run("DELETE FROM ledger")
                    try tx.run("DELETE FROM hold")
                }
                stage.clock.move(to: stage.at(8, 40))
                let walk = Walk(stage, links: links, seed: seed)
                for _ in 0..<12 { try await walk.step() }
                try await walk.checkHistories()
            }
        }
    }
}
