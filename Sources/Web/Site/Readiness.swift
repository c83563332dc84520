/// The probes: is the program alive, and should it get visitors.

import Synchronization

/// `/livez` answers as long as the program runs; `/readyz` only while it can serve.
final class Readiness: Sendable {
    private let isStopping = Atomic(false)
    private let ask: @Sendable () async -> String?

    init(ask: @escaping @Sendable () async -> String?) {
        self.ask = ask
    }

    var hasStopped: Bool { isStopping.load(ordering: .relaxed) }

    func stop() {
        isStopping.store(true, ordering: .relaxed)
    }

    var routes: [Route] {
        [Route(.get, "/livez", .open, limit: .none) { _ in .text("alive\n") },
         Route(.get, "/readyz", .open, limit: .none) { [self] _ in
             if isStopping.load(ordering: .relaxed) { return .text("stopping\n", status: 503) }
             if let reason = await ask() { return .text(reason + "\n", status: 503) }
             return .text("ready\n")
         }]
    }
}
