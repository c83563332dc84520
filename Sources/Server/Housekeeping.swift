/// Removes what has had its day: old replies, ended jobs, expired holds and sessions, files without a row. Of all
/// processes one does it; files, which may lie on a disk of its own, each looks through; and each gives back memory it
/// has no use for.
import Database
import Features
import Foundation
import Logging
import Scheduling
import ServiceLifecycle

struct Housekeeping: Service {
    let app: App
    /// How often a process looks whether it is its turn.
    private static let pause = Duration.seconds(60)
    /// How often it is done, in seconds; and how long one that began may take before another begins.
    private static let turn: Int64 = 600
    /// How long ended jobs are kept.
    private static let jobDays = 30
    /// Files are looked through at the start and then once in so many rounds: once an hour, since what a killed process
    /// left half way takes up room.
    private static let roundsPerSweep = 60
    /// The database's connections forget once in so many rounds what they have kept.
    private static let roundsPerMemory = 10

    init(_ app: App) { self.app = app }

    func run() async throws {
        await withGracefulShutdownHandler {
            let work = Task {
                for round in 0... {
                    guard !Task.isCancelled else { return }
                    await lookAtClocks()
                    await tidy()
                    if round % Self.roundsPerSweep == 0 { await sweep() }
                    if round % Self.roundsPerMemory == 0 { app.installation.database.giveBackMemory() }
                    HeapMemory.giveBack()
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

    /// What the operator knows this process by.
    private var holder: String {
        "\(ProcessInfo.processInfo.hostName) \(ProcessInfo.processInfo.processIdentifier)"
    }

    private func waitForShutdown() async { try? await gracefulShutdown() }

    private func sweep() async {
        do {
            let gone = try await SweepFiles(app.installation, files: app.files)()
            if gone > 0 { app.logger.info("files without a row removed", metadata: ["count": "\(gone)"]) }
        } catch {
            app.logger.warning("sweep of files failed", metadata: ["error": "\(error)"])
        }
    }

    /// Zone files can be replaced while the program runs. Every process takes the new ones up; what they change is
    /// noted once.
    private func lookAtClocks() async {
        if let version = app.installation.world.zones.reloadIfReplaced() {
            app.logger.notice("new time zone data are in use", metadata: ["version": "\(version)"])
        }
        do {
            if let count = try await CompareClocks(app.installation)(), count > 0 {
                app.logger.notice(
                    "meetings show another time than was agreed: see /calendar/clock-changes",
                    metadata: ["count": "\(count)"])
            }
        } catch {
            app.logger.warning("comparing clocks failed", metadata: ["error": "\(error)"])
        }
    }

    private func tidy() async {
        let (database, now) = (app.installation.database, app.installation.world.now)
        do {
            let next = now.adding(seconds: Self.turn)
            let duty = try await database.writeUnscoped { tx in
                try tx.takeDuty("housekeeping", holder: holder, until: next, now: now)
            }
            guard let duty else { return }
            try await database.writeUnscoped(isLarge: true) { tx in
                // First, for it locks the row: another process whose turn comes meanwhile waits for the end.
                guard try tx.endDuty(duty, next: next) else { return }
                try tx.pruneReplies(now: now)
                try tx.pruneJobs(endedBefore: now.adding(days: -Self.jobDays))
                try BookingTokenStore.pruneHolds(now: now, in: tx)
                try WaitlistStore.prune(now: now, in: tx)
                try KeptOfferStore.prune(now: now, in: tx)
                try AnswerFileStore.prune(world: app.installation.world, now: now, in: tx)
                try AnswerFileStore.pruneEnded(world: app.installation.world, now: now, in: tx)
                try SingleUseStore.prune(now: now, in: tx)
                try OneOffStore.prune(now: now, in: tx)
                try PollStore.prune(now: now, in: tx)
                try WaitlistJobs.sweep(world: app.installation.world, now: now, in: tx)
                try PasswordResetStore.prune(now: now, in: tx)
                try EmailCodeStore.prune(now: now, in: tx)
                try ProofStore.prune(now: now, in: tx)
                try RingStore.prune(now: now, in: tx)
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
