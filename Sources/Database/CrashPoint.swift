/// Named places where a test may kill the process, to see that nothing is lost or done twice.

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Dies by SIGKILL at the place that `WORKESTRA_CRASH_AT` names, if `WORKESTRA_ENV` is `test`; else does nothing.
package enum CrashPoint {
    /// - Parameter name: `area.moment`, e.g. `booking.before_commit`.
    package static func reach(_ name: StaticString) {
        guard let armed, armed == name.description else { return }
        kill(getpid(), SIGKILL)
        // The signal comes before the process runs on, but not always before this line.
        while true { pause() }
    }

    /// Read once, at the first crash point.
    private static let armed: String? = {
        guard let environment = getenv("WORKESTRA_ENV"), String(cString: environment) == "test",
              let name = getenv("WORKESTRA_CRASH_AT")
        else { return nil }
        return String(cString: name)
    }()
}
