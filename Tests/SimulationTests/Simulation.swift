/// One seed's story: the real use cases and the real queue on a real file, one step after the other.
import Database
import Logging
import Scheduling

@testable import Features

/// What a simulation may do otherwise than the program, so that the checker is seen to find it.
struct Tampering: Sendable {
    /// Run on the copied file before the first step.
    var statements: [SQL] = []
    /// A visitor who looks first and writes later, without asking again.
    var isCareless = false
    /// Every lease has one and the same token.
    var isUnfenced = false
    /// Every other process mails from another address.
    var isRenamed = false
    /// The rows are looked at in the end alone, so that answers and mails are judged for themselves.
    var isUnseen = false
    /// Of which links alone people want something, so that more of it happens.
    var only: (@Sendable (LinkFacts) -> Bool)?
    /// Nothing otherwise, but every line is printed as it happens.
    var isTold = false
}

/// Why a simulation failed: its seed tells it again.
struct Failed: Error, CustomStringConvertible {
    let seed: UInt64
    let findings: [String]
    let steps: [String]

    var description: String {
        """
        seed \(seed), found:
          \(findings.prefix(12).joined(separator: "\n  "))
        the last steps:
          \(steps.joined(separator: "\n  "))
        alone again: WORKESTRA_SIMULATION_SEED=\(seed) swift test --filter SimulationTests
        """
    }
}

final class Simulation {
    let seed: UInt64
    let town: Town
    let tampering: Tampering
    var chance: Chance
    let hands: Hands
    let post = PostOffice()
    var installation: Installation
    var expected: Expected
    var crew: [Worker] = []
    /// Requests that may come again: pressed twice, or sent anew since no answer came.
    var repeats: [Wish] = []
    /// What is seen of a link or schedule before it is saved.
    var drafts: [LinkFacts] = []
    var careless: [CarelessBooking] = []
    /// What mails to hosts carry: addresses at which they decide.
    var rights: [Right] = []
    /// Days away that may be taken back.
    var aways: [(id: ID<TimeAway>, scope: Scope)] = []
    /// By workspace and person.
    var badges: [String: Badge] = [:]
    /// Forms somebody has open, with the hold they came by.
    var forms: [Keeping] = []
    /// What mails of waitlists have offered: pressed late, or twice.
    var offers: [(waiter: ID<WaitlistEntry>, token: String, start: Instant)] = []
    var mood = PostOffice.Mood.takes
    /// The booking that something happened to last: people tend to go on with it.
    var recent: ID<Booking>?
    var frozenSteps = 0
    var prunedBefore = Instant(0)
    var findings: [String] = []
    var trace: Trace
    private(set) var steps = 0
    private let url: String

    private init(seed: UInt64, url: String, town: Town, tampering: Tampering, database: Database) {
        (self.seed, self.url, self.town, self.tampering) = (seed, url, town, tampering)
        chance = Chance(seed: seed)
        // Somewhere in a year, so that some seeds meet the nights when clocks change.
        hands = Hands(Town.founded.adding(days: Int(seed % 359)))
        let world = World(clock: hands.clock, entropy: .seeded(seed), zones: Town.zones)
        installation = Town.installation(database, world, town.keyring)
        expected = Expected(hands: hands, links: town.links.filter(tampering.only ?? { _ in true }))
        trace = Trace(isTold: tampering.isTold)
    }

    var now: Instant { hands.now }
    var database: Database { installation.database }

    /// Runs a seed to its end.
    /// - Throws: `Failed` with everything that was found.
    /// - Returns: the hash of all that happened, and how many steps that was.
    static func run(
        seed: UInt64, steps: Int = 200, tampering: Tampering = Tampering(), pace: Pace = .busy
    ) async throws -> Trace {
        try await Ground.with { url, town in
            let database = try await open(url)
            try await database.writeUnscoped { tx in
                for statement in tampering.statements { try tx.run(statement) }
            }
            let simulation = Simulation(seed: seed, url: url, town: town, tampering: tampering, database: database)
            defer { simulation.post.change(to: .takes) }
            do {
                try await simulation.play(steps: steps, pace: pace)
            } catch {
                await simulation.database.close()
                throw error
            }
            await simulation.database.close()
            return simulation.trace
        }
    }

    private static func open(_ url: String) async throws -> Database {
        var options = DatabaseOptions()
        options.isTest = true
        options.readers = 1
        return try await Database.open(url, options)
    }

    private func play(steps: Int, pace: Pace) async throws {
        crew = [Worker(name: "one", runner: runner), Worker(name: "two", runner: runner)]
        for step in 1...steps {
            passTime(pace)
            try await take(pace.acts)
            if step % pace.looksEvery == 0, !tampering.isUnseen { try await look(isQuiet: false) }
            try stopIfFound()
        }
        try await calmDown()
        try await look(isQuiet: true)
        try stopIfFound()
    }

    /// One step of somebody whom the seed names.
    func take(_ acts: [(weight: Int, what: Act)]) async throws {
        let isUrgent = expected.isRinging && !tampering.isCareless && chance.happens(percent: 50)
        let act = chance.weighted(tampering.isCareless ? Act.withCareless : isUrgent ? Act.ringing : acts)
        let what = try await perform(act)
        try await follow()
        steps += 1
        trace.add("\(steps) \(now) \(act): \(what)")
    }

    func count(_ what: String) { trace.counts[what, default: 0] += 1 }

    private func stopIfFound() throws {
        if !findings.isEmpty { throw Failed(seed: seed, findings: findings, steps: trace.last) }
    }

    var runner: JobRunner {
        let sender = tampering.isRenamed && chance.happens(percent: 50) ? "others@meet.example" : installation.mailFrom
        let mailing = Town.installation(database, installation.world, town.keyring, mailFrom: sender)
        let (work, expire) = (SendBookingMail(mailing, mail: post), ExpireApproval(installation))
        let (gather, repeating) = (SendSessionMail(mailing, mail: post), SendSeriesMail(mailing, mail: post))
        let asking = SendProposalMail(mailing, mail: post)
        let (waiting, calling) = (SendWaitlistMail(mailing, mail: post), SendRingMessage(mailing, mail: post))
        let (look, proving) = (LookAtWaitlist(installation), SendEmailCode(mailing, mail: post))
        let (lapse, endOffers) = (LapseKeptOffer(installation), EndOffersOfLink(installation))
        let isQuiet = Logger(label: "simulation") { _ in SwiftLogNoOpLogHandler() }
        var world = installation.world
        if tampering.isUnfenced {
            let entropy = world.entropy
            world = World(
                clock: world.clock, entropy: Entropy { $0 == 32 ? Array(repeating: 0, count: 32) : entropy.bytes($0) },
                zones: world.zones)
        }
        return JobRunner(
            database: database,
            work: [
                BookingJobs.kind: { try await work($0) }, ApprovalJobs.reminder: { try await work($0) },
                ApprovalJobs.expiry: { try await expire($0) }, SessionJobs.kind: { try await gather($0) },
                SeriesJobs.kind: { try await repeating($0) }, ProposalJobs.kind: { try await asking($0) },
                WaitlistJobs.mail: { try await waiting($0) }, WaitlistJobs.look: { try await look($0) },
                SendRingMessage.kind: { try await calling($0) }, SendEmailCode.kind: { try await proving($0) },
                KeptOfferJobs.lapse: { try await lapse($0) }, LinkOfferStore.look: { try await endOffers($0) },
            ], world: world, logger: isQuiet)
    }

    /// The process ends in order and begins again; what its workers had in hand is theirs no more.
    func restart() async throws {
        await database.close()
        let world = installation.world
        installation = Town.installation(try await Self.open(url), world, town.keyring)
        for index in crew.indices { replace(index) }
    }
}

/// How a simulation runs: how often it is looked over, and what its steps are chosen from.
struct Pace: Sendable {
    var looksEvery: Int
    var acts: [(weight: Int, what: Act)]
    /// Seconds between two steps, from and to.
    var pause: ClosedRange<Int>

    static let busy = Pace(looksEvery: 20, acts: Act.usual, pause: 0...90)
    /// A day has sixteen steps or so, most of them the workers'; a year is 6,000.
    static let year = Pace(
        looksEvery: 500, acts: Act.usual.filter { $0.what != .leap } + [(60, .claim), (80, .work), (80, .end)],
        pause: 0...10_500)
}

/// The lines of a story: the last of them, and a hash of all (FNV-1a).
struct Trace: Sendable {
    private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    private(set) var last: [String] = []
    private(set) var lines = 0
    /// How often what happened, so that nobody trusts a simulation in which nothing does.
    var counts: [String: Int] = [:]
    /// How often who did what, by the name of the act.
    var acts: [String: Int] = [:]
    var isTold = false

    mutating func add(_ line: String) {
        for byte in line.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        lines += 1
        if isTold { print(line) }
        last.append(line)
        if last.count > 60 { last.removeFirst(30) }
    }
}
