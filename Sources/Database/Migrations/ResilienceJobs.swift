/// The outbox under fire: how often a job's process died under it, and turns for workspaces.
let resilienceJobs: [SQL] = [
    // An attempt that failed and one that its process did not survive are different things: the second may be why.
    "ALTER TABLE job ADD COLUMN crashes \(.int) NOT NULL DEFAULT 0",
    // Whose jobs are due, and the earliest of each, without reading past those of anybody else.
    "CREATE INDEX job_turn ON job ((coalesce(workspace, '')), run_at, id) WHERE state = 'ready'",
]
