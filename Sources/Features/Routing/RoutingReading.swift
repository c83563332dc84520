/// Reads a routing form out of its editor's forms, a body of the API, or the database: one set of rules for all.
import Scheduling
import Web

/// What somebody wants a form to be; nil leaves a part as it is.
package struct FormWish: Sendable {
    package var form: RoutingForm
    /// Questions whose ids are not known yet keep their places.
    package var questions: [QuestionWish]?
}

enum RoutingReading {
    static let titles = 1...120
    static let longestText = 2000
    /// Conditions of all routes together: a form of the browser has room for no more.
    static let mostConditions = 40

    /// Title, description, switch and questions.
    static func readQuestions(_ fields: inout Fields, into form: inout RoutingForm, ids: NewLinkIDs) {
        if form.title.isEmpty || fields.has("title") {
            form.title = fields.text("title", titles, label: plain("Title"))
        }
        if fields.has("description") {
            form.description = fields.text("description", 0...longestText, label: plain("Description"), lines: true)
        }
        form.isActive = fields.flag("active", otherwise: form.isActive)
        form.origins = LinkFraming.read(&fields) ?? form.origins
        if let wishes = LinkReading.questions(&fields, takesFiles: false) {
            form.questions = ids.questions(wishes, keeping: form.questions)
        }
        if fields.has("nameQuestion") { form.nameQuestion = question("nameQuestion", of: form, &fields) }
        // A question that went takes its part with it.
        if !form.questions.contains(where: { $0.id == form.nameQuestion }) { form.nameQuestion = nil }
    }

    static func readRoutes(_ fields: inout Fields, into form: inout RoutingForm) {
        let asked = form
        if fields.has("routes") || fields.has("routes.0.name") {
            let rows = fields.list("routes", atMost: RoutingForm.mostRoutes, label: plain("Routes")) { row in
                route(&row, of: asked)
            }
            form.routes = rows.compactMap(\.self)
            if form.routes.flatMap(\.groups).map(\.conditions.count).reduce(0, +) > mostConditions {
                fields.fail("routes", "too_many", plain("A form has at most \(mostConditions) conditions in all."))
            }
        }
        if fields.has("fallback") || fields.has("fallback.kind") {
            if !fields.isForm, let json = fields.json("fallback") {
                fields.refuseOthers(than: Set(actionNames), in: json, of: "fallback")
            }
            form.fallback = action("fallback", &fields)
            if case .owner = form.fallback {
                fields.fail("fallback.kind", "invalid", plain("The last way must always be there. Choose another one."))
            }
        }
    }

    /// Nil for a row of the editor that was left empty.
    private static func route(_ row: inout Fields, of form: RoutingForm) -> FormRoute? {
        var route = FormRoute()
        route.name = row.text("name", 0...120, label: plain("Name of the route"))
        let isEmpty = row.isForm && route.name.isEmpty
            && row.optionalText("action.kind", atMost: 20, label: plain("Where it leads")) == nil
        guard !isEmpty else { return nil }
        route.join = row.choice("join", otherwise: Joining.all, optional: true, label: plain("Groups"))
        route.groups = row.list("groups", atMost: FormRoute.mostGroups, label: plain("Groups")) { group in
            group.routeGroup(of: form)
        }.filter { !$0.conditions.isEmpty }
        if !row.isForm, let json = row.json("action") {
            row.refuseOthers(than: Set(actionNames), in: json, of: "action")
        }
        route.action = action("action", &row)
        route.freeWithin = row.optionalInteger("freeWithinDays", FormRoute.freeDays, label: plain("Days"))
        if route.freeWithin != nil, [.message, .url].contains(route.action.kind) {
            row.fail("freeWithinDays", "invalid", plain("Only a link or a person has free times."))
        }
        return route
    }

    private static let actionNames = [
        "kind", "linkId", "userId", "heading", "text", "buttonLabel", "buttonUrl", "url", "provider",
    ]

    static func action(_ name: String, _ fields: inout Fields) -> RouteAction {
        // All are known names, whichever are used: the editor sends every field of every kind.
        for part in actionNames { _ = fields.has("\(name).\(part)") }
        let kind = fields.choice("\(name).kind", of: RouteAction.Kind.self, otherwise: .message,
                                 label: plain("Where it leads"))
        let nobody = ID<User>(milliseconds: 0, random: [UInt8](repeating: 0, count: 10))
        switch kind {
        case .link:
            let link: ID<Link>? = fields.id("\(name).linkId", label: plain("Link"))
            return link.map { .link($0) } ?? .message(RouteMessage())
        case .member:
            let user: ID<User>? = fields.id("\(name).userId", label: plain("Person"))
            return .member(user ?? nobody, on: optionalLink(name, &fields))
        case .message: return .message(message(name, &fields))
        case .url:
            let url = fields.page("\(name).url", label: plain("Address"))
            if url == nil, !fields.errors.contains(where: { $0.field.hasSuffix("\(name).url") }) {
                fields.fail("\(name).url", "missing", plain("Write the address of the page."))
            }
            return url.map { .url($0) } ?? .message(RouteMessage())
        case .owner:
            let source = fields.choice(
                "\(name).provider", of: OwnerSource.self, otherwise: .hubspot, label: plain("CRM"))
            return .owner(source, on: optionalLink(name, &fields))
        }
    }

    private static func optionalLink(_ name: String, _ fields: inout Fields) -> ID<Link>? {
        guard fields.optionalText("\(name).linkId", atMost: 40, label: plain("Link")) != nil else { return nil }
        return fields.id("\(name).linkId", label: plain("Link"))
    }

    private static func message(_ name: String, _ fields: inout Fields) -> RouteMessage {
        var message = RouteMessage()
        message.heading = fields.text("\(name).heading", 1...120, label: plain("Heading"))
        message.text = fields.text("\(name).text", 0...longestText, label: plain("Words"), lines: true)
        message.buttonLabel = fields.text("\(name).buttonLabel", 0...60, label: plain("Words of the button"))
        message.buttonURL = fields.page("\(name).buttonUrl", label: plain("Address"))
        if message.buttonLabel.isEmpty != (message.buttonURL == nil) {
            fields.fail("\(name).buttonLabel", "invalid", plain("A button has words and an address, or there is none."))
        }
        return message
    }

    /// By its id, or by its number, the first being 1.
    fileprivate static func question(_ name: String, of form: RoutingForm, _ fields: inout Fields) -> ID<Question>? {
        let text: String? = if let number = fields.json(name)?.int { String(number) } else {
            fields.optionalText(name, atMost: 40, label: plain("Question"))
        }
        guard let text, !text.isEmpty else { return nil }
        if let number = Int(text), number > 0, number <= form.questions.count { return form.questions[number - 1].id }
        if let found = form.questions.first(where: { $0.id.text == text }) { return found.id }
        fields.fail(name, "invalid", plain("The form asks no such question."))
        return nil
    }
}

extension Fields {
    fileprivate mutating func routeGroup(of form: RoutingForm) -> RouteGroup {
        var group = RouteGroup()
        group.join = choice("join", otherwise: Joining.all, optional: true, label: plain("Conditions"))
        group.conditions = list("conditions", atMost: RouteGroup.mostConditions, label: plain("Conditions")) { row in
            row.routeCondition(of: form)
        }.compactMap(\.self)
        return group
    }

    /// Nil for a row of the editor that was left empty.
    private mutating func routeCondition(of form: RoutingForm) -> RouteCondition? {
        let before = errors.count
        let question = RoutingReading.question("question", of: form, &self)
        let comparison = choice("operator", of: RouteCondition.Comparison.self, otherwise: .equals, optional: isForm,
                                label: plain("Comparison"))
        let values = lines("values", atMost: RouteCondition.mostValues, label: plain("Answer"))
        guard let question else {
            if errors.count == before, !isForm || !values.isEmpty {
                fail("question", "missing", plain("Say which question it is about."))
            }
            return nil
        }
        check(comparison, values, form.questions.first { $0.id == question })
        return RouteCondition(question: question, comparison: comparison, values: values)
    }

    private mutating func check(_ comparison: RouteCondition.Comparison, _ values: [String], _ question: Question?) {
        let most = switch comparison {
        case .isEmpty: 0
        case .isIn: RouteCondition.mostValues
        case .equals, .notEquals, .contains, .notContains, .greater, .less: 1
        }
        if most > 0, values.isEmpty { fail("values", "missing", plain("Say with which answer it is compared.")) }
        if values.count > most { fail("values", "too_many", plain("Only “is one of” takes several answers.")) }
        guard let question, question.kind.hasOptions, [.equals, .notEquals, .isIn].contains(comparison),
            let stray = values.first(where: { !question.asked.options.contains($0) })
        else { return }
        fail("values", "invalid", plain("“\(stray)” is none of the answers to “\(question.label)”."))
    }
}
