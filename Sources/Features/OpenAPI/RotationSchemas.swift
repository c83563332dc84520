/// The shapes of links whose hosts take turns, as JSON Schema 2020-12.
import Scheduling
import Web

extension APISchemas {
    private static func optional(_ type: String) -> JSON { ["type": [.string(type), "null"]] }

    /// Out of each pool of a multi_host link so many hosts attend.
    static let linkPools: JSON = [
        "type": "array", "maxItems": .int(Int64(LinkPool.most)),
        "items": object(
            [("name", text(Int64(LinkPool.longestName))), ("take", ["type": "integer", "minimum": 1, "maximum": 20])],
            required: ["name", "take"], strict: true),
    ]

    static let hostChoice = words(RotationRules.HostChoice.allCases.map(\.rawValue))
    /// An id, or a handle.
    static let hostName = text(Int64(ChooseHost.longest))

    /// Shares against weights, and each choice with its reason.
    static let distribution = object([
        ("linkId", string), ("strategy", words(Rotation.Strategy.allCases.map(\.rawValue))),
        ("from", optional("string")), ("to", optional("string")),
        ("hosts", array(object([
            ("host", string), ("name", string), ("pool", string), ("priority", ["type": "integer"]),
            ("weight", ["type": "integer"]),
            ("bookings", ["type": "integer"]), ("due", ["type": "number"]), ("shortfall", ["type": "number"]),
            ("last", optional("string")), ("replayed", ["type": "integer"]),
        ], required: ["host", "weight", "bookings", "due", "shortfall"]))),
        ("assignments", array(object([
            ("id", string), ("booking", string), ("host", string), ("at", instant),
            ("pool", optional("string")),
            ("ground", words(Rotation.Ground.allCases.map(\.rawValue))), ("reason", string), ("counts", flag),
            ("eligible", array(string)),
            ("replay", object([("same", flag), ("host", optional("string")), ("standingsDiffer", flag)])),
        ], required: ["id", "booking", "host", "at", "ground", "reason", "counts", "eligible"]))),
    ], required: ["linkId", "strategy", "hosts", "assignments"])
}
