/// A routing form as JSON: what the API tells and takes, and what is stored.
import Scheduling
import Web

extension RoutingForm {
    /// For the people of the workspace.
    package var json: JSON {
        JSON(present: [
            ("id", .string(id.text)), ("ownerId", .string(owner.text)), ("title", .string(title)),
            ("description", .string(description)), ("active", .bool(isActive)),
        ] + definition + [
            ("version", .int(Int64(version))), ("createdAt", .string(createdAt.rfc3339())),
        ])
    }

    /// What is asked and where it leads; one text in the database.
    var definition: [(String, JSON?)] {
        [
            ("questions", questions.json), ("nameQuestion", JSON(nameQuestion?.text)),
            ("routes", .array(routes.map(\.json))), ("fallback", fallback.json),
            (LinkFraming.field, .array(origins.map { .string($0.text) })),
        ]
    }

    /// For strangers: the questions alone.
    package var open: JSON {
        [
            "id": .string(id.text), "title": .string(title), "description": .string(description),
            "questions": questions.json,
        ]
    }

    var samplesJSON: JSON {
        .array(samples.map { ["name": .string($0.name), "answers": .array($0.answers.map(\.stored))] })
    }
}

extension FormRoute {
    fileprivate var json: JSON {
        [
            "name": .string(name), "join": .string(join.rawValue), "action": action.json,
            "freeWithinDays": JSON(freeWithin),
            "groups": .array(groups.map { group in
                [
                    "join": .string(group.join.rawValue),
                    "conditions": .array(group.conditions.map { condition in
                        [
                            "question": .string(condition.question.text),
                            "operator": .string(condition.comparison.rawValue),
                            "values": .array(condition.values.map { .string($0) }),
                        ]
                    }),
                ]
            }),
        ]
    }
}

extension RouteAction {
    var json: JSON {
        let kind: (String, JSON?) = ("kind", .string(kind.rawValue))
        return switch self {
        case .link(let link): JSON(present: [kind, ("linkId", .string(link.text))])
        case .member(let user, let link):
            JSON(present: [kind, ("userId", .string(user.text)), ("linkId", link.map { .string($0.text) })])
        case .message(let message):
            JSON(present: [
                kind, ("heading", .string(message.heading)), ("text", .string(message.text)),
                ("buttonLabel", message.buttonURL == nil ? nil : .string(message.buttonLabel)),
                ("buttonUrl", message.buttonURL.map { .string($0.text) }),
            ])
        case .url(let url): JSON(present: [kind, ("url", .string(url.text))])
        case .owner(let source, let link):
            JSON(present: [
                kind, ("provider", .string(source.rawValue)), ("linkId", link.map { .string($0.text) }),
            ])
        }
    }
}

extension Answered {
    /// With the words of its question, to be read as it was.
    var stored: JSON {
        [
            "question": .string(question.text), "label": .string(label), "kind": .string(kind.rawValue),
            "value": .string(value),
        ]
    }

    init?(stored json: JSON) {
        guard let question = json["question"]?.string.flatMap(ID<Question>.init), let label = json["label"]?.string,
            let kind = json["kind"]?.string.flatMap(Question.Kind.init), let value = json["value"]?.string
        else { return nil }
        self.init(question: question, label: label, value: value, kind: kind)
    }
}
