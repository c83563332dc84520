/// What somebody answered to a form, where it led, and what became of it.
import Database
import Scheduling
import Web

package struct FormResponse: Hashable, Sendable {
    package var id: ID<FormResponseID>
    package var form: ID<RoutingForm>
    package var answers: [Answered]
    /// The name of the route that took them; nil where none did.
    package var route: String?
    /// Where it led, as it was then.
    package var action: RouteAction
    package var createdAt: Instant
    package var booking: ID<Booking>?
    /// Another link a host chose afterwards.
    package var rerouted: ID<Link>?
    /// Nothing more of it is known to anybody but whoever has its address.
    package var email: String? { answers.first { $0.kind == .email }?.value }
    package var phone: String? { answers.first { $0.kind == .phone }?.value }
}

extension FormResponse {
    /// Bytes of what is filled in, each counted as it is written in an address at worst.
    private static let room = 4_500

    /// The fields of a link that its answers fill in: name, address and number, and what the link asks in the same
    /// words.
    package func prefill(_ link: Link, nameQuestion: ID<Question>?) -> [(String, String)] {
        var pairs: [(String, String)] = []
        if let name = answers.first(where: { $0.question == nameQuestion })?.value { pairs.append(("name", name)) }
        if let email { pairs.append(("email", email)) }
        if let phone { pairs.append(("phone", phone)) }
        for question in link.questions {
            let words = question.label.lowercased()
            guard let answer = answers.first(where: { $0.label.lowercased() == words }) else { continue }
            pairs.append(("a[\(question.id)]", answer.value))
        }
        // It travels in an address: what is too long for one is typed again.
        var room = Self.room
        return pairs.filter { name, value in
            let bytes = 3 * (name.utf8.count + value.utf8.count)
            guard value.count <= Carried.longest, bytes <= room else { return false }
            room -= bytes
            return true
        }
    }

    package var json: JSON {
        JSON(present: [
            ("id", .string(id.text)), ("formId", .string(form.text)),
            ("answers", .object(answers.map { ($0.question.text, $0.json) })),
            ("route", JSON(route)), ("action", action.json), ("bookingId", JSON(booking?.text)),
            ("reroutedLinkId", JSON(rerouted?.text)), ("createdAt", .string(createdAt.rfc3339())),
        ])
    }
}
