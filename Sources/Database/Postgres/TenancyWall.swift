/// What an operator is told about the second wall between workspaces: the row-level policies of PostgreSQL.

/// Whether the policies are there and bind the role that asks. The first wall, each statement naming its workspace,
/// stands without them; so a gap here is a warning and stops nothing.
package struct TenancyWall: Hashable, Sendable {
    /// A superuser, or a role with BYPASSRLS: policies do not bind it.
    package let isAbovePolicies: Bool
    /// Tables with a `workspace` whose policy is missing or off.
    package let open: [String]

    static let roleIsAbove = """
        DATABASE_URL's role is above row-level policies, the second wall between workspaces: use one that is neither \
        superuser nor BYPASSRLS
        """

    /// What is wrong and what to do, as a sentence; nil when nothing is.
    package var warning: String? {
        if !open.isEmpty { return "no row-level policy guards \(open.joined(separator: ", ")): restore the schema" }
        return isAbovePolicies ? Self.roleIsAbove : nil
    }
}

extension Database {
    /// Looks at roles and policies; nil on SQLite, which has neither.
    package func tenancyWall() async throws -> TenancyWall? {
        guard engine == .postgres else { return nil }
        return try await lookUp { tx in
            TenancyWall(isAbovePolicies: try tx.isAbovePolicies(), open: try tx.tablesWithoutPolicy())
        }
    }
}

extension Transaction {
    func isAbovePolicies() throws -> Bool {
        try one("SELECT rolsuper OR rolbypassrls AS above FROM pg_roles WHERE rolname = current_user") { row in
            try row["above"]
        } ?? false
    }

    fileprivate func tablesWithoutPolicy() throws -> [String] {
        try all(
            """
            SELECT c.relname::text AS name FROM pg_class c
            WHERE c.relkind = 'r' AND c.relnamespace = current_schema()::regnamespace AND c.relname <> 'ledger'
            AND (c.relname = 'workspace' OR EXISTS (SELECT 1 FROM pg_attribute a
                WHERE a.attrelid = c.oid AND a.attname = 'workspace' AND NOT a.attisdropped))
            AND NOT (c.relrowsecurity AND c.relforcerowsecurity
                AND EXISTS (SELECT 1 FROM pg_policy p WHERE p.polrelid = c.oid AND p.polname = 'tenancy'))
            ORDER BY c.relname
            """
        ) { try $0["name"] }
    }
}
