/// The queue of jobs at ten thousand: a claim reads what it takes and no more.
extension Migration {
    static let queue = Migration(
        number: 8, name: "queue",
        statements: [
            // Over the plain column: under row-level policies PostgreSQL does not look for `coalesce(…)` in an index,
            // since the function might tell what the policy hides.
            "DROP INDEX job_turn",
            "CREATE INDEX job_turn ON job (workspace, run_at, id) WHERE state = 'ready'",
            "CREATE INDEX job_suspect ON job (run_at, id) WHERE state = 'ready' AND crashes > 0",
        ])
}
