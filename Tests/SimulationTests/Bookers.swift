/// Who books in somebody's place: their right beside the attendee's, and what stands in the mails of the two.
import Capabilities
import Database
import Scheduling

@testable import Features

extension Simulation {
    /// What an answer does not tell: it has the token of whoever asked, and the other one's is in their mail.
    func learnRights(from told: Told, of wish: Wish) async throws {
        guard let before = expected.meetings[told.id], before.booker != nil else { return }
        switch wish.what {
        case .book, .move, .take: try await learnRights(of: told.id)
        case .correct: try await learnRights(of: told.id, isNew: false)
        default: return
        }
        guard let meeting = expected.meetings[told.id], let booker = meeting.booker else { return }
        var asker = wish.asker
        if case .book = wish.what { asker = .booker }
        if told.token != (asker == .booker ? booker.token : meeting.token) {
            findings.append("\(wish.name): the answer has another token than that of the \(asker)")
        }
    }

    /// - Parameter isNew: whether who booked has another right than before.
    func learnRights(of id: ID<Booking>, isNew: Bool = true) async throws {
        guard let meeting = expected.meetings[id], let booker = meeting.booker else { return }
        let (scope, keyring) = (town.tenants[meeting.tenant].host, town.keyring)
        let (own, bookers) = try await database.read(scope) { tx in
            (
                try BookingTokenStore.current(of: id, keyring: keyring, scope: scope, in: tx) ?? "",
                try BookingTokenStore.current(of: id, holder: .booker, keyring: keyring, scope: scope, in: tx) ?? ""
            )
        }
        if (bookers != booker.token) != isNew {
            findings.append("\(id): who booked it has \(isNew ? "the old" : "a new") right")
        }
        expected.meetings[id]?.token = own
        expected.meetings[id]?.booker?.token = bookers
        if isNew, !booker.token.isEmpty { expected.meetings[id]?.formerBookerTokens.append(booker.token) }
    }

    /// A right stands in its own reader's mails alone, and in the first of them.
    func wrongRights(_ mail: OutgoingMail, news: String, to recipient: String, _ meeting: Meeting) -> [String] {
        if recipient == "booker" { count("mails to bookers") }
        var rights = ["attendee": meeting.token]
        rights["booker"] = meeting.booker?.token
        let words = mail.text + mail.html + (mail.invitation?.text ?? "")
        let others = rights.filter { $0.key != recipient && words.contains($0.value) }.keys.sorted()
        var wrong = others.map { "has the right of the \($0)" }
        if ["booked", "link"].contains(news), let own = rights[recipient], !words.contains(own) {
            wrong.append("leads nowhere")
        }
        return wrong
    }
}
