/// Remembers that the server could not be reached, so that no request waits to find out for itself.
import Dispatch
import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Shared by the connections to one server. After a failure nobody connects; a probe in the background tries again and
/// again, and once it has succeeded all may. Connections that live are used on after a refusal (the server may only
/// have too many), but not after a silence: a network that was cut tells them nothing, and each would wait out its
/// own time.
final class PostgresReach: Sendable {
    private let pause: DispatchTimeInterval
    private let probe: @Sendable () throws(DatabaseError) -> Void
    private let queue = DispatchQueue(label: "database.reach")
    private struct Absence {
        var why: String
        /// Until then it may still be a misunderstanding.
        let waiting: ContinuousClock.Instant
        /// A connection fell silent, so those that seem to live may be dead as well.
        var isSilent: Bool
    }

    /// Nil while the server is there.
    private let away = Mutex<Absence?>(nil)
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
        while let absence = away.withLock({ $0 }) {
            guard ContinuousClock.now < absence.waiting else { throw .unavailable(absence.why) }
            _ = poll(nil, 0, 5)
        }
        do {
            try attempt()
        } catch {
            lost("\(error)")
            throw error
        }
    }

    /// Throws when the server fell silent and has not answered a probe since; for connections that seem to live.
    func check() throws(DatabaseError) {
        if let absence = away.withLock({ $0 }), absence.isSilent { throw .unavailable(absence.why) }
    }

    /// A connection had no answer for long: whoever would ask or connect now would wait in vain.
    func fellSilent(_ why: String) { lost(why, isSilent: true) }

    private func lost(_ why: String, doubt: Duration = .zero, isSilent: Bool = false) {
        let isFirst = away.withLock { away in
            defer { if isSilent { away?.isSilent = true } }
            if away != nil { return false }
            away = Absence(why: why, waiting: .now + doubt, isSilent: isSilent)
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
            away.withLock { $0?.why = error.description }
            probe(after: pause)
        }
    }
}
