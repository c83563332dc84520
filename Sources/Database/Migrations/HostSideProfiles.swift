/// The schema of how people show themselves: handle, text, picture, and which mails they want.
let hostSideProfiles: [SQL] = [
    "ALTER TABLE account ADD COLUMN handle TEXT CHECK (length(handle) BETWEEN 1 AND 80)",
    "CREATE UNIQUE INDEX account_handle ON account (handle)",
    // A person in two workspaces shows the links of the one in which they chose the handle.
    "ALTER TABLE account ADD COLUMN profile_workspace TEXT REFERENCES workspace (id) ON DELETE SET NULL",
    "ALTER TABLE account ADD COLUMN profile_text TEXT NOT NULL DEFAULT '' CHECK (length(profile_text) <= 500)",
    // The name of a file, and what kind of picture is in it.
    "ALTER TABLE account ADD COLUMN picture TEXT",
    "ALTER TABLE account ADD COLUMN picture_kind TEXT CHECK (picture_kind IN ('png', 'jpeg'))",
    "CREATE UNIQUE INDEX account_picture ON account (picture)",
    // Handles a person had before: they lead to the new one and stay theirs.
    """
    CREATE TABLE former_handle (
        handle TEXT PRIMARY KEY NOT NULL,
        account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        since \(.int) NOT NULL
    )\(.strict)
    """,
    "CREATE INDEX former_handle_account ON former_handle (account)",
    // What a host does not want to be told, and by which channel; whoever says nothing is told everything.
    """
    CREATE TABLE muted_notice (
        account TEXT NOT NULL REFERENCES account (id) ON DELETE CASCADE,
        event TEXT NOT NULL CHECK (event IN ('booked', 'moved', 'cancelled')),
        channel TEXT NOT NULL CHECK (channel IN ('mail')),
        PRIMARY KEY (account, event, channel)
    )\(.strict)
    """,
]
