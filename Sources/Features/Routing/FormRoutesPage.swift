/// The routes of a form: for whom each is, in order, and where it leads.
import Scheduling
import Web

/// `/settings/routing-forms/<id>/routes`.
struct FormRoutesPage: Page {
    let principal: Principal
    let form: RoutingForm
    let address: String
    /// Id and title.
    let links: [(String, String)]
    /// Id and name.
    let people: [(String, String)]
    var filled: Filled
    var done: String?
    var conflict: String?

    static var example: FormRoutesPage {
        FormRoutesPage(
            principal: .example, form: .example, address: "https://meet.example",
            links: [(Link.example.id.text, Link.example.rules.title)],
            people: [(Principal.example.user.text, Principal.example.name)], filled: RoutingForm.example.routeValues)
    }

    var html: HTML {
        Layout.app(title: form.title, tab: .forms, principal, """
            \(FormHead(form: form, address: address).html(.routes))\
            \(if: done != nil, then: Components.banner(.notes, say("Saved."), isMet: true))\
            \(conflict.map { Components.banner(.fails, "\($0)") })\
            \(Components.form(
                action: Path("/settings/routing-forms/\(form.id)/routes"), csrf: principal, id: "routes", kept: true,
                content))
            """)
    }

    private var content: HTML {
        let rows = min(filled.rows("routes", "action.kind") + 1, RoutingForm.mostRoutes)
        return """
            \(Components.mistakes(filled))\(Components.hidden("version", filled["version"]))\
            <p class="hint">\(say("The first route that fits is taken. Leave a route empty to drop it."))</p>\
            \(each: 0..<rows, route)\
            <fieldset class="stack route" id="fallback"><legend class="lead">\(say("Everybody else"))</legend>\
            <p class="hint">\(say("Where they go whom no route takes, or whose route has no free time."))</p>\
            \(action("fallback", kinds: RouteAction.Kind.allCases.filter { $0 != .owner }))</fieldset>\
            <p class="line">\(Components.button(plain("Save"), .primary))\
            \(Components.link(plain("Try it"), to: Path("/settings/routing-forms/\(form.id)/test"), .quiet))</p>
            """
    }

    private func route(_ index: Int) -> HTML {
        let name = "routes.\(index)"
        let used = (0..<FormRoute.mostGroups).last { filled.rows("\(name).groups.\($0).conditions", "question") > 0 }
            .map { $0 + 1 } ?? 0
        let groups = min(used + 1, FormRoute.mostGroups)
        let joins = [("all", plain("all groups hold")), ("any", plain("one of the groups holds"))]
        let join: HTML = used < 2 ? .empty
            : Components.select("\(name).join", plain("Taken when"), joins, in: filled)
        return """
            <fieldset class="stack route" id="route-\(index + 1)"><legend class="lead">\
            \(say("Route \(index + 1)"))</legend>\
            \(Components.field("\(name).name", plain("Name of route \(index + 1)"), in: filled,
                               hint: say("For you; responses are listed by it."), optional: plain("optional")))\
            \(join)\(each: 0..<groups, { group(name, $0, of: index + 1) })\
            \(action("\(name).action", kinds: RouteAction.Kind.allCases, isOptional: true))\
            <div class="for-target">\
            \(Components.field("\(name).freeWithinDays", plain("Only with a free time in so many days"), in: filled,
                               typing: .number, optional: plain("in any case"), short: true))</div></fieldset>
            """
    }

    private func group(_ route: String, _ index: Int, of number: Int) -> HTML {
        let name = "\(route).groups.\(index)"
        let rows = min(filled.rows("\(name).conditions", "question") + 1, RouteGroup.mostConditions)
        let joins = [("all", plain("all of these")), ("any", plain("one of these"))]
        let label = index == 0 ? plain("For whom, route \(number)") : plain("Another group, route \(number)")
        let isUsed = index == 0 || filled.rows("\(name).conditions", "question") > 0
        let content: HTML = """
            \(if: rows > 1, then: Components.select("\(name).join", plain("It holds with"), joins, in: filled))\
            \(each: 0..<rows, { condition("\(name).conditions.\($0)", $0 + 1) })
            """
        guard isUsed else {
            return """
                <details class="more"><summary class="button quiet">\(Components.icon(.plus))\
                \(say("Another group"))</summary><fieldset class="stack near"><legend class="label">\(label)</legend>\
                \(content)</fieldset></details>
                """
        }
        return "<fieldset class=\"stack near\"><legend class=\"label\">\(label)</legend>\(content)</fieldset>"
    }

    private func condition(_ name: String, _ number: Int) -> HTML {
        let questions = [("", plain("Everybody, no further condition"))] + form.questions.map { ($0.id.text, $0.label) }
        let comparisons = RouteCondition.Comparison.allCases.map { ($0.rawValue, $0.words) }
        return """
            <div class="three">\
            \(Components.select("\(name).question", plain("Condition \(number): the answer to"), questions,
                                in: filled))\
            \(Components.select("\(name).operator", plain("Comparison \(number)"), comparisons, in: filled))\
            \(Components.textarea("\(name).values", plain("Answer \(number), one to a line"), in: filled,
                                  optional: ""))</div>
            """
    }

    /// All fields of all kinds stand there without script; the style sheet shows those of the chosen kind.
    private func action(_ name: String, kinds: [RouteAction.Kind], isOptional: Bool = false) -> HTML {
        let none = isOptional ? [("", plain("Nowhere yet"))] : []
        let anyLink = [("", plain("No link: the person’s own page"))] + links
        return """
            <div class="stack near leads">\
            \(Components.select("\(name).kind", plain("Leads to"), none + kinds.map { ($0.rawValue, $0.words) },
                                in: filled))\
            <div class="for-member">\
            \(Components.select("\(name).userId", plain("Person"), [("", plain("Choose"))] + people, in: filled))</div>\
            <div class="for-owner">\
            \(Components.select("\(name).provider", plain("CRM"), OwnerSource.allCases.map { ($0.rawValue, $0.words) },
                                in: filled))</div>\
            <div class="for-link">\
            \(Components.select("\(name).linkId", plain("Link"), anyLink, in: filled))</div>\
            <div class="stack near for-message">\
            \(Components.field("\(name).heading", plain("Heading"), in: filled, optional: ""))\
            \(Components.textarea("\(name).text", plain("Words"), in: filled, optional: plain("optional")))\
            <div class="two">\
            \(Components.field("\(name).buttonLabel", plain("Words of the button"), in: filled,
                               optional: plain("no button")))\
            \(Components.field("\(name).buttonUrl", plain("Address of the button"), in: filled, typing: .url,
                               optional: ""))</div></div>\
            <div class="for-url">\
            \(Components.field("\(name).url", plain("Address of the page"), in: filled, typing: .url,
                               optional: ""))</div></div>
            """
    }
}

extension RoutingForm {
    /// Its routes as the fields of their form.
    var routeValues: Filled {
        var values = ["version": String(version)]
        for (index, route) in routes.enumerated() {
            let name = "routes.\(index)"
            values["\(name).name"] = route.name
            values["\(name).join"] = route.join.rawValue
            values["\(name).freeWithinDays"] = route.freeWithin.map { String($0) } ?? ""
            for (place, group) in route.groups.enumerated() {
                values["\(name).groups.\(place).join"] = group.join.rawValue
                for (row, condition) in group.conditions.enumerated() {
                    let field = "\(name).groups.\(place).conditions.\(row)"
                    values["\(field).question"] = condition.question.text
                    values["\(field).operator"] = condition.comparison.rawValue
                    values["\(field).values"] = Lines.text(condition.values)
                }
            }
            values.merge(route.action.values("\(name).action")) { $1 }
        }
        values.merge(fallback.values("fallback")) { $1 }
        return Filled(values: values)
    }
}

extension RouteAction {
    fileprivate func values(_ name: String) -> [String: String] {
        var values = ["\(name).kind": kind.rawValue, "\(name).linkId": link?.text ?? ""]
        switch self {
        case .link: break
        case .member(let user, _): values["\(name).userId"] = user.text
        case .owner(let source, _): values["\(name).provider"] = source.rawValue
        case .url(let url): values["\(name).url"] = url.text
        case .message(let message):
            values["\(name).heading"] = message.heading
            values["\(name).text"] = message.text
            values["\(name).buttonLabel"] = message.buttonLabel
            values["\(name).buttonUrl"] = message.buttonURL?.text ?? ""
        }
        return values
    }
}
