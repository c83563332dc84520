/// Every SQL statement on routing forms.
import Database
import Scheduling
import Web

package enum RoutingFormStore {
    package static func insert(_ form: RoutingForm, now: Instant, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            INSERT INTO routing_form (id, workspace, owner, title, description, active, definition, samples, version,
                created_at, updated_at)
            VALUES (\(form.id), \(scope.workspace), \(form.owner), \(form.title), \(form.description),
                \(form.isActive ? 1 : 0), \(JSON(present: form.definition).text), \(form.samplesJSON.text), 1, \(now),
                \(now))
            """)
    }

    /// Writes it when its version is still the one that was read; false when somebody was faster.
    package static func update(_ form: RoutingForm, now: Instant, scope: Scope, in tx: Transaction) throws -> Bool {
        try tx.run("""
            UPDATE routing_form SET owner = \(form.owner), title = \(form.title), description = \(form.description),
                active = \(form.isActive ? 1 : 0), definition = \(JSON(present: form.definition).text),
                samples = \(form.samplesJSON.text), version = version + 1, updated_at = \(now)
            WHERE workspace = \(scope.workspace) AND id = \(form.id) AND version = \(form.version)
                AND deleted_at IS NULL
            """) == 1
    }

    /// Out of every list, with all that was answered to it.
    package static func delete(_ id: ID<RoutingForm>, now: Instant, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            UPDATE routing_form
            SET deleted_at = \(now), active = 0, samples = '[]', version = version + 1, updated_at = \(now)
            WHERE workspace = \(scope.workspace) AND id = \(id) AND deleted_at IS NULL
            """)
        try tx.run("DELETE FROM form_response WHERE workspace = \(scope.workspace) AND form = \(id)")
    }

    /// Nil for a deleted one.
    package static func find(_ id: ID<RoutingForm>, scope: Scope, in tx: Transaction) throws -> RoutingForm? {
        try select("AND id = \(id)", scope: scope, in: tx).first
    }

    /// Newest first.
    package static func all(
        limit: Int = RoutingForm.most, after: ID<RoutingForm>? = nil, scope: Scope, in tx: Transaction
    ) throws -> [RoutingForm] {
        let rest: SQL = after.map { "AND id < \($0)" } ?? ""
        return try select("\(rest) ORDER BY id DESC LIMIT \(limit)", scope: scope, in: tx)
    }

    private static func select(_ condition: SQL, scope: Scope, in tx: Transaction) throws -> [RoutingForm] {
        try tx.all("""
            SELECT id, owner, title, description, active, definition, samples, version, created_at FROM routing_form
            WHERE workspace = \(scope.workspace) AND deleted_at IS NULL \(condition)
            """) { row in
            var form = RoutingForm(id: try row["id"], owner: try row["owner"], title: try row["title"])
            (form.description, form.isActive) = (try row["description"], try row["active"] as Int == 1)
            (form.version, form.createdAt) = (try row["version"], try row["created_at"])
            try form.decode(definition: try row["definition"], samples: try row["samples"])
            return form
        }
    }
}

extension RoutingForm {
    /// What was valid when it was written is read by the rules of today; what they do not know is left out.
    fileprivate mutating func decode(definition: String, samples text: String) throws {
        let json = try JSON(reading: Array(definition.utf8))
        var fields = Fields(json: json)
        questions = (LinkReading.questions(&fields) ?? []).compactMap { wish in wish.id.map { wish.question($0) } }
        nameQuestion = json["nameQuestion"]?.string.flatMap(ID<Question>.init)
        RoutingReading.readRoutes(&fields, into: &self)
        origins = (json[LinkFraming.field]?.array ?? []).compactMap { $0.string.flatMap { SiteOrigin($0) } }
        samples = (try JSON(reading: Array(text.utf8)).array ?? []).compactMap { sample in
            guard let name = sample["name"]?.string else { return nil }
            let answers = (sample["answers"]?.array ?? []).compactMap(Answered.init(stored:))
            return FormSample(name: name, answers: answers)
        }
    }
}
