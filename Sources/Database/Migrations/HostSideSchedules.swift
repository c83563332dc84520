/// The schema of days that differ: overrides, trips, out of office and holidays.
let hostSideSchedules: [SQL] = [
    "ALTER TABLE schedule ADD COLUMN version \(.int) NOT NULL DEFAULT 1",
    // The schedule new links follow. Where nobody has chosen one, it is the oldest.
    "ALTER TABLE schedule ADD COLUMN preferred \(.int) NOT NULL DEFAULT 0 CHECK (preferred IN (0, 1))",
    """
    CREATE UNIQUE INDEX schedule_preferred ON schedule (workspace, account) WHERE preferred = 1
    """,
    // A date without windows of its own is closed.
    """
    CREATE TABLE schedule_override (
        workspace TEXT NOT NULL,
        schedule TEXT NOT NULL REFERENCES schedule (id) ON DELETE CASCADE,
        date TEXT NOT NULL,
        PRIMARY KEY (schedule, date)
    )\(.strict)
    """,
    """
    CREATE TABLE schedule_override_window (
        workspace TEXT NOT NULL,
        schedule TEXT NOT NULL,
        date TEXT NOT NULL,
        opens \(.int) NOT NULL CHECK (opens BETWEEN 0 AND 1439),
        closes \(.int) NOT NULL CHECK (closes BETWEEN 1 AND 2880),
        PRIMARY KEY (schedule, date, opens),
        CHECK (opens < closes),
        FOREIGN KEY (schedule, date) REFERENCES schedule_override (schedule, date) ON DELETE CASCADE
    )\(.strict)
    """,
    // Who is to be asked instead is looked up among the members when it is read: one who has left is nobody.
    """
    CREATE TABLE time_away (
        id TEXT PRIMARY KEY NOT NULL,
        workspace TEXT NOT NULL,
        account TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('out_of_office', 'trip')),
        first_day TEXT NOT NULL,
        last_day TEXT NOT NULL,
        zone TEXT,
        reason TEXT NOT NULL DEFAULT '' CHECK (length(reason) <= 200),
        colleague TEXT,
        created_at \(.int) NOT NULL,
        CHECK (first_day <= last_day),
        CHECK ((kind = 'trip') = (zone IS NOT NULL)),
        FOREIGN KEY (workspace, account) REFERENCES member (workspace, account) ON DELETE CASCADE
    )\(.strict)
    """,
    "CREATE INDEX time_away_account ON time_away (account, last_day)",
    """
    CREATE TABLE holiday_choice (
        workspace TEXT NOT NULL,
        account TEXT NOT NULL,
        country TEXT NOT NULL CHECK (length(country) <= 10),
        region TEXT NOT NULL DEFAULT '' CHECK (length(region) <= 40),
        PRIMARY KEY (workspace, account),
        FOREIGN KEY (workspace, account) REFERENCES member (workspace, account) ON DELETE CASCADE
    )\(.strict)
    """,
    "CREATE INDEX holiday_choice_account ON holiday_choice (account)",
    // A holiday that is worked all the same is a date; a half day comes every year, as month and day.
    """
    CREATE TABLE holiday_exception (
        workspace TEXT NOT NULL,
        account TEXT NOT NULL,
        kind TEXT NOT NULL CHECK (kind IN ('worked', 'half_day')),
        day TEXT NOT NULL CHECK (length(day) BETWEEN 5 AND 10),
        PRIMARY KEY (workspace, account, kind, day),
        FOREIGN KEY (workspace, account) REFERENCES member (workspace, account) ON DELETE CASCADE
    )\(.strict)
    """,
    "CREATE INDEX holiday_exception_account ON holiday_exception (account)",
]
