/// Every SQL statement on responses to routing forms, but the one that connects one with its booking.
import Database
import Scheduling
import Web

package enum FormResponseStore {
    /// False where the same form was sent before.
    package static func insert(
        _ response: FormResponse, key: String, scope: Scope, in tx: Transaction
    ) throws -> Bool {
        try tx.run("""
            INSERT INTO form_response (id, workspace, form, request_key, answers, route, action, created_at)
            VALUES (\(response.id), \(scope.workspace), \(response.form), \(key),
                \(JSON.array(response.answers.map(\.stored)).text), \(response.route), \(response.action.json.text),
                \(response.createdAt))
            ON CONFLICT (form, request_key) DO NOTHING
            """) == 1
    }

    package static func find(
        key: String, form: ID<RoutingForm>, scope: Scope, in tx: Transaction
    ) throws -> FormResponse? {
        try select("AND form = \(form) AND request_key = \(key)", scope: scope, in: tx).first
    }

    package static func find(
        _ id: ID<FormResponseID>, scope: Scope, in tx: Transaction
    ) throws -> FormResponse? {
        try select("AND id = \(id)", scope: scope, in: tx).first
    }

    /// Newest first.
    package static func all(
        of form: ID<RoutingForm>, limit: Int, after: ID<FormResponseID>? = nil, scope: Scope, in tx: Transaction
    ) throws -> [FormResponse] {
        let rest: SQL = after.map { "AND id < \($0)" } ?? ""
        return try select("AND form = \(form) \(rest) ORDER BY id DESC LIMIT \(limit)", scope: scope, in: tx)
    }

    package static func count(of form: ID<RoutingForm>, scope: Scope, in tx: Transaction) throws -> Int {
        try tx.one("""
            SELECT count(*) AS n FROM form_response WHERE workspace = \(scope.workspace) AND form = \(form)
            """) { try $0["n"] } ?? 0
    }

    /// A host leads somebody elsewhere; what they answered stays.
    package static func reroute(
        _ id: ID<FormResponseID>, to link: ID<Link>, scope: Scope, in tx: Transaction
    ) throws {
        try tx.run("""
            UPDATE form_response SET rerouted = \(link) WHERE workspace = \(scope.workspace) AND id = \(id)
            """)
    }

    private static func select(_ condition: SQL, scope: Scope, in tx: Transaction) throws -> [FormResponse] {
        try tx.all("""
            SELECT id, form, answers, route, action, created_at, booking, rerouted FROM form_response
            WHERE workspace = \(scope.workspace) \(condition)
            """) { row in
            let answers = try JSON(reading: Array((try row["answers"] as String).utf8))
            var fields = Fields(json: ["action": try JSON(reading: Array((try row["action"] as String).utf8))])
            return FormResponse(
                id: try row["id"], form: try row["form"],
                answers: (answers.array ?? []).compactMap(Answered.init(stored:)), route: try row["route"],
                action: RoutingReading.action("action", &fields), createdAt: try row["created_at"],
                booking: try row["booking"], rerouted: try row["rerouted"])
        }
    }
}
