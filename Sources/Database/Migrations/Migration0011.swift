/// The doors of public pages: pages of teams, addresses proved by a code, defence against bots, who books for others.
extension Migration {
    static let doors = Migration(
        number: 11, name: "doors", statements: pagesOfTeams + provedAddresses + againstBots + [tenancyWall])
}

private let pagesOfTeams: [SQL] = [
    "ALTER TABLE team ADD COLUMN description TEXT NOT NULL DEFAULT '' CHECK (length(description) <= 2000)",
    // Teams of before had no page; nothing of theirs becomes public by itself.
    """
    ALTER TABLE team ADD COLUMN visibility TEXT NOT NULL DEFAULT 'workspace'
        CHECK (visibility IN ('public', 'workspace', 'private'))
    """,
    "ALTER TABLE team_member ADD COLUMN part TEXT NOT NULL DEFAULT '' CHECK (length(part) <= 80)",
]

private let provedAddresses: [SQL] = [
    "ALTER TABLE link ADD COLUMN verifies_email \(.int) NOT NULL DEFAULT 0 CHECK (verifies_email IN (0, 1))",
    // No code stands here: it follows from the id and the key file. `turn` lets an address have three at a time.
    """
    CREATE TABLE email_code (
        id TEXT PRIMARY KEY NOT NULL,
        workspace TEXT NOT NULL,
        link TEXT NOT NULL,
        email TEXT NOT NULL CHECK (length(email) BETWEEN 3 AND 320),
        turn \(.int) NOT NULL CHECK (turn BETWEEN 1 AND 3),
        sent_to TEXT NOT NULL CHECK (length(sent_to) BETWEEN 3 AND 320),
        language TEXT NOT NULL,
        tries \(.int) NOT NULL CHECK (tries BETWEEN 0 AND 5),
        created_at \(.int) NOT NULL,
        expires_at \(.int) NOT NULL,
        UNIQUE (workspace, email, turn),
        FOREIGN KEY (workspace, link) REFERENCES link (workspace, id)
    )\(.strict)
    """,
    "CREATE INDEX email_code_end ON email_code (expires_at)",
]

private let againstBots: [SQL] = [
    // Whose hold it is, as a keyed hash of the network: enough to tell two of one client, and nothing else.
    "ALTER TABLE hold ADD COLUMN client \(.bytes)",
    "CREATE INDEX hold_client ON hold (workspace, link, client) WHERE client IS NOT NULL",
    """
    CREATE TABLE block (
        id TEXT PRIMARY KEY NOT NULL,
        workspace TEXT NOT NULL REFERENCES workspace (id),
        kind TEXT NOT NULL CHECK (kind IN ('address', 'domain')),
        value TEXT NOT NULL CHECK (length(value) BETWEEN 1 AND 320),
        author TEXT,
        created_at \(.int) NOT NULL,
        UNIQUE (workspace, kind, value)
    )\(.strict)
    """,
    "CREATE INDEX block_value ON block (workspace, value)",
    """
    ALTER TABLE link ADD COLUMN bot_defence TEXT NOT NULL DEFAULT 'off'
        CHECK (bot_defence IN ('off', 'proof_of_work'))
    """,
    // What was asked for and solved, until the challenge is over: each lets one booking in.
    """
    CREATE TABLE spent_proof (
        workspace TEXT NOT NULL REFERENCES workspace (id),
        seed TEXT NOT NULL CHECK (length(seed) BETWEEN 1 AND 64),
        expires_at \(.int) NOT NULL,
        PRIMARY KEY (workspace, seed)
    )\(.strict)
    """,
    "CREATE INDEX spent_proof_end ON spent_proof (expires_at)",
]
