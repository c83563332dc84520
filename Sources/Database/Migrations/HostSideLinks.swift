/// The schema of links in full: where to meet, who may come in, what follows, and addresses they had before.
let hostSideLinks: [SQL] = [
    """
    CREATE TABLE link_location (
        workspace TEXT NOT NULL,
        link TEXT NOT NULL,
        position \(.int) NOT NULL CHECK (position BETWEEN 0 AND 7),
        kind TEXT NOT NULL CHECK (kind IN
            ('video', 'phone_host_calls', 'phone_attendee_calls', 'address', 'custom', 'attendee_choice')),
        text TEXT NOT NULL DEFAULT '' CHECK (length(text) <= 500),
        PRIMARY KEY (link, position),
        FOREIGN KEY (workspace, link) REFERENCES link (workspace, id) ON DELETE CASCADE
    )\(.strict)
    """,
    """
    INSERT INTO link_location (workspace, link, position, kind, text)
    SELECT workspace, id, 0, location_kind, location FROM link
    """,
    "ALTER TABLE link DROP COLUMN location_kind",
    "ALTER TABLE link DROP COLUMN location",
    "ALTER TABLE link ADD COLUMN hidden \(.int) NOT NULL DEFAULT 0 CHECK (hidden IN (0, 1))",
    "ALTER TABLE link ADD COLUMN expires_at \(.int)",
    "ALTER TABLE link ADD COLUMN most_uses \(.int) CHECK (most_uses BETWEEN 1 AND 100000)",
    // In clear: its host must be able to read it out to somebody. It opens a page, not an account.
    "ALTER TABLE link ADD COLUMN access_code TEXT CHECK (length(access_code) BETWEEN 4 AND 40)",
    "ALTER TABLE link ADD COLUMN most_guests \(.int) NOT NULL DEFAULT 5 CHECK (most_guests BETWEEN 0 AND 50)",
    "ALTER TABLE link ADD COLUMN attendee_moves \(.int) NOT NULL DEFAULT 1 CHECK (attendee_moves IN (0, 1))",
    "ALTER TABLE link ADD COLUMN attendee_cancels \(.int) NOT NULL DEFAULT 1 CHECK (attendee_cancels IN (0, 1))",
    // Minutes before the start after which the attendee can no longer move, or cancel.
    "ALTER TABLE link ADD COLUMN move_notice \(.int) NOT NULL DEFAULT 0 CHECK (move_notice BETWEEN 0 AND 525600)",
    "ALTER TABLE link ADD COLUMN cancel_notice \(.int) NOT NULL DEFAULT 0 CHECK (cancel_notice BETWEEN 0 AND 525600)",
    "ALTER TABLE link ADD COLUMN needs_reason \(.int) NOT NULL DEFAULT 0 CHECK (needs_reason IN (0, 1))",
    "ALTER TABLE link ADD COLUMN colour TEXT",
    "ALTER TABLE link ADD COLUMN language TEXT",
    "ALTER TABLE link ADD COLUMN locks_zone \(.int) NOT NULL DEFAULT 0 CHECK (locks_zone IN (0, 1))",
    "ALTER TABLE link ADD COLUMN confirmation TEXT NOT NULL DEFAULT '' CHECK (length(confirmation) <= 2000)",
    "ALTER TABLE link ADD COLUMN redirect TEXT CHECK (length(redirect) <= 2000)",
    "ALTER TABLE link ADD COLUMN redirect_details \(.int) NOT NULL DEFAULT 0 CHECK (redirect_details IN (0, 1))",
    "ALTER TABLE link ADD COLUMN event_title TEXT CHECK (length(event_title) BETWEEN 1 AND 200)",
    "ALTER TABLE link ADD COLUMN deleted_at \(.int)",
    // Slugs a link had before: they lead to it for ever; those of a deleted link stay taken until `until`.
    """
    CREATE TABLE former_slug (
        slug TEXT PRIMARY KEY NOT NULL,
        workspace TEXT NOT NULL,
        link TEXT NOT NULL,
        since \(.int) NOT NULL,
        until \(.int),
        FOREIGN KEY (workspace, link) REFERENCES link (workspace, id) ON DELETE CASCADE
    )\(.strict)
    """,
]
