/// Remembers that the server could not be reached, so that no request waits to find out for itself.
import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Shared by the connections to one server. After a failure nobody connects; a probe in the background tries again and
/// again, and once it has succeeded all may. Connections that live are not touched by it.
final class PostgresReach: Sendable {
    private let pause: DispatchTimeInterval
    private let probe: @Sendable () throws(DatabaseError) -> Void
    private let queue = DispatchQueue(label: "database.reach")
    /// Why the server is away, and until when it may still be a misunderstanding; nil while it is there.
    private let away = Mutex<(why: String, waiting: ContinuousClock.Instant)?>(nil)
    /// A connection that broke off says little: most often its server is there. So long the probe may take to say so.
    private let doubt = Duration.milliseconds(700)

    /// - Parameter probe: connects and disconnects, or says why it cannot.
    init(
        pause: DispatchTimeInterval = .milliseconds(250), probe: @escaping @Sendable () throws(DatabaseError) -> Void
    ) {
        self.pause = pause
        self.probe = probe
    }

    convenience init(url: String) {
        self.init { () throws(DatabaseError) in
            let connection = PostgresConnection(url: url)
            try connection.connect()
            connection.disconnect()
        }
    }

    /// Runs `attempt`, unless the server is known to be away.
    /// - Parameter isAgain: whether a connection broke off before; then a probe goes first.
    func attempting(isAgain: Bool, _ attempt: () throws(DatabaseError) -> Void) throws(DatabaseError) {
        if isAgain { lost("the connection was lost", doubt: doubt) }
        while let (why, waiting) = away.withLock({ $0 }) {
            guard ContinuousClock.now < waiting else { throw .unavailable(why) }
            _ = poll(nil, 0, 5)
        }
        do {
            try attempt()
        } catch {
            lost("\(error)")
            throw error
        }
    }

    /// A connection fell silent or could not be made: whoever would connect now would wait in vain.
    func lost(_ why: String, doubt: Duration = .zero) {
        let isFirst = away.withLock { away in
            if away != nil { return false }
            away = (why, .now + doubt)
            return true
        }
        if isFirst { probe(after: doubt > .zero ? .seconds(0) : pause) }
    }

    private func probe(after pause: DispatchTimeInterval) {
        queue.asyncAfter(deadline: .now() + pause) { [weak self] in self?.probeNow() }
    }

    private func probeNow() {
        do {
            try probe()
            away.withLock { $0 = nil }
        } catch {
            away.withLock { away in away = (error.description, away?.waiting ?? .now) }
            probe(after: pause)
        }
    }
}
