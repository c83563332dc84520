/// Routing forms: a few questions under `/form/<id>` whose answers lead to the right link, person, words or page.
import Database
import Scheduling
import Web

package struct RoutingForm: Identified, Hashable, Sendable {
    package static let idPrefix = "frm"
    /// Most of a workspace.
    package static let most = 200
    package static let mostRoutes = 15
    package static let mostSamples = 20

    package var id: ID<RoutingForm>
    /// Whose it is; admins change everybody's.
    package var owner: ID<User>
    package var title: String
    package var description = ""
    package var isActive = true
    package var questions: [Question] = []
    /// The question whose answer is the person's name, for the link they are led to.
    package var nameQuestion: ID<Question>?
    /// In order: the first that fits is taken.
    package var routes: [FormRoute] = []
    /// Where everybody goes whom no route takes.
    package var fallback = RouteAction.message(RouteMessage())
    package var samples: [FormSample] = []
    /// The sites that may show it in a frame; nobody while it is empty.
    package var origins: [SiteOrigin] = []
    package var version = 1
    package var createdAt = Instant(0)

    package var path: Path { Path("/form/\(id)") }
    package var settings: Path { Path("/settings/routing-forms/\(id)") }
}

package enum Joining: String, CaseIterable, Sendable { case all, any }

/// One way through a form: for whom it is, and where it leads.
package struct FormRoute: Hashable, Sendable {
    package static let mostGroups = 3
    /// How far ahead a route may ask for a free time.
    package static let freeDays = 1...60

    package var name = ""
    package var join = Joining.all
    /// Without any it takes everybody.
    package var groups: [RouteGroup] = []
    package var action = RouteAction.message(RouteMessage())
    /// Only while there is a free time in so many days; nil asks for none.
    package var freeWithin: Int?
}

package struct RouteGroup: Hashable, Sendable {
    package static let mostConditions = 6

    package var join = Joining.all
    package var conditions: [RouteCondition] = []
}

package struct RouteCondition: Hashable, Sendable {
    package static let mostValues = 20

    package enum Comparison: String, CaseIterable, Sendable {
        case equals
        case notEquals = "not_equals"
        case contains
        case notContains = "not_contains"
        case isIn = "in"
        case greater, less
        case isEmpty = "is_empty"

        package var words: String {
            switch self {
            case .equals: plain("is")
            case .notEquals: plain("is not")
            case .contains: plain("contains")
            case .notContains: plain("does not contain")
            case .isIn: plain("is one of")
            case .greater: plain("is more or later than")
            case .less: plain("is less or earlier than")
            case .isEmpty: plain("is empty")
            }
        }
    }

    package var question: ID<Question>
    package var comparison: Comparison
    package var values: [String]
}

/// Words instead of a time.
package struct RouteMessage: Hashable, Sendable {
    package var heading = ""
    package var text = ""
    package var buttonLabel = ""
    package var buttonURL: WebURL?
}

/// A system that knows whose customer somebody is.
package enum OwnerSource: String, CaseIterable, Sendable {
    case hubspot, salesforce

    package var words: String {
        switch self {
        case .hubspot: "HubSpot"
        case .salesforce: "Salesforce"
        }
    }
}

package enum RouteAction: Hashable, Sendable {
    case link(ID<Link>)
    /// A person: on this link of several hosts, or at their own page.
    case member(ID<User>, on: ID<Link>?)
    case message(RouteMessage)
    case url(WebURL)
    /// Whoever owns the contact there, looked up by the e-mail address; nobody is the fallback.
    case owner(OwnerSource, on: ID<Link>?)

    package enum Kind: String, CaseIterable, Sendable {
        case link, member, message, url
        case owner = "crm_owner"

        package var words: String {
            switch self {
            case .link: plain("A link")
            case .member: plain("A person")
            case .message: plain("Words")
            case .url: plain("Another website")
            case .owner: plain("Whoever knows the contact in the CRM")
            }
        }
    }

    package var kind: Kind {
        switch self {
        case .link: .link
        case .member: .member
        case .message: .message
        case .url: .url
        case .owner: .owner
        }
    }

    package var link: ID<Link>? {
        switch self {
        case .link(let link): link
        case .member(_, let link), .owner(_, let link): link
        case .message, .url: nil
        }
    }
}

/// Answers kept for the test bench.
package struct FormSample: Hashable, Sendable {
    package var name: String
    package var answers: [Answered]
}

/// What the product says no to about routing forms.
package enum FormRefusal: Refusal, Hashable {
    case notFound, closed, changedMeanwhile, tooMany

    package var status: Int {
        switch self {
        case .notFound, .closed: 404
        case .changedMeanwhile, .tooMany: 409
        }
    }

    package var code: String {
        switch self {
        case .notFound, .closed: "not_found"
        case .changedMeanwhile, .tooMany: "conflict"
        }
    }

    package var message: String {
        switch self {
        case .notFound: plain("There is no such form. Check the address, or ask the person who sent it.")
        case .closed: plain("This form is switched off. Ask the person who sent it for another way.")
        case .changedMeanwhile:
            plain("Somebody else saved this a moment ago. Reload it, then make your change again.")
        case .tooMany: plain("A workspace has at most \(RoutingForm.most) forms. Delete one first.")
        }
    }
}

extension RoutingForm {
    package static var example: RoutingForm {
        let noRandomness = [UInt8](repeating: 3, count: 10)
        var form = RoutingForm(
            id: ID(milliseconds: 1, random: noRandomness), owner: Principal.example.user,
            title: "Who is the right person for you?")
        form.description = "Two answers, then you see their free times."
        var topic = QuestionWish(kind: .radio, label: "What is it about?", required: true)
        topic.options = ["Measuring air", "Something does not work"]
        let first = topic.question(ID(milliseconds: 1, random: noRandomness))
        form.questions = [first, Question(
            id: ID(milliseconds: 2, random: noRandomness), kind: .email, label: "Work e-mail", required: true)]
        var route = FormRoute()
        route.name = "Support"
        route.groups = [RouteGroup(conditions: [
            RouteCondition(question: first.id, comparison: .equals, values: ["Something does not work"]),
        ])]
        route.action = .link(Link.example.id)
        form.routes = [route]
        form.fallback = .message(RouteMessage(heading: "We write to you", text: "Within a day."))
        return form
    }
}
