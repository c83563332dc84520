/// Many seeds of the whole core at work: nothing lost, nothing twice, and the same story for the same seed.
import Foundation
import Scheduling
import Testing

@Suite("The simulation", .serialized)
struct SimulationTests {
    private static let environment = ProcessInfo.processInfo.environment
    /// How many seeds: 100 in `bin/test`, whose debug build takes 300 steps a second, 10,000 in `bin/chaos`.
    private static let seeds = environment["WORKESTRA_SIMULATION_SEEDS"].flatMap(UInt64.init) ?? 100
    private static let only = environment["WORKESTRA_SIMULATION_SEED"].flatMap(UInt64.init)

    @Test("Whatever people, workers, clock and machine do, all invariants hold")
    func invariants() async throws {
        let seeds = Self.only.map { [$0] } ?? Array(1...Self.seeds)
        let began = ContinuousClock.now
        let outcome = await Crowd.run(seeds, tampering: Tampering(isTold: Self.only != nil))
        let seconds = (ContinuousClock.now - began) / .seconds(1)
        print("""
            simulation: \(seeds.count) seeds, \(outcome.steps) steps in \(Int(seconds)) s, \
            \(Int(Double(outcome.steps) / max(seconds, 0.001))) a second
            """)
        for line in Deeds.lines(outcome) { print("simulation, \(line)") }
        for failure in outcome.failures.prefix(5) { Issue.record(failure) }
        for act in Act.allCases where act != .careless {
            #expect(seeds.count < 100 || outcome.acts[act.rawValue] ?? 0 > 0, "nobody came to \(act)")
        }
        // Nobody is told of peace by a simulation in which nothing happens.
        for deed in Deeds.all {
            let enough = Deeds.rare.contains(deed) ? 1_000 : 100
            #expect(seeds.count < enough || outcome.counts[deed] ?? 0 > 0, "\(deed)")
        }
        #expect(outcome.failures.isEmpty, "\(outcome.failures.count) of \(seeds.count) seeds")
    }

    @Test("The same seed tells the same story")
    func deterministic() async throws {
        for seed in [Self.only ?? 7, 77, 777] {
            let first = try await Simulation.run(seed: seed), second = try await Simulation.run(seed: seed)
            #expect(first.hash == second.hash && first.lines == second.lines)
            print("simulation: seed \(seed) is \(String(first.hash, radix: 16))")
        }
        let (one, other) = (try await Simulation.run(seed: 1), try await Simulation.run(seed: 2))
        #expect(one.hash != other.hash)
    }

    @Test("A year goes by without a booking lost or a mail too many")
    func year() async throws {
        let began = ContinuousClock.now
        let trace = try await Simulation.run(seed: 2_027, steps: 6_000, pace: .year)
        #expect((trace.counts["mails"] ?? 0) > 0)
        print("simulation: a year of \(trace.lines) steps in \(ContinuousClock.now - began)")
    }
}

/// Seeds spread over two threads.
enum Crowd {
    struct Outcome: Sendable {
        var steps = 0
        var counts: [String: Int] = [:]
        var acts: [String: Int] = [:]
        var failures: [any Error] = []

        mutating func add(_ trace: Trace) {
            steps += trace.lines
            counts.merge(trace.counts, uniquingKeysWith: +)
            acts.merge(trace.acts, uniquingKeysWith: +)
        }
    }

    static func run(_ seeds: [UInt64], tampering: Tampering = Tampering()) async -> Outcome {
        await withTaskGroup(of: Outcome.self) { group in
            let lanes = 2
            for lane in 0..<lanes {
                group.addTask {
                    var outcome = Outcome()
                    for (index, seed) in seeds.enumerated() where index % lanes == lane {
                        do {
                            outcome.add(try await Simulation.run(seed: seed, tampering: tampering))
                        } catch {
                            outcome.failures.append(error)
                        }
                    }
                    return outcome
                }
            }
            return await group.reduce(into: Outcome()) { all, one in
                all.steps += one.steps
                all.counts.merge(one.counts, uniquingKeysWith: +)
                all.acts.merge(one.acts, uniquingKeysWith: +)
                all.failures += one.failures
            }
        }
    }
}
