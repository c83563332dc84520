/// That the gate lets two callers in per subject, keeps their order and never locks up.
import Database
import Scheduling
import Synchronization
import Testing

@testable import Features

@Suite("The gate before the locks")
struct SubjectGateTests {
    /// How many are inside, and the most there ever were.
    private final class Crowd: Sendable {
        private let state = Mutex((inside: 0, most: 0, done: 0))

        func enter() { state.withLock { $0.inside += 1; $0.most = max($0.most, $0.inside) } }
        func leave() { state.withLock { $0.inside -= 1; $0.done += 1 } }
        var most: Int { state.withLock { $0.most } }
        var done: Int { state.withLock { $0.done } }
    }

    @Test("Fifty callers for one host are never more than two at once, and all get through")
    func oneHost() async throws {
        let (gate, crowd) = (SubjectGate(), Crowd())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<50 {
                group.addTask {
                    try await gate.pass(["usr_a"]) {
                        crowd.enter()
                        try await Task.sleep(for: .milliseconds(2))
                        crowd.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(crowd.most == SubjectGate.width)
        #expect(crowd.done == 50)
    }

    @Test("A throwing caller gives its place back")
    func throwing() async throws {
        struct Failure: Error {}
        let gate = SubjectGate()
        for _ in 0..<10 {
            await #expect(throws: Failure.self) { try await gate.pass(["usr_a"]) { throw Failure() } }
        }
        let answer = try await gate.pass(["usr_a"]) { 7 }
        #expect(answer == 7)
    }

    @Test("When a caller gives up on the lock, those behind it are sent away, and the next one is let in")
    func stuck() async throws {
        let gate = SubjectGate()
        let (inside, release) = (AsyncStream<Void>.makeStream(), AsyncStream<Void>.makeStream())
        // One holds the lock and does not move; another waits for the lock; three wait at the gate.
        async let stuck: Void = gate.pass(["usr_a"]) {
            inside.continuation.yield()
            for await _ in release.stream { return }
        }
        for await _ in inside.stream { break }
        let loser = Task {
            try await gate.pass(["usr_a"]) {
                while await gate.waiting(for: "usr_a") < 3 { await Task.yield() }
                throw DatabaseError.busy
            }
        }
        await withTaskGroup(of: Void.self) { group in
            for _ in 0..<3 {
                group.addTask {
                    while await gate.inside(at: "usr_a") < 2 { await Task.yield() }
                    await #expect(throws: DatabaseError.busy) { try await gate.pass(["usr_a"]) {} }
                }
            }
        }
        await #expect(throws: DatabaseError.busy) { try await loser.value }
        #expect(try await gate.pass(["usr_a"]) { 7 } == 7)
        release.continuation.yield()
        try await stuck
        #expect(await gate.inside(at: "usr_a") == 0)
    }

    @Test("A link's hosts are read once for many callers, and again while there are none")
    func memory() async throws {
        let gate = SubjectGate()
        let reads = Mutex(0)
        let world = World(clock: .standing(at: Instant(0)), entropy: .seeded(1), zones: Zones(directory: ""))
        let (link, other): (ID<Link>, ID<Link>) = (world.id(), world.id())
        for hosts in [[], ["usr_a"], ["usr_b"]] {
            let told = try await gate.hosts(of: link) {
                reads.withLock { $0 += 1 }
                return hosts
            }
            #expect(told == (hosts.isEmpty ? [] : ["usr_a"]))
        }
        #expect(reads.withLock { $0 } == 2)
        #expect(try await gate.hosts(of: other) { ["usr_c"] } == ["usr_c"])
    }

    @Test("Callers with several hosts in any order never wait for each other for ever")
    func severalHosts() async throws {
        let (gate, crowd) = (SubjectGate(), Crowd())
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<60 {
                group.addTask {
                    let hosts = number.isMultiple(of: 2) ? ["a", "b", "c"] : ["c", "a"]
                    try await gate.pass(hosts) {
                        crowd.enter()
                        await Task.yield()
                        crowd.leave()
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(crowd.done == 60)
    }
}
