/// That one failure to connect spares the others theirs, and that the first success opens the door again.
import Testing

@testable import Database

@Suite("The reach of a PostgreSQL server")
struct PostgresReachTests {
    private static let refused = DatabaseError.unavailable("refused")

    private func fail(_ reach: PostgresReach, _ tries: Journal) {
        #expect(throws: DatabaseError.self) {
            try reach.attempting { () throws(DatabaseError) in
                tries.note("")
                throw Self.refused
            }
        }
    }

    @Test("is asked once after a failure, until the pause is over")
    func pause() async throws {
        let (reach, tries) = (PostgresReach(pause: .milliseconds(50)), Journal())
        for _ in 0..<10 { fail(reach, tries) }
        #expect(tries.all.count == 1)
        try await Task.sleep(for: .milliseconds(60))
        for _ in 0..<10 { fail(reach, tries) }
        #expect(tries.all.count == 2)
        try await Task.sleep(for: .milliseconds(60))
        try reach.attempting {}
        for _ in 0..<3 { try reach.attempting {} }
    }

    @Test("is tried by one at a time after a failure")
    func oneTries() throws {
        let reach = PostgresReach(pause: .zero)
        reach.lost("silence")
        try reach.attempting { () throws(DatabaseError) in
            // Somebody else, while this one is on its way.
            #expect(throws: DatabaseError.unavailable("silence")) { try reach.attempting {} }
        }
        try reach.attempting { () throws(DatabaseError) in try reach.attempting {} }
    }
}
