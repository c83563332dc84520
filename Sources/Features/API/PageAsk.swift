/// What every call of the API has in common: pages of lists, idempotency keys, and who may see whose rows.
import Database
import Scheduling
import Web

/// `?limit=` (1–200, default 50) and `?cursor=` of a list.
package struct PageAsk: Sendable {
    package let limit: Int
    package let cursor: String?

    package static let unknownCursor = Invalid("cursor", plain("This cursor is not one of ours. Start without it."))

    package init(_ query: Query) throws {
        var fields = Fields(form: query)
        limit = fields.optionalInteger("limit", 1...200) ?? 50
        cursor = fields.optionalText("cursor", atMost: 100)
        try fields.finish()
    }

    /// The row after which the page begins, of lists whose cursor is an id; nil from the start.
    /// - Throws: `unknownCursor` for what is no id of that kind.
    package func after<Row>(_: Row.Type = Row.self) throws -> ID<Row>? {
        guard let cursor else { return nil }
        guard let id = ID<Row>(cursor) else { throw Self.unknownCursor }
        return id
    }

    /// `rows` holds one more than asked when there is a next page.
    package func answer<Row>(_ rows: [Row], each json: (Row) -> JSON, cursor: (Row) -> String) -> Answer {
        let page = rows.prefix(limit)
        let next = rows.count > limit ? page.last.map(cursor) : nil
        return .json(["data": .array(page.map(json)), "nextCursor": JSON(next)])
    }
}

extension Request {
    /// The `Idempotency-Key` with what it was sent for; nil without one.
    package func idempotencyKey() throws -> RequestKey? {
        guard let text = headers["Idempotency-Key"], !text.isEmpty else { return nil }
        guard text.count <= 255, text.utf8.allSatisfy({ (0x20...0x7e).contains($0) }) else {
            throw Invalid("Idempotency-Key", plain("An Idempotency-Key has at most 255 plain characters."))
        }
        return RequestKey(text: text, request: "\(method.rawValue) \(path)\n" + String(decoding: body, as: UTF8.self))
    }
}

extension Reply {
    package var answer: Answer {
        let answer = Answer(status: status, headers: [("Content-Type", "application/json")], body: body)
        return replayed ? answer.header("Idempotency-Replayed", "true") : answer
    }
}

extension Principal {
    /// Only admins make something for people they do not act for.
    package func refuseOtherHosts(_ host: ID<User>?) throws {
        guard let host, !acts(on: [host]) else { return }
        throw Common.forbidden
    }
}
