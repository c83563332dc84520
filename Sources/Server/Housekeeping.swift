/// Removes what has had its day: old replies, ended jobs, expired holds and sessions.
import Database
import Features
import Logging
import Scheduling
import ServiceLifecycle

struct Housekeeping: Service {
    let app: App
    /// How often, and how long ended jobs are kept, in days.
    private static let pause = Duration.seconds(600)
    private static let jobDays = 30

    init(_ app: App) { self.app = app }

    func run() async throws {
        await withGracefulShutdownHandler {
            let work = Task {
                while !Task.isCancelled {
                    await tidy()
                    try? await Task.sleep(for: Self.pause)
                }
            }
            await withTaskCancellationHandler {
                await waitForShutdown()
                work.cancel()
            } onCancel: {
                work.cancel()
            }
        } onGracefulShutdown: {}
    }

    private func waitForShutdown() async { try? await gracefulShutdown() }

    private func tidy() async {
        let now = app.installation.world.now
        do {
            try await app.installation.database.writeUnscoped { tx in
                try tx.pruneReplies(now: now)
                try tx.pruneJobs(endedBefore: now.adding(days: -Self.jobDays))
                try BookingTokenStore.pruneHolds(now: now, in: tx)
                try PasswordResetStore.prune(now: now, in: tx)
                try SignUpStore.prune(now: now, in: tx)
                try DeliveryStore.prune(now: now, in: tx)
                try ReceivedStore.prune(now: now, in: tx)
                try SignInTryStore.prune(now: now, in: tx)
                try AccountStore.pruneSessions(now: now, in: tx)
            }
        } catch {
            app.logger.warning("housekeeping failed", metadata: ["error": "\(error)"])
        }
    }
}
