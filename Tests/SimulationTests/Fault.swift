/// A write that fails half-way: a trigger raises while its place is named in a table of the test's own.
import Database

/// Where a transaction is broken off. What it did before must be gone, as after a process that died in it.
enum Fault: String, CaseIterable, Sendable {
    case ledger, history, token, job, reply, ending, host, room, turn, ask, session, seats, series, part
    case question, answer, entry, place, keep, called, met
    case offered, offer, assisted

    private var moment: SQL {
        switch self {
        case .ledger: "INSERT ON ledger"
        case .history: "INSERT ON booking_history"
        case .token: "INSERT ON booking_token"
        case .job: "INSERT ON job"
        case .reply: "UPDATE ON idempotency"
        case .ending: "UPDATE OF ended_at ON job"
        case .host: "INSERT ON booking_host"
        case .room: "INSERT ON booking_resource"
        case .turn: "INSERT ON assignment"
        case .ask: "INSERT ON approval_token"
        case .session: "INSERT ON seat_session"
        case .seats: "UPDATE ON seat_session"
        case .series: "INSERT ON series_booking"
        case .part: "UPDATE ON series"
        case .question: "INSERT ON proposal_time"
        case .answer: "UPDATE ON proposal"
        case .entry: "INSERT ON waitlist_entry"
        case .place: "UPDATE ON waitlist_entry"
        case .keep: "INSERT ON hold"
        case .called: "INSERT ON ring_host"
        case .met: "UPDATE OF booking ON ring"
        case .offered: "INSERT ON kept_offer_time"
        case .offer: "UPDATE ON kept_offer"
        case .assisted: "INSERT ON assistant"
        }
    }

    static func prepare(_ database: Database) async throws {
        try await database.writeUnscoped { tx in
            try tx.run("CREATE TABLE simulated_fault (place TEXT NOT NULL)")
            for fault in allCases {
                let (name, place): (SQL, SQL) = fault.words
                try tx.run("""
                    CREATE TRIGGER \(name) BEFORE \(fault.moment)
                    WHEN EXISTS (SELECT 1 FROM simulated_fault WHERE place = \(place))
                    BEGIN SELECT RAISE(ABORT, 'simulated'); END
                    """)
            }
        }
    }

    /// No value may be bound in a trigger.
    private var words: (SQL, SQL) {
        switch self {
        case .ledger: ("fault_ledger", "'ledger'")
        case .history: ("fault_history", "'history'")
        case .token: ("fault_token", "'token'")
        case .job: ("fault_job", "'job'")
        case .reply: ("fault_reply", "'reply'")
        case .ending: ("fault_ending", "'ending'")
        case .host: ("fault_host", "'host'")
        case .room: ("fault_room", "'room'")
        case .turn: ("fault_turn", "'turn'")
        case .ask: ("fault_ask", "'ask'")
        case .session: ("fault_session", "'session'")
        case .seats: ("fault_seats", "'seats'")
        case .series: ("fault_series", "'series'")
        case .part: ("fault_part", "'part'")
        case .question: ("fault_question", "'question'")
        case .answer: ("fault_answer", "'answer'")
        case .entry: ("fault_entry", "'entry'")
        case .place: ("fault_place", "'place'")
        case .keep: ("fault_keep", "'keep'")
        case .called: ("fault_called", "'called'")
        case .met: ("fault_met", "'met'")
        case .offered: ("fault_offered", "'offered'")
        case .offer: ("fault_offer", "'offer'")
        case .assisted: ("fault_assisted", "'assisted'")
        }
    }

    func strike(_ database: Database) async throws {
        _ = try await database.writeUnscoped { tx in
            try tx.run("INSERT INTO simulated_fault (place) VALUES (\(rawValue))")
        }
    }

    static func end(_ database: Database) async throws {
        _ = try await database.writeUnscoped { tx in
            try tx.run("DELETE FROM simulated_fault")
        }
    }

    /// Whether that error is a fault of this kind, and not one of the program.
    static func caused(_ error: any Error) -> Bool { error as? DatabaseError == .check("simulated") }
}
