/// Managed links: a link that others are made from, which of its sections they keep, and whose they are; and who booked
/// in an attendee's place.
extension Migration {
    static let templates = Migration(
        number: 18, name: "templates", statements: templateTables + bookers + [tenancyWall])
}

private let templateTables: [SQL] = [
    // A template is a link; `locked` names its locked sections, separated by blanks.
    """
    CREATE TABLE link_template (
        workspace TEXT NOT NULL,
        link TEXT PRIMARY KEY NOT NULL,
        locked TEXT NOT NULL CHECK (length(locked) <= 200),
        gives_new \(.int) NOT NULL DEFAULT 0 CHECK (gives_new IN (0, 1)),
        version \(.int) NOT NULL DEFAULT 1 CHECK (version >= 1),
        created_at \(.int) NOT NULL,
        UNIQUE (workspace, link),
        FOREIGN KEY (workspace, link) REFERENCES link (workspace, id)
    )\(.strict)
    """,
    """
    CREATE TABLE managed_link (
        workspace TEXT NOT NULL,
        link TEXT PRIMARY KEY NOT NULL,
        template TEXT NOT NULL,
        account TEXT NOT NULL REFERENCES account (id),
        created_at \(.int) NOT NULL,
        UNIQUE (template, account),
        FOREIGN KEY (workspace, link) REFERENCES link (workspace, id),
        FOREIGN KEY (workspace, template) REFERENCES link_template (workspace, link)
    )\(.strict)
    """,
    "CREATE INDEX managed_link_template ON managed_link (workspace, template)",
]

private let bookers: [SQL] = [
    "ALTER TABLE booking ADD COLUMN booker_name TEXT CHECK (length(booker_name) BETWEEN 1 AND 200)",
    "ALTER TABLE booking ADD COLUMN booker_email TEXT CHECK ((booker_email IS NULL) = (booker_name IS NULL))",
]
