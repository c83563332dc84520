/// A crash point does nothing unless a test asks for it, and then kills at once.
import Foundation
import Testing

@testable import Database

@Suite("Crash points")
struct CrashPointTests {
    @Test("do nothing in a process that nobody told to crash")
    func unarmed() {
        CrashPoint.reach("booking.before_commit")
    }

    @Test("kill the process by SIGKILL where they were told to")
    func armed() async {
        await #expect(processExitsWith: .signal(SIGKILL)) {
            setenv("WORKESTRA_ENV", "test", 1)
            setenv("WORKESTRA_CRASH_AT", "booking.before_commit", 1)
            CrashPoint.reach("booking.other_place")
            CrashPoint.reach("booking.before_commit")
        }
    }

    @Test("do not kill outside the test environment")
    func production() async {
        await #expect(processExitsWith: .success) {
            setenv("WORKESTRA_ENV", "production", 1)
            setenv("WORKESTRA_CRASH_AT", "booking.before_commit", 1)
            CrashPoint.reach("booking.before_commit")
        }
    }
}
