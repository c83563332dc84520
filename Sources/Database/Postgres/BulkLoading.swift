/// What makes loading a whole database into PostgreSQL fast: rows first, what guards and finds them afterwards.

extension Transaction {
    /// Runs `body` while no table has foreign keys, indexes that guard nothing, or policies that bind the owner; then
    /// puts all of it back, checked against the rows that are there by then. Made anew over all rows they take a
    /// fraction of what they take row by row. Does nothing of it on SQLite, where neither costs much.
    ///
    /// Tables are locked until the end of the transaction; who breaks it off gets everything back as it was.
    func withoutGuards(_ body: () throws -> Void) throws {
        guard engine == .postgres else { return try body() }
        try run("CREATE TEMPORARY TABLE put_back (step bigint NOT NULL, words text NOT NULL) ON COMMIT DROP")
        try run(takeAway)
        try body()
        try run(putBack)
    }
}

/// Notes for everything it takes away the statement that brings it back. An index goes after the keys that lean on it,
/// and comes before them.
private let takeAway: SQL = """
    DO $$
    DECLARE
        each record;
    BEGIN
        FOR each IN SELECT conname AS name, conrelid::regclass AS place, pg_get_constraintdef(oid) AS words
            FROM pg_constraint WHERE contype = 'f' AND connamespace = current_schema()::regnamespace
        LOOP
            INSERT INTO put_back VALUES
                (2, format('ALTER TABLE %s ADD CONSTRAINT %I %s', each.place, each.name, each.words));
            EXECUTE format('ALTER TABLE %s DROP CONSTRAINT %I', each.place, each.name);
        END LOOP;
        FOR each IN SELECT i.indexrelid::regclass AS name, pg_get_indexdef(i.indexrelid) AS words
            FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
            WHERE c.relnamespace = current_schema()::regnamespace
                AND NOT EXISTS (SELECT 1 FROM pg_constraint k WHERE k.conindid = i.indexrelid)
        LOOP
            INSERT INTO put_back VALUES (1, each.words);
            EXECUTE format('DROP INDEX %s', each.name);
        END LOOP;
        FOR each IN SELECT oid::regclass AS place FROM pg_class
            WHERE relforcerowsecurity AND relnamespace = current_schema()::regnamespace
        LOOP
            INSERT INTO put_back VALUES (3, format('ALTER TABLE %s FORCE ROW LEVEL SECURITY', each.place));
            EXECUTE format('ALTER TABLE %s NO FORCE ROW LEVEL SECURITY', each.place);
        END LOOP;
    END $$
    """

private let putBack: SQL = """
    DO $$
    DECLARE
        each record;
    BEGIN
        FOR each IN SELECT words FROM put_back ORDER BY step LOOP
            EXECUTE each.words;
        END LOOP;
    END $$
    """
