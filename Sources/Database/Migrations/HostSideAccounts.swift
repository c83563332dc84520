/// The schema of people and their places: grants, invitations, resets, teams, notices and the audit log.
let hostSideAccounts: [SQL] = places + mailedTokens + signingIn + teams + audit

private let places: [SQL] = [
    // Who left keeps the row: bookings of the past point at it.
    "ALTER TABLE member ADD COLUMN state TEXT NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'off', 'left'))",
    // Names of grants, with blanks between them.
    "ALTER TABLE member ADD COLUMN grants TEXT NOT NULL DEFAULT ''",
    "ALTER TABLE workspace ADD COLUMN test_mode \(.int) NOT NULL DEFAULT 0 CHECK (test_mode IN (0, 1))",
    "ALTER TABLE workspace ADD COLUMN everyone_reads \(.int) NOT NULL DEFAULT 0 CHECK (everyone_reads IN (0, 1))",
    "ALTER TABLE session ADD COLUMN network TEXT NOT NULL DEFAULT ''",
]

/// The secrets that go out by mail: looked up by their hash, sealed for the job that writes the mail.
private let mailedTokens: [SQL] = [
    """
    CREATE TABLE invitation (
        id TEXT PRIMARY KEY NOT NULL,
        workspace TEXT NOT NULL REFERENCES workspace (id),
        email TEXT NOT NULL,
        email_folded TEXT NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'manager', 'member', 'viewer')),
        token_hash \(.bytes) NOT NULL UNIQUE,
        token_sealed \(.bytes) NOT NULL,
        inviter TEXT NOT NULL REFERENCES account (id),
        state TEXT NOT NULL CHECK (state IN ('open', 'accepted', 'withdrawn')),
        sent \(.int) NOT NULL CHECK (sent >= 1),
        created_at \(.int) NOT NULL,
        expires_at \(.int) NOT NULL
    )\(.strict)
    """,
    "CREATE UNIQUE INDEX invitation_open ON invitation (workspace, email_folded) WHERE state = 'open'",
    """
    CREATE TABLE password_reset (
        id TEXT PRIMARY KEY NOT NULL,
        account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        token_hash \(.bytes) NOT NULL UNIQUE,
        token_sealed \(.bytes) NOT NULL,
        created_at \(.int) NOT NULL,
        expires_at \(.int) NOT NULL,
        used_at \(.int)
    )\(.strict)
    """,
    "CREATE INDEX password_reset_account ON password_reset (account)",
    """
    CREATE TABLE sign_up (
        id TEXT PRIMARY KEY NOT NULL,
        email TEXT NOT NULL,
        token_hash \(.bytes) NOT NULL UNIQUE,
        token_sealed \(.bytes) NOT NULL,
        created_at \(.int) NOT NULL,
        expires_at \(.int) NOT NULL,
        used_at \(.int)
    )\(.strict)
    """,
]

private let signingIn: [SQL] = [
    // The name is a hash of an address and a network, or of a known device: no list of who tried to sign in.
    """
    CREATE TABLE sign_in_try (
        name TEXT PRIMARY KEY NOT NULL,
        tries \(.int) NOT NULL,
        last_at \(.int) NOT NULL,
        paused_until \(.int)
    )\(.strict)
    """,
    """
    CREATE TABLE device (
        token_hash \(.bytes) NOT NULL,
        account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        created_at \(.int) NOT NULL,
        seen_at \(.int) NOT NULL,
        PRIMARY KEY (token_hash, account)
    )\(.strict)
    """,
    "CREATE INDEX device_account ON device (account)",
]

private let teams: [SQL] = [
    """
    CREATE TABLE team (
        id TEXT PRIMARY KEY NOT NULL,
        workspace TEXT NOT NULL REFERENCES workspace (id),
        slug TEXT NOT NULL UNIQUE CHECK (length(slug) BETWEEN 1 AND 80),
        name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
        created_at \(.int) NOT NULL,
        UNIQUE (workspace, id)
    )\(.strict)
    """,
    """
    CREATE TABLE team_member (
        workspace TEXT NOT NULL,
        team TEXT NOT NULL,
        account TEXT NOT NULL,
        manages \(.int) NOT NULL CHECK (manages IN (0, 1)),
        PRIMARY KEY (team, account),
        FOREIGN KEY (workspace, team) REFERENCES team (workspace, id) ON DELETE CASCADE,
        FOREIGN KEY (workspace, account) REFERENCES member (workspace, account) ON DELETE CASCADE
    )\(.strict)
    """,
    "CREATE INDEX team_member_account ON team_member (workspace, account)",
]

/// Rows can be added and nothing else, as long as their workspace exists; they point at nothing, so nothing that is
/// deleted takes a part of the past with it.
private let audit: [SQL] = [
    """
    CREATE TABLE audit (
        id TEXT PRIMARY KEY NOT NULL,
        workspace TEXT NOT NULL,
        actor TEXT NOT NULL,
        person TEXT,
        action TEXT NOT NULL,
        target TEXT NOT NULL DEFAULT '',
        target_name TEXT NOT NULL DEFAULT '',
        was TEXT,
        became TEXT,
        network TEXT NOT NULL DEFAULT '',
        user_agent TEXT NOT NULL DEFAULT '' CHECK (length(user_agent) <= 200),
        at \(.int) NOT NULL
    )\(.strict)
    """,
    "CREATE INDEX audit_newest ON audit (workspace, id)",
    "CREATE INDEX audit_person ON audit (workspace, person, id)",
    .only(.sqlite, """
        CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit
        BEGIN SELECT RAISE(ABORT, 'audit_is_append_only'); END
        """),
    .only(.sqlite, """
        CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit
        WHEN EXISTS (SELECT 1 FROM workspace w WHERE w.id = OLD.workspace)
        BEGIN SELECT RAISE(ABORT, 'audit_is_append_only'); END
        """),
    .only(.postgres, """
        CREATE FUNCTION audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN IF TG_OP = ''DELETE'' THEN
            IF NOT EXISTS (SELECT 1 FROM workspace w WHERE w.id = OLD.workspace) THEN RETURN OLD; END IF;
        END IF;
        RAISE EXCEPTION ''audit_is_append_only''; END'
        """),
    .only(.postgres, """
        CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE ON audit
        FOR EACH ROW EXECUTE FUNCTION audit_is_append_only()
        """),
]
