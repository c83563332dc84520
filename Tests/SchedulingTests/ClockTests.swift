/// Clocks, random numbers and the world that carries them.

import Foundation
import Testing

@testable import Scheduling

@Suite struct ClockTests {
    @Test("A standing clock stands")
    func standing() {
        let clock = Clock.standing(at: Instant(-5))
        #expect(clock.now == Instant(-5))
        #expect(clock.milliseconds() == -5_000)
    }

    @Test("The system's clock agrees with Foundation's")
    func system() {
        #expect(abs(Clock.system.now.seconds - Int64(Date().timeIntervalSince1970)) <= 2)
    }

    @Test("A clock file moves the clock and is read again after a tenth of a second")
    func shifted() async throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "clock-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        let clock = Clock.shifted(by: file.path)
        #expect(abs(clock.now - Clock.system.now) <= 2)

        try "86400\n".write(to: file, atomically: true, encoding: .utf8)
        try await Task.sleep(for: .milliseconds(150))
        #expect(abs(clock.now - Clock.system.now - 86_400) <= 2)
    }

    @Test("A clock file without a sensible number moves nothing", arguments: [
        "", "tomorrow", "1e9", "9223372036854775807", "-9223372036854775808", "99999999999",
    ])
    func nonsense(text: String) throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "clock-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try text.write(to: file, atomically: true, encoding: .utf8)
        #expect(abs(Clock.shifted(by: file.path).now - Clock.system.now) <= 2)
    }
}
