/// Remembers that the server could not be reached, so that no request waits to find out for itself.
import Dispatch
import Synchronization

/// Shared by the connections to one server. After a failure nobody connects; a probe in the background tries again and
/// again, and once it has succeeded all may. Connections that live are not touched by it.
final class PostgresReach: Sendable {
    private let pause: DispatchTimeInterval
    private let probe: @Sendable () throws(DatabaseError) -> Void
    private let queue = DispatchQueue(label: "database.reach")
    /// Why the server is away; nil while it is not.
    private let away = Mutex<String?>(nil)

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
    func attempting(_ attempt: () throws(DatabaseError) -> Void) throws(DatabaseError) {
        if let why = away.withLock({ $0 }) { throw .unavailable(why) }
        do {
            try attempt()
        } catch {
            lost("\(error)")
            throw error
        }
    }

    /// A connection fell silent or could not be made: whoever would connect now would wait in vain.
    func lost(_ why: String) {
        let isFirst = away.withLock { away in
            defer { away = why }
            return away == nil
        }
        if isFirst { probeLater() }
    }

    private func probeLater() {
        queue.asyncAfter(deadline: .now() + pause) { [weak self] in self?.probeNow() }
    }

    private func probeNow() {
        do {
            try probe()
            away.withLock { $0 = nil }
        } catch {
            away.withLock { $0 = "\(error)" }
            probeLater()
        }
    }
}
