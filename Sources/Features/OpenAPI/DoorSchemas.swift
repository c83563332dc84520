/// The shapes of the doors of public pages: teams as visitors see them.
import Web

extension APISchemas {
    static let doors: [(String, JSON)] = [
        ("OpenTeam", openTeam),
        ("EmailCodeAsk", object(
            [("email", ["type": "string", "format": "email", "maxLength": 254])], required: ["email"], strict: true)),
    ]

    /// What a link asks of strangers.
    static let strangers: [(String, JSON)] = [
        ("verifiesEmail", flag), ("botDefence", words(LinkDoor.BotDefence.allCases.map(\.rawValue))),
    ]

    /// What a team's page is beside its people.
    static let teamPage: [(String, JSON)] = [
        ("description", text(Int64(TeamWish.longestDescription))),
        ("visibility", words(TeamVisibility.allCases.map(\.rawValue))),
    ]

    private static let offer = object([
        ("slug", string), ("title", string), ("description", string), ("durations", array(["type": "integer"])),
        ("locations", array(APIOperation.reference("Place"))),
    ], required: ["slug", "title", "durations"])

    private static let openTeam = object([
        ("slug", string), ("name", string), ("links", array(offer)),
        ("members", array(object([
            ("name", string), ("part", string), ("text", string), ("handle", ["type": ["string", "null"]]),
            ("picture", ["type": ["string", "null"]]), ("links", array(offer)),
        ], required: ["name", "links"]))),
    ] + teamPage, required: ["slug", "name", "links", "members"])
}
