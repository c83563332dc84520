/// Hands mail to an SMTP server, one recipient at a time, over one connection that stays open between mails.
import Capabilities
import Dispatch
import Synchronization

/// libcurl blocks its thread, so it gets one of its own: the threads of Swift's tasks are never held up.
///
/// Mails wait for each other, but not for one that hangs: when every line has been at its mail for a second, another
/// line takes over those that wait. A server that answers never sees more than one connection, and many allow few.
package final class SMTPMail: MailProvider {
    private let lines: [MailLine]
    private let state = Mutex(WaitingMails(lines: SMTPMail.mostLines))

    /// Fewer than a worker has mails in hand, so that not all of them can hang.
    private static let mostLines = 6

    package init(_ settings: SMTPSettings) {
        lines = (0..<Self.mostLines).map { _ in MailLine(settings) }
    }

    /// Not cancelled half-way: a mail that was begun is ended, within the time-out.
    package func send(_ mail: OutgoingMail) async throws(ProviderError) -> Receipt {
        let message: MIMEMessage
        do {
            message = try MIMEMessage(mail)
        } catch {
            throw ProviderError(.unsendable, "The mail cannot be built: \(error).")
        }
        let outcome = await withCheckedContinuation { continuation in
            let waiting = WaitingMail(
                bytes: message.bytes, from: mail.from.address, to: mail.to.address, answer: continuation)
            state.withLock { $0.mails.append(waiting) }
            rouse()
        }
        return try outcome.get()
    }

    /// Lets a line begin if one is needed.
    private func rouse() {
        guard let number = state.withLock({ $0.rouse() }) else { return }
        lines[number].queue.async { self.work(number) }
    }

    /// One mail after the other until none waits; on the line's own thread.
    private func work(_ number: Int) {
        while let mail = state.withLock({ $0.next(of: number) }) {
            // If this one hangs, those behind it need another line.
            DispatchQueue.global().asyncAfter(deadline: .now() + WaitingMails.patienceSeconds) { [weak self] in
                self?.rouse()
            }
            mail.answer.resume(returning: lines[number].deliver(mail))
        }
        if number > 0 { lines[number].hangUp() }
    }
}

/// A mail and who waits for what becomes of it.
private struct WaitingMail: Sendable {
    let bytes: [UInt8]
    let from: EmailAddress
    let to: EmailAddress
    let answer: CheckedContinuation<Result<Receipt, ProviderError>, Never>
}

/// The mails nobody has begun yet, and since when each line has been at its own; nil while it rests.
private struct WaitingMails: Sendable {
    static let patienceSeconds = 1.0

    var mails: [WaitingMail] = []
    private var began: [ContinuousClock.Instant?]

    init(lines: Int) { began = Array(repeating: nil, count: lines) }

    /// The line that is to begin now: the first when all rest, a further one when all others hang.
    mutating func rouse() -> Int? {
        let now = ContinuousClock.now
        let allHang = began.allSatisfy { $0.map { now - $0 >= .seconds(Self.patienceSeconds) } ?? true }
        guard !mails.isEmpty, allHang, let free = began.firstIndex(of: nil) else { return nil }
        began[free] = now
        return free
    }

    mutating func next(of line: Int) -> WaitingMail? {
        began[line] = mails.isEmpty ? nil : .now
        return mails.isEmpty ? nil : mails.removeFirst()
    }
}

/// One connection and the thread that may block on it.
private final class MailLine: Sendable {
    let queue = DispatchQueue(label: "workestra.smtp")
    private let settings: SMTPSettings
    /// Only touched on `queue`: the lock is never waited for, it is what lets the compiler see that.
    private let connection: Mutex<SMTPConnection?> = Mutex(nil)

    init(_ settings: SMTPSettings) { self.settings = settings }

    func deliver(_ mail: WaitingMail) -> Result<Receipt, ProviderError> {
        connection.withLock { connection in
            let opened = connection ?? SMTPConnection(settings)
            connection = opened
            return opened.deliver(mail.bytes, from: mail.from, to: mail.to)
        }
    }

    func hangUp() { connection.withLock { $0 = nil } }
}
