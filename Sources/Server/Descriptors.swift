/// How many files and connections the process may have open, and how many of them are for visitors.
import Foundation

/// The limit of the operating system (`ulimit -n`).
///
/// With enough visitors nothing else would find a descriptor: jobs fail, files that are read for the first time seem
/// not to be there, and the process dies, since libdispatch opens `/proc/self/task/…/stat` once a second to count its
/// busy threads and traps when it cannot ("registered worker exited prematurely", seen in Swift 6.3).
struct Descriptors: Hashable, Sendable {
    let limit: Int

    /// Whoever reads the metrics, among the process's own.
    static let forMetrics = 16
    /// For the database's readers, mails, webhooks, files and the runtime, with room to spare.
    private static let own = 128
    /// More is of no use to one process, and a table of a billion entries slows some systems down.
    private static let most = 65_536

    #if canImport(Glibc)
    private static let files = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
    #else
    private static let files = RLIMIT_NOFILE
    #endif

    /// What visitors leave: at least half of a very small limit.
    var forConnections: Int { max(limit - Self.own, limit / 2) }

    /// Many systems set a low limit that a process may raise by itself, up to a second one.
    static func raised() -> Descriptors {
        var limits = rlimit()
        guard getrlimit(files, &limits) == 0 else { return Descriptors(limit: 1_024) }
        let wanted = min(limits.rlim_max, rlim_t(most))
        if limits.rlim_cur < wanted {
            var higher = limits
            higher.rlim_cur = wanted
            if setrlimit(files, &higher) == 0 { limits = higher }
        }
        return Descriptors(limit: Int(min(limits.rlim_cur, rlim_t(most))))
    }
}
