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

    @Test("kill only about what they were told, if they were told")
    func subject() async {
        await #expect(processExitsWith: .signal(SIGKILL)) {
            setenv("WORKESTRA_ENV", "test", 1)
            setenv("WORKESTRA_CRASH_AT", "mail.before_send@poison", 1)
            CrashPoint.reach("mail.before_send", about: "ada@example.com")
            CrashPoint.reach("mail.before_send")
            CrashPoint.reach("mail.before_send", about: "poison1@example.com")
        }
        await #expect(processExitsWith: .success) {
            setenv("WORKESTRA_ENV", "test", 1)
            setenv("WORKESTRA_CRASH_AT", "mail.before_send@poison", 1)
            CrashPoint.reach("mail.before_send", about: "ada@example.com")
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
