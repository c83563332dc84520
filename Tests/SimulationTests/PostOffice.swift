/// A mail provider with moods: it takes mails, refuses them, is away, or takes one and hangs up before it says so.
import Capabilities
import Scheduling

final class PostOffice: MailProvider {
    enum Mood: String, CaseIterable, Sendable {
        case takes
        /// Nobody will ever know from the answer that it has the mail.
        case takesAndHangsUp
        case isAway
        case isBusy
        case refuses

        var error: ProviderError? {
            switch self {
            case .takes: nil
            case .takesAndHangsUp: ProviderError(.unavailable, "the line broke after the mail was handed over")
            case .isAway: ProviderError(.unavailable, "no answer")
            case .isBusy: ProviderError(.limited(until: nil), "too many mails")
            case .refuses: ProviderError(.refused(code: 550), "no such mailbox")
            }
        }

        var takesTheMail: Bool { self == .takes || self == .takesAndHangsUp }
    }

    private let state = Held<(mood: Mood, taken: [OutgoingMail])>((.takes, []))

    func change(to mood: Mood) { state.change { $0.mood = mood } }

    /// The mails taken since this was last asked.
    func collect() -> [OutgoingMail] {
        let taken = state.value.taken
        if !taken.isEmpty { state.change { $0.taken = [] } }
        return taken
    }

    func send(_ mail: OutgoingMail) async throws(ProviderError) -> Receipt {
        do {
            _ = try MIMEMessage(mail)
        } catch {
            throw ProviderError(.unsendable, "\(error)")
        }
        let mood = state.value.mood
        if mood.takesTheMail { state.change { $0.taken.append(mail) } }
        if let error = mood.error { throw error }
        return Receipt(note: "taken")
    }
}
