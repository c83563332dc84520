/// After a change of the key file, moves everything that is sealed to the first key, so that the former ones can go.
import Database
import Features
import Logging
import ServiceLifecycle

extension App {
    /// Everything of the database that the key file opens. A test compares it with the schema.
    package static let sealed = [
        BookingTokenStore.sealed, InvitationStore.sealed, PasswordResetStore.sealed, SignUpStore.sealed,
        ReplyStore.sealed, WebhookStore.secret, WebhookStore.formerSecret,
        ApprovalStore.sealed, WaitlistStore.sealed, KeptOfferStore.sealed,
        SingleUseStore.sealed, OneOffStore.sealed, PollStore.sealed, PollVoterStore.sealed,
    ]
}

struct Resealing: Service {
    let app: App
    /// How often it looks again: another process may seal with its old key until it has been restarted too.
    private static let pause = Duration.seconds(600)

    init(_ app: App) { self.app = app }

    func run() async throws {
        guard app.installation.keyring.formerKeys > 0 else { return await waitForShutdown() }
        await withGracefulShutdownHandler {
            let work = Task {
                while !Task.isCancelled {
                    await reseal()
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

    private func reseal() async {
        do {
            let done = try await app.installation.database.reseal(App.sealed, by: app.installation.keyring)
            if done.changed > 0 {
                app.logger.notice("sealed with the first key", metadata: ["rows": "\(done.changed)"])
            }
            if done.unreadable > 0 {
                let rows = "\(done.unreadable)"
                app.logger.warning("sealed with a key that is not in the file", metadata: ["rows": "\(rows)"])
            }
        } catch {
            // Told to stop in the middle: whoever starts next goes on.
            guard !Task.isCancelled else { return }
            app.logger.warning("re-sealing failed and is tried again", metadata: ["error": "\(error)"])
        }
    }
}

extension SealedCounts {
    /// What the doctor says of the keys; nil when there is but one and it opens everything.
    func finding(_ keyring: Keyring) -> Finding? {
        if unknown > 0 {
            return Finding(.warn, "key", "\(unknown) of \(all) sealed values open with no key of the file: put the key "
                + "that sealed them back, below the first.")
        }
        guard keyring.formerKeys > 0 else { return nil }
        return former > 0
            ? Finding(.ok, "key", "\(former) of \(all) sealed values need a former key: keep it; a running server "
                + "seals them anew with the first.")
            : Finding(.ok, "key", "the first one seals all \(all) values: the former ones can be removed a day after "
                + "it came.")
    }
}
