/// Every statement on the settings of a workspace.
import Database
import Scheduling

package enum WorkspaceStore {
    package static func settings(scope: Scope, in tx: Transaction) throws -> WorkspaceSettings? {
        try tx.one("""
            SELECT name, zone, language, colour, test_mode, everyone_reads FROM workspace WHERE id = \(scope.workspace)
            """) { row in
            WorkspaceSettings(
                name: try row["name"], zone: try row["zone"], language: try row["language"], colour: try row["colour"],
                isTest: try row["test_mode"] as Int == 1, everyoneReads: try row["everyone_reads"] as Int == 1)
        }
    }

    package static func save(_ settings: WorkspaceSettings, scope: Scope, in tx: Transaction) throws {
        try tx.run("""
            UPDATE workspace SET name = \(settings.name), zone = \(settings.zone), language = \(settings.language),
                colour = \(settings.colour),
                test_mode = \(settings.isTest ? 1 : 0), everyone_reads = \(settings.everyoneReads ? 1 : 0)
            WHERE id = \(scope.workspace)
            """)
    }
}
