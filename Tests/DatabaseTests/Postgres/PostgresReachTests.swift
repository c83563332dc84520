/// That one failure to connect spares the others theirs, and that the first success opens the door again.
import Synchronization
import Testing

@testable import Database

@Suite("The reach of a PostgreSQL server")
struct PostgresReachTests {
    private static let refused = DatabaseError.unavailable("refused")

    @Test("is asked by nobody after a failure, but probed until it is there again")
    func probing() async throws {
        let isAway = Atomic(true)
        let (probes, tries) = (Journal(), Journal())
        let reach = PostgresReach(pause: .milliseconds(5)) { () throws(DatabaseError) in
            probes.note("probe")
            if isAway.load(ordering: .relaxed) { throw Self.refused }
        }
        for _ in 0..<10 {
            #expect(throws: DatabaseError.self) {
                try reach.attempting(isAgain: false) { () throws(DatabaseError) in
                    tries.note("try")
                    throw Self.refused
                }
            }
        }
        #expect(tries.all.count == 1)
        for _ in 0..<500 where probes.all.count < 3 { try await Task.sleep(for: .milliseconds(5)) }
        #expect(probes.all.count >= 3)
        #expect(throws: DatabaseError.self) { try reach.attempting(isAgain: false) { () throws(DatabaseError) in } }
        isAway.store(false, ordering: .relaxed)
        for _ in 0..<500 where !isOpen(reach) { try await Task.sleep(for: .milliseconds(5)) }
        #expect(isOpen(reach))
        let after = probes.all.count
        try await Task.sleep(for: .milliseconds(50))
        #expect(probes.all.count == after)
    }

    @Test("is known to be away when a connection fell silent")
    func silence() throws {
        let reach = PostgresReach(pause: .seconds(60)) { () throws(DatabaseError) in }
        #expect(isOpen(reach))
        try reach.check()
        reach.fellSilent("silence")
        #expect(throws: DatabaseError.unavailable("silence")) {
            try reach.attempting(isAgain: false) { () throws(DatabaseError) in }
        }
        #expect(throws: DatabaseError.unavailable("silence")) { try reach.check() }
    }

    @Test("does not hold back connections that live when another was refused, but does once one fell silent too")
    func refusal() throws {
        let reach = PostgresReach(pause: .seconds(60)) { () throws(DatabaseError) in }
        #expect(throws: DatabaseError.self) {
            try reach.attempting(isAgain: false) { () throws(DatabaseError) in throw Self.refused }
        }
        try reach.check()
        reach.fellSilent("silence")
        #expect(throws: DatabaseError.self) { try reach.check() }
    }

    @Test("is asked by a probe first when a connection broke off, and at once if it is there")
    func brokenOff() throws {
        let probes = Journal()
        let reach = PostgresReach(pause: .seconds(60)) { () throws(DatabaseError) in probes.note("probe") }
        try reach.attempting(isAgain: true) { () throws(DatabaseError) in }
        #expect(probes.all.count == 1)
        let silent = PostgresReach(pause: .seconds(60)) { () throws(DatabaseError) in throw Self.refused }
        #expect(throws: DatabaseError.self) { try silent.attempting(isAgain: true) { () throws(DatabaseError) in } }
    }

    private func isOpen(_ reach: PostgresReach) -> Bool {
        (try? reach.attempting(isAgain: false) { () throws(DatabaseError) in }) != nil
    }
}
