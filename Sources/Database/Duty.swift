/// What only one process at a time may do, such as housekeeping: a lease in a row, with a number that fences.
import Scheduling

/// A duty that this process has taken. Whoever takes it after us has a higher number, and then ours is worth nothing.
package struct Duty: Hashable, Sendable {
    package let name: String
    let fence: Int
}

extension Transaction {
    /// Takes a duty that nobody has until `until`, or whose holder's time is over.
    /// - Parameter holder: what the operator knows the process by.
    /// - Returns: nil when another process has it, or did it not long ago.
    package func takeDuty(_ name: String, holder: String, until: Instant, now: Instant) throws -> Duty? {
        // The look first: a process that has no turn writes nothing and waits for no lock.
        let isTaken = try one("SELECT 1 AS taken FROM duty WHERE name = \(name) AND until > \(now)") { _ in true }
        if isTaken ?? false { return nil }
        return try one(
            """
            INSERT INTO duty (name, holder, until, fence) VALUES (\(name), \(holder), \(until), 1)
            ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, until = excluded.until, fence = duty.fence + 1
            WHERE duty.until <= \(now)
            RETURNING fence
            """
        ) { Duty(name: name, fence: try $0["fence"]) }
    }

    /// Ends a duty until its next turn, in the transaction of its work. Locks its row first, so nobody takes it
    /// meanwhile.
    /// - Returns: false when somebody else has taken it since; then the work must not be kept.
    package func endDuty(_ duty: Duty, next: Instant) throws -> Bool {
        try run("UPDATE duty SET until = \(next) WHERE name = \(duty.name) AND fence = \(duty.fence)") == 1
    }
}
