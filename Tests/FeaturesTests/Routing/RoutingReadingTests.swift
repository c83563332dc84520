/// What a routing form can be: read from a body and from the editor's forms, told again, and refused beside its field.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct RoutingReadingTests {
    private static let questions: JSON = [
        ["kind": "radio", "label": "Topic?", "options": ["Air", "Water"]], ["kind": "number", "label": "How many?"],
        ["kind": "email", "label": "E-mail"],
    ]
    private static let message: JSON = ["kind": "message", "heading": "We write", "text": "Soon."]

    private static func read(_ more: [(String, JSON)]) -> (form: RoutingForm, errors: [String]) {
        var fields = Fields(json: .object([("title", "Form"), ("questions", questions)] + more))
        var form = RoutingForm(
            id: RoutingForm.example.id, owner: RoutingForm.example.owner, title: "")
        let world = World(clock: .standing(at: Instant(0)), entropy: .seeded(1), zones: Stage.zones)
        RoutingReading.readQuestions(&fields, into: &form, ids: NewLinkIDs(world))
        RoutingReading.readRoutes(&fields, into: &form)
        try? fields.finish()
        return (form, fields.errors.map { "\($0.field) \($0.code)" })
    }

    private static func route(
        _ condition: JSON? = nil, action: JSON = message, more: [(String, JSON)] = []
    ) -> [(String, JSON)] {
        let groups: JSON = condition.map { [["conditions": [$0]]] } ?? []
        return [("routes", [.object([("name", "One"), ("groups", groups), ("action", action)] + more)])]
    }

    @Test("what does not fit together is refused beside its field", arguments: [
        (route(["question": 4, "operator": "equals", "values": ["x"]]),
         "routes.0.groups.0.conditions.0.question invalid"),
        (route(["question": "qst_x", "operator": "equals", "values": ["x"]]),
         "routes.0.groups.0.conditions.0.question invalid"),
        (route(["operator": "equals", "values": ["x"]]), "routes.0.groups.0.conditions.0.question missing"),
        (route(["question": 1, "operator": "like", "values": ["x"]]),
         "routes.0.groups.0.conditions.0.operator invalid"),
        (route(["question": 1, "operator": "equals", "values": []]), "routes.0.groups.0.conditions.0.values missing"),
        (route(["question": 1, "operator": "equals", "values": ["Fire"]]),
         "routes.0.groups.0.conditions.0.values invalid"),
        (route(["question": 1, "operator": "equals", "values": ["Air", "Water"]]),
         "routes.0.groups.0.conditions.0.values too_many"),
        (route(["question": 1, "operator": "is_empty", "values": ["Air"]]),
         "routes.0.groups.0.conditions.0.values too_many"),
        (route(["question": 1, "operator": "in", "values": .array((0...20).map { JSON(String($0)) })]),
         "routes.0.groups.0.conditions.0.values too_many"),
        (route(action: ["kind": "link"]), "routes.0.action.linkId missing"),
        (route(action: ["kind": "link", "linkId": "lnk_x"]), "routes.0.action.linkId invalid"),
        (route(action: ["kind": "member"]), "routes.0.action.userId missing"),
        (route(action: ["kind": "url", "url": "javascript:alert(1)"]), "routes.0.action.url invalid"),
        (route(action: ["kind": "url"]), "routes.0.action.url missing"),
        (route(action: ["kind": "message"]), "routes.0.action.heading missing"),
        (route(action: ["kind": "message", "heading": "x", "buttonLabel": "Go"]),
         "routes.0.action.buttonLabel invalid"),
        (route(action: ["kind": "crm_owner", "provider": "rolodex"]), "routes.0.action.provider invalid"),
        (route(action: ["kind": "nowhere"]), "routes.0.action.kind invalid"),
        (route(action: ["kind": "message", "heading": "x", "colour": "red"]), "routes.0.action.colour unknown"),
        (route(more: [("freeWithinDays", 3)]), "routes.0.freeWithinDays invalid"),
        (route(more: [("freeWithinDays", 61)]), "routes.0.freeWithinDays out_of_range"),
        (route(more: [("join", "some")]), "routes.0.join invalid"),
        (route(more: [("priority", 1)]), "routes.0.priority unknown"),
        ([("routes", .array(Array(repeating: ["action": message], count: 16)))], "routes too_many"),
        ([("routes", "all")], "routes invalid"), ([("fallback", ["kind": "crm_owner", "provider": "hubspot"])],
                                                  "fallback.kind invalid"),
        ([("nameQuestion", .int(.min))], "nameQuestion invalid"), ([("nameQuestion", "-1")], "nameQuestion invalid"),
        ([("nameQuestion", .string(String(Int.min)))], "nameQuestion invalid"),
        (route(["question": .int(.min), "operator": "is_empty"]), "routes.0.groups.0.conditions.0.question invalid"),
        ([("fallback", "nobody")], "fallback invalid"), ([("nameQuestion", 9)], "nameQuestion invalid"),
        ([("description", .string(String(repeating: "x", count: 2001)))], "description too_long"),
    ] as [([(String, JSON)], String)])
    func refused(more: [(String, JSON)], mistake: String) {
        let errors = Self.read(more).errors
        #expect(errors.contains(mistake), "\(errors)")
    }

    @Test("conditions name questions by number or id, and are told by id")
    func named() {
        let condition: JSON = ["question": 2, "operator": "greater", "values": ["10"]]
        let read = Self.read(Self.route(condition) + [("nameQuestion", 3)])
        #expect(read.errors.isEmpty, "\(read.errors)")
        let form = read.form
        #expect(form.routes.first?.groups.first?.conditions.first?.question == form.questions[1].id)
        #expect(form.nameQuestion == form.questions[2].id)
        let told = form.json["routes"]?[0]?["groups"]?[0]?["conditions"]?[0]
        #expect(told == ["question": .string(form.questions[1].id.text), "operator": "greater", "values": ["10"]])
    }

    @Test("more conditions than a browser's form has room for are refused")
    func tooManyConditions() {
        let condition: JSON = ["question": 2, "operator": "greater", "values": ["10"]]
        let group: JSON = ["conditions": .array(Array(repeating: condition, count: 6))]
        let groups = JSON.array(Array(repeating: group, count: 3))
        let route: JSON = ["groups": groups, "action": Self.message]
        #expect(Self.read([("routes", [route, route])]).errors.isEmpty)
        #expect(Self.read([("routes", [route, route, route])]).errors == ["routes too_many"])
    }

    @Test("the editor's rows that are left empty are nothing, and what it shows it reads")
    func editor() {
        var form = Self.read(Self.route(
            ["question": 1, "operator": "in", "values": ["Air", "Water"]],
            action: ["kind": "url", "url": "https://example.com/x"]) + [("fallback", Self.message)]).form
        let values = form.routeValues.values.map { ($0.key, $0.value) } + [
            ("routes.1.name", ""), ("routes.1.action.kind", ""), ("routes.1.action.heading", ""),
            ("routes.0.groups.0.conditions.1.question", ""), ("routes.0.groups.0.conditions.1.operator", "equals"),
            ("routes.0.groups.0.conditions.1.values", ""), ("routes.0.groups.1.conditions.0.question", ""),
            ("routes.0.groups.1.conditions.0.operator", "equals"), ("routes.0.action.heading", ""),
        ]
        var fields = Fields(form: FormData(values))
        let before = form
        (form.routes, form.fallback) = ([], .message(RouteMessage()))
        RoutingReading.readRoutes(&fields, into: &form)
        #expect(form == before && fields.errors.isEmpty, "\(fields.errors)")
    }
}
