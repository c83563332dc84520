/// Named places where a test may kill the process, to see that nothing is lost or done twice.

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Dies by SIGKILL at the place that `WORKESTRA_CRASH_AT` names, if `WORKESTRA_ENV` is `test`; else does nothing.
///
/// `booking.before_commit` dies there at once, `mail.before_send@ada` only about what has “ada” in it.
package enum CrashPoint {
    /// - Parameters:
    ///   - name: `area.moment`, e.g. `booking.before_commit`.
    ///   - subject: what it is about.
    package static func reach(_ name: StaticString, about subject: @autoclosure () -> String = "") {
        guard let armed, armed.name == name.description, armed.subject.map(subject().contains) ?? true else { return }
        kill(getpid(), SIGKILL)
        // The signal comes before the process runs on, but not always before this line.
        while true { pause() }
    }

    /// Read once, at the first crash point.
    private static let armed: (name: String, subject: String?)? = {
        guard let environment = getenv("WORKESTRA_ENV"), String(cString: environment) == "test",
              let name = getenv("WORKESTRA_CRASH_AT")
        else { return nil }
        let parts = String(cString: name).split(separator: "@", maxSplits: 1).map(String.init)
        return parts.first.map { ($0, parts.count > 1 ? parts[1] : nil) }
    }()
}
