/// The first schema: people, links, bookings, the busy ledger, jobs and keys.
extension Migration {
    static let foundation = Migration(
        number: 1, name: "foundation",
        statements: people + schedules + links + bookings + ledgerTables + machinery
    )
}

private let people: [SQL] = [
    """
    CREATE TABLE workspace (
        id TEXT PRIMARY KEY NOT NULL,
        name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
        zone TEXT NOT NULL,
        language TEXT NOT NULL DEFAULT 'en',
        gap_policy TEXT NOT NULL DEFAULT 'larger' CHECK (gap_policy IN ('larger', 'sum')),
        created_at \(.int) NOT NULL
    )\(.strict)
    """,
    // Accounts belong to the installation, not to a workspace: one person may be a member of several.
    """
    CREATE TABLE account (
        id TEXT PRIMARY KEY NOT NULL,
        email TEXT NOT NULL,
        email_folded TEXT NOT NULL UNIQUE,
        name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 200),
        password_hash TEXT,
        zone TEXT NOT NULL,
        clock TEXT NOT NULL DEFAULT '24' CHECK (clock IN ('12', '24')),
        language TEXT NOT NULL DEFAULT 'en',
        \(.bool("active")),
        created_at \(.int) NOT NULL
    )\(.strict)
    """,
    """
    CREATE TABLE member (
        workspace TEXT NOT NULL REFERENCES workspace (id),
        account TEXT NOT NULL REFERENCES account (id),
        role TEXT NOT NULL CHECK (role IN ('owner', 'admin', 'manager', 'member', 'viewer')),
        created_at \(.int) NOT NULL,
        PRIMARY KEY (workspace, account)
    )\(.strict)
    """,
    "CREATE INDEX member_account ON member (account)",
    """
    CREATE TABLE session (
        id TEXT PRIMARY KEY NOT NULL,
        workspace TEXT NOT NULL,
        account TEXT NOT NULL,
        token_hash \(.bytes) NOT NULL UNIQUE,
        created_at \(.int) NOT NULL,
        seen_at \(.int) NOT NULL,
        expires_at \(.int) NOT NULL,
        user_agent TEXT NOT NULL DEFAULT '',
        FOREIGN KEY (workspace, account) REFERENCES member (workspace, account) ON DELETE CASCADE
    )\(.strict)
    """,
    """
    CREATE TABLE api_key (
        id TEXT PRIMARY KEY NOT NULL,
        workspace TEXT NOT NULL,
        account TEXT NOT NULL,
        name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
        tail TEXT NOT NULL,
        key_hash \(.bytes) NOT NULL UNIQUE,
        scopes TEXT NOT NULL,
        created_at \(.int) NOT NULL,
        used_at \(.int),
        expires_at \(.int),
        revoked_at \(.int),
        FOREIGN KEY (workspace, account) REFERENCES member (workspace, account) ON DELETE CASCADE
    )\(.strict)
    """,
    // Facts of the installation itself, such as the hash of the set-up token.
    """
    CREATE TABLE installation (
        name TEXT PRIMARY KEY NOT NULL,
        value TEXT NOT NULL
    )\(.strict)
    """,
]

private let schedules: [SQL] = [
    // A schedule of its own for one link ("other hours for this link") carries that link's id in `link`.
    """
    CREATE TABLE schedule (
        id TEXT PRIMARY KEY NOT NULL,
        workspace TEXT NOT NULL,
        account TEXT NOT NULL,
        name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
        zone TEXT NOT NULL,
        link TEXT UNIQUE,
        created_at \(.int) NOT NULL,
        FOREIGN KEY (workspace, account) REFERENCES member (workspace, account)
    )\(.strict)
    """,
    """
    CREATE TABLE schedule_window (
        workspace TEXT NOT NULL,
        schedule TEXT NOT NULL REFERENCES schedule (id) ON DELETE CASCADE,
        weekday \(.int) NOT NULL CHECK (weekday BETWEEN 0 AND 6),
        opens \(.int) NOT NULL CHECK (opens BETWEEN 0 AND 1439),
        closes \(.int) NOT NULL CHECK (closes BETWEEN 1 AND 2880),
        PRIMARY KEY (schedule, weekday, opens),
        CHECK (opens < closes)
    )\(.strict)
    """,
]

private let links: [SQL] = [
    """
    CREATE TABLE link (
        id TEXT PRIMARY KEY NOT NULL,
        workspace TEXT NOT NULL REFERENCES workspace (id),
        slug TEXT NOT NULL UNIQUE CHECK (length(slug) BETWEEN 1 AND 80),
        title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 120),
        description TEXT NOT NULL DEFAULT '' CHECK (length(description) <= 5000),
        kind TEXT NOT NULL CHECK (kind IN
            ('one_on_one', 'round_robin', 'collective', 'group', 'multi_host', 'instant')),
        schedule TEXT NOT NULL REFERENCES schedule (id),
        duration \(.int) NOT NULL CHECK (duration BETWEEN 5 AND 480),
        step \(.int) CHECK (step BETWEEN 5 AND 480),
        align \(.int) NOT NULL DEFAULT 0 CHECK (align BETWEEN 0 AND 60),
        offset_minutes \(.int) NOT NULL DEFAULT 0 CHECK (offset_minutes BETWEEN 0 AND 480),
        buffer_before \(.int) NOT NULL DEFAULT 0 CHECK (buffer_before BETWEEN 0 AND 480),
        buffer_after \(.int) NOT NULL DEFAULT 0 CHECK (buffer_after BETWEEN 0 AND 480),
        notice \(.int) NOT NULL CHECK (notice BETWEEN 0 AND 525600),
        notice_unit TEXT NOT NULL CHECK (notice_unit IN ('minute', 'hour', 'day')),
        window_kind TEXT NOT NULL CHECK (window_kind IN ('rolling_days', 'range')),
        window_days \(.int) CHECK (window_days BETWEEN 1 AND 730),
        window_from TEXT,
        window_to TEXT,
        location_kind TEXT NOT NULL DEFAULT 'custom' CHECK (location_kind IN
            ('video', 'phone_host_calls', 'phone_attendee_calls', 'address', 'custom')),
        location TEXT NOT NULL DEFAULT '' CHECK (length(location) <= 500),
        \(.bool("active")),
        version \(.int) NOT NULL,
        created_at \(.int) NOT NULL,
        updated_at \(.int) NOT NULL,
        CHECK ((window_kind = 'rolling_days') = (window_days IS NOT NULL)),
        CHECK ((window_kind = 'range') = (window_from IS NOT NULL AND window_to IS NOT NULL)),
        UNIQUE (workspace, id)
    )\(.strict)
    """,
    """
    CREATE TABLE link_host (
        workspace TEXT NOT NULL,
        link TEXT NOT NULL,
        account TEXT NOT NULL,
        position \(.int) NOT NULL,
        role TEXT NOT NULL CHECK (role IN ('fixed', 'rotating')),
        PRIMARY KEY (link, account),
        UNIQUE (link, position),
        FOREIGN KEY (workspace, link) REFERENCES link (workspace, id) ON DELETE CASCADE,
        FOREIGN KEY (workspace, account) REFERENCES member (workspace, account)
    )\(.strict)
    """,
    "CREATE INDEX link_host_account ON link_host (workspace, account)",
    """
    CREATE TABLE question (
        id TEXT PRIMARY KEY NOT NULL,
        workspace TEXT NOT NULL,
        link TEXT NOT NULL,
        position \(.int) NOT NULL CHECK (position BETWEEN 0 AND 19),
        kind TEXT NOT NULL CHECK (kind IN ('text', 'textarea')),
        label TEXT NOT NULL CHECK (length(label) BETWEEN 1 AND 300),
        \(.bool("required")),
        UNIQUE (link, position),
        FOREIGN KEY (workspace, link) REFERENCES link (workspace, id) ON DELETE CASCADE
    )\(.strict)
    """,
]

private let bookings: [SQL] = [
    """
    CREATE TABLE booking (
        id TEXT PRIMARY KEY NOT NULL,
        workspace TEXT NOT NULL,
        link TEXT NOT NULL,
        uid TEXT NOT NULL UNIQUE,
        status TEXT NOT NULL CHECK (status IN ('held', 'pending_payment', 'pending_approval', 'confirmed',
            'completed', 'no_show', 'cancelled', 'declined', 'expired')),
        starts \(.int) NOT NULL,
        ends \(.int) NOT NULL,
        anchor_zone TEXT NOT NULL,
        anchor_local TEXT NOT NULL,
        zone TEXT NOT NULL,
        language TEXT NOT NULL DEFAULT 'en',
        attendee_name TEXT NOT NULL CHECK (length(attendee_name) BETWEEN 1 AND 200),
        attendee_email TEXT NOT NULL,
        attendee_phone TEXT,
        location_kind TEXT NOT NULL,
        location TEXT NOT NULL,
        rules TEXT NOT NULL,
        source TEXT NOT NULL,
        utm TEXT NOT NULL DEFAULT '{}',
        reason TEXT NOT NULL DEFAULT '',
        sequence \(.int) NOT NULL DEFAULT 0 CHECK (sequence >= 0),
        version \(.int) NOT NULL CHECK (version >= 1),
        created_at \(.int) NOT NULL,
        updated_at \(.int) NOT NULL,
        CHECK (starts < ends AND ends - starts <= 172800),
        UNIQUE (workspace, id),
        FOREIGN KEY (workspace, link) REFERENCES link (workspace, id)
    )\(.strict)
    """,
    "CREATE INDEX booking_time ON booking (workspace, starts)",
    "CREATE INDEX booking_link ON booking (link, starts)",
    """
    CREATE TABLE booking_host (
        workspace TEXT NOT NULL,
        booking TEXT NOT NULL,
        account TEXT NOT NULL,
        position \(.int) NOT NULL,
        PRIMARY KEY (booking, account),
        FOREIGN KEY (workspace, booking) REFERENCES booking (workspace, id),
        FOREIGN KEY (workspace, account) REFERENCES member (workspace, account)
    )\(.strict)
    """,
    "CREATE INDEX booking_host_account ON booking_host (workspace, account)",
    // The question's words are copied: an answer must keep its meaning when the question is edited later.
    """
    CREATE TABLE booking_answer (
        workspace TEXT NOT NULL,
        booking TEXT NOT NULL,
        position \(.int) NOT NULL,
        question TEXT NOT NULL,
        label TEXT NOT NULL,
        value TEXT NOT NULL CHECK (length(value) <= 5000),
        PRIMARY KEY (booking, position),
        FOREIGN KEY (workspace, booking) REFERENCES booking (workspace, id)
    )\(.strict)
    """,
    // Append-only: triggers below refuse UPDATE and DELETE.
    """
    CREATE TABLE booking_history (
        id TEXT PRIMARY KEY NOT NULL,
        workspace TEXT NOT NULL,
        booking TEXT NOT NULL,
        version \(.int) NOT NULL,
        event TEXT NOT NULL CHECK (event IN ('booked', 'rescheduled', 'cancelled', 'completed', 'no_show',
            'approved', 'declined', 'expired', 'paid', 'reassigned')),
        status TEXT NOT NULL,
        actor TEXT NOT NULL,
        from_starts \(.int),
        to_starts \(.int),
        reason TEXT NOT NULL DEFAULT '',
        at \(.int) NOT NULL,
        UNIQUE (booking, version),
        FOREIGN KEY (workspace, booking) REFERENCES booking (workspace, id)
    )\(.strict)
    """,
    """
    CREATE TABLE booking_token (
        id TEXT PRIMARY KEY NOT NULL,
        workspace TEXT NOT NULL,
        booking TEXT NOT NULL,
        participant TEXT NOT NULL CHECK (participant IN ('attendee', 'booker', 'guest')),
        token_hash \(.bytes) NOT NULL UNIQUE,
        token_sealed \(.bytes) NOT NULL,
        created_at \(.int) NOT NULL,
        retired_at \(.int),
        FOREIGN KEY (workspace, booking) REFERENCES booking (workspace, id)
    )\(.strict)
    """,
    """
    CREATE UNIQUE INDEX booking_token_current ON booking_token (booking, participant) WHERE retired_at IS NULL
    """,
    // One live hold for each visitor and link: a new pick replaces it.
    """
    CREATE TABLE hold (
        id TEXT PRIMARY KEY NOT NULL,
        workspace TEXT NOT NULL,
        link TEXT NOT NULL,
        booking TEXT,
        visitor \(.bytes) NOT NULL,
        token_hash \(.bytes) NOT NULL UNIQUE,
        starts \(.int) NOT NULL,
        ends \(.int) NOT NULL,
        expires \(.int) NOT NULL,
        created_at \(.int) NOT NULL,
        UNIQUE (link, visitor),
        FOREIGN KEY (workspace, link) REFERENCES link (workspace, id) ON DELETE CASCADE,
        FOREIGN KEY (workspace, booking) REFERENCES booking (workspace, id)
    )\(.strict)
    """,
    "CREATE INDEX hold_expires ON hold (expires)",
    .only(.sqlite, """
        CREATE TRIGGER booking_history_no_update BEFORE UPDATE ON booking_history
        BEGIN SELECT RAISE(ABORT, 'history_is_append_only'); END
        """),
    .only(.sqlite, """
        CREATE TRIGGER booking_history_no_delete BEFORE DELETE ON booking_history
        BEGIN SELECT RAISE(ABORT, 'history_is_append_only'); END
        """),
    .only(.postgres, """
        CREATE FUNCTION history_is_append_only() RETURNS trigger LANGUAGE plpgsql AS
        'BEGIN RAISE EXCEPTION ''history_is_append_only''; END'
        """),
    .only(.postgres, """
        CREATE TRIGGER booking_history_append_only BEFORE UPDATE OR DELETE ON booking_history
        FOR EACH ROW EXECUTE FUNCTION history_is_append_only()
        """),
]
