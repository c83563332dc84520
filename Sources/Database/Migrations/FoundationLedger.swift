/// The part of the first schema that keeps the promises: the busy ledger, jobs and stored replies.

/// Every kind a ledger row may ever have; listed now so that no later feature needs a new CHECK.
private let busyKinds: SQL = """
    'booking', 'hold', 'pending', 'session', 'placeholder', 'calendar', 'time_off', 'dispatch', 'focus',
    'allocation', 'review', 'resource'
    """

/// `subject` has no workspace: a person in two workspaces is one subject (docs/decisions/0001-busy-ledger.md).
let ledgerTables: [SQL] = [
    """
    CREATE TABLE subject (
        id TEXT PRIMARY KEY NOT NULL,
        version \(.int) NOT NULL DEFAULT 0
    )\(.strict)
    """,
    """
    CREATE TABLE ledger (
        id TEXT PRIMARY KEY NOT NULL,
        subject TEXT NOT NULL REFERENCES subject (id),
        workspace TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN (\(busyKinds))),
        ref TEXT NOT NULL,
        claim TEXT,
        starts \(.int) NOT NULL,
        ends \(.int) NOT NULL,
        gap_before \(.int) NOT NULL DEFAULT 0 CHECK (gap_before >= 0),
        gap_after \(.int) NOT NULL DEFAULT 0 CHECK (gap_after >= 0),
        expires \(.int),
        CHECK (starts < ends),
        CHECK (claim IS NULL OR ends - starts <= 172800),
        CHECK (claim IS NOT NULL OR ends - starts <= 2678400)
    )\(.strict)
    """,
    "CREATE INDEX ledger_subject ON ledger (subject, starts)",
    "CREATE INDEX ledger_expires ON ledger (subject, expires) WHERE expires IS NOT NULL",
    "CREATE INDEX ledger_ref ON ledger (kind, ref)",
    "CREATE INDEX ledger_claim ON ledger (claim) WHERE claim IS NOT NULL",
    .only(.postgres, """
        ALTER TABLE ledger ADD CONSTRAINT ledger_no_overlap EXCLUDE USING gist
        (subject WITH =, claim WITH <>, int8range(starts, ends) WITH &&) WHERE (claim IS NOT NULL)
        """),
    .only(.sqlite, """
        CREATE TRIGGER ledger_no_overlap_insert BEFORE INSERT ON ledger WHEN NEW.claim IS NOT NULL
        BEGIN
            SELECT RAISE(ABORT, 'ledger_overlap') WHERE EXISTS (
                SELECT 1 FROM ledger o WHERE o.subject = NEW.subject AND o.claim <> NEW.claim
                AND o.starts < NEW.ends AND o.starts > NEW.starts - 172800 AND o.ends > NEW.starts);
        END
        """),
    .only(.sqlite, """
        CREATE TRIGGER ledger_no_overlap_update BEFORE UPDATE ON ledger WHEN NEW.claim IS NOT NULL
        BEGIN
            SELECT RAISE(ABORT, 'ledger_overlap') WHERE EXISTS (
                SELECT 1 FROM ledger o WHERE o.subject = NEW.subject AND o.claim <> NEW.claim
                AND o.starts < NEW.ends AND o.starts > NEW.starts - 172800 AND o.ends > NEW.starts
                AND o.id <> OLD.id);
        END
        """),
]

/// Jobs, stored replies, and the mailbox of an installation without SMTP.
let machinery: [SQL] = [
    """
    CREATE TABLE job (
        id TEXT PRIMARY KEY NOT NULL,
        kind TEXT NOT NULL,
        workspace TEXT,
        subject TEXT NOT NULL,
        version \(.int) NOT NULL,
        payload TEXT NOT NULL,
        dedupe_key TEXT NOT NULL UNIQUE,
        ordering_key TEXT,
        state TEXT NOT NULL CHECK (state IN ('ready', 'leased', 'done', 'skipped', 'dead')),
        reason TEXT NOT NULL DEFAULT '',
        attempt \(.int) NOT NULL DEFAULT 0,
        max_attempts \(.int) NOT NULL,
        run_at \(.int) NOT NULL,
        not_after \(.int),
        lease_until \(.int),
        lease_token TEXT,
        created_at \(.int) NOT NULL,
        ended_at \(.int),
        CHECK ((state = 'leased') = (lease_token IS NOT NULL AND lease_until IS NOT NULL))
    )\(.strict)
    """,
    "CREATE INDEX job_ready ON job (run_at) WHERE state = 'ready'",
    "CREATE INDEX job_leased ON job (lease_until) WHERE state = 'leased'",
    "CREATE INDEX job_subject ON job (subject)",
    "CREATE INDEX job_ordering ON job (ordering_key) WHERE ordering_key IS NOT NULL",
    """
    CREATE TABLE idempotency (
        scope TEXT NOT NULL,
        key TEXT NOT NULL,
        route TEXT NOT NULL,
        request_hash \(.bytes) NOT NULL,
        status \(.int),
        reply \(.bytes),
        created_at \(.int) NOT NULL,
        PRIMARY KEY (scope, key, route)
    )\(.strict)
    """,
    "CREATE INDEX idempotency_created ON idempotency (created_at)",
    // The mailbox of an installation without SMTP; shown at /dev/mail in development.
    """
    CREATE TABLE local_mail (
        id TEXT PRIMARY KEY NOT NULL,
        message_id TEXT NOT NULL,
        recipient TEXT NOT NULL,
        subject TEXT NOT NULL,
        body_text TEXT NOT NULL,
        body_html TEXT NOT NULL,
        raw \(.bytes) NOT NULL,
        created_at \(.int) NOT NULL
    )\(.strict)
    """,
    "CREATE INDEX local_mail_created ON local_mail (created_at)",
]
