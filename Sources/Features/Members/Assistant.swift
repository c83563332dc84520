/// An assistant: somebody who acts on the links, bookings and hours of another person; and what is refused.
import Database
import Scheduling
import Web

/// One person who acts for another.
package struct Assistant: Sendable, Hashable {
    /// The person for whom is acted.
    package let account: ID<User>
    package let accountName: String
    /// Who acts.
    package let assistant: ID<User>
    package let assistantName: String
    package let assistantEmail: String
    package let since: Instant

    package var json: JSON {
        [
            "id": .string(assistant.text), "name": .string(assistantName), "email": .string(assistantEmail),
            "createdAt": .string(since.rfc3339()),
        ]
    }

    /// As the log calls the two.
    var words: String { plain("\(assistantName) for \(accountName)") }
}

package enum AssistantRefusal: Refusal, Equatable {
    /// Nobody of this workspace who is switched on.
    case nobody
    case oneself
    /// Viewers change nothing, for others as little as for themselves.
    case viewer(String)
    /// The same of whoever asks.
    case viewing
    case tooMany(String)
    case assistsTooMany(String)

    package var status: Int { 422 }

    package var code: String { "invalid" }

    package var message: String {
        switch self {
        case .nobody: plain("There is no such person in this workspace.")
        case .oneself: plain("Nobody is their own assistant. Choose somebody else.")
        case .viewer(let name): plain("\(name) is a viewer, and viewers change nothing. Choose somebody else.")
        case .viewing: plain("You are a viewer here, and nobody changes things for viewers. Ask an admin.")
        case .tooMany(let name):
            plain("\(name) has \(Principal.mostAssisted) assistants, which is the most. Stop one first.")
        case .assistsTooMany(let name):
            plain("\(name) assists \(Principal.mostAssisted) people, which is the most. Choose somebody else.")
        }
    }

    package var fields: [FieldError] { [FieldError(field: "userId", code: "invalid", message: message)] }
}
