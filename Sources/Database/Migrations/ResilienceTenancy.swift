/// The second wall of tenancy: row-level policies on PostgreSQL.

/// Puts every table that has a `workspace` behind the wall, but for those that are there already. Forced, since the
/// role that owns the tables is the one that asks. Not the ledger: the rows of other workspaces must be seen to be
/// respected (docs/decisions/0001-one-busy-ledger.md).
///
/// A row is of the workspace a transaction is for, `*` stands for the installation as a whole, and a connection that
/// says nothing sees nothing; `PostgresStore` says it. Later steps end with ``tenancyWall``.
let wallAroundTenants: SQL = .only(.postgres, """
    DO $$
    DECLARE tenant text;
    BEGIN
        FOR tenant IN SELECT c.table_name FROM information_schema.columns c
            JOIN pg_tables t ON t.schemaname = c.table_schema AND t.tablename = c.table_name
            WHERE c.table_schema = current_schema() AND c.column_name = 'workspace' AND c.table_name <> 'ledger'
            AND NOT EXISTS (SELECT 1 FROM pg_policies p WHERE p.schemaname = c.table_schema
                AND p.tablename = c.table_name AND p.policyname = 'tenancy')
        LOOP
            EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', tenant);
            EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', tenant);
            EXECUTE format('CREATE POLICY tenancy ON %I USING (%s)', tenant,
                'current_setting(''workestra.workspace'', true) IN (workspace, ''*'')');
        END LOOP;
    END $$
    """)

/// A person's time is one: whoever works in this workspace closes it here with what they entered in another one, so
/// these rows can be read. `member` shows the members of this workspace alone, by its own policy.
private let personal: [SQL] = ["time_away", "holiday_choice", "holiday_exception"].map { table in
    .only(.postgres, """
        CREATE POLICY person ON \(name: table) FOR SELECT USING (account IN (SELECT m.account FROM member m))
        """)
}

let resilienceTenancy: [SQL] = [wallAroundTenants] + personal + [
    // Bookings of an address are found by their words: an index on an expression is of no use behind a policy, since
    // `lower` might leak what it sees.
    "DROP INDEX booking_attendee",
    .only(.postgres, "ALTER TABLE workspace ENABLE ROW LEVEL SECURITY"),
    .only(.postgres, "ALTER TABLE workspace FORCE ROW LEVEL SECURITY"),
    .only(.postgres, """
        CREATE POLICY tenancy ON workspace USING (current_setting('workestra.workspace', true) IN (id, '*'))
        """),
]
