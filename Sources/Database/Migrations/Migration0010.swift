/// Pools of hosts, and resources: what links take out of several people, and what they need beside them.
extension Migration {
    static let pools = Migration(
        number: 10, name: "pools and resources", statements: poolsOfLinks + resources + [tenancyWall])
}

private let poolsOfLinks: [SQL] = [
    // Hosts and assignments name their pool: it is the pool's name that people give and see.
    """
    CREATE TABLE link_pool (
        workspace TEXT NOT NULL,
        link TEXT NOT NULL,
        position \(.int) NOT NULL CHECK (position BETWEEN 0 AND 9),
        name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 60),
        take \(.int) NOT NULL CHECK (take BETWEEN 1 AND 20),
        PRIMARY KEY (link, position),
        UNIQUE (link, name),
        FOREIGN KEY (workspace, link) REFERENCES link (workspace, id) ON DELETE CASCADE
    )\(.strict)
    """,
    "ALTER TABLE link_host ADD COLUMN pool TEXT CHECK (length(pool) BETWEEN 1 AND 60)",
    "ALTER TABLE assignment ADD COLUMN pool TEXT CHECK (length(pool) BETWEEN 1 AND 60)",
]

/// The id of a resource is a subject of the ledger, like an account's. `hours` is the week as JSON, as in the API.
private let resources: [SQL] = [
    """
    CREATE TABLE resource (
        id TEXT PRIMARY KEY NOT NULL REFERENCES subject (id),
        workspace TEXT NOT NULL REFERENCES workspace (id),
        name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
        kind TEXT NOT NULL CHECK (kind IN ('room', 'desk', 'equipment', 'vehicle')),
        seats \(.int) CHECK (seats BETWEEN 1 AND 1000),
        place TEXT NOT NULL CHECK (length(place) <= 200),
        zone TEXT NOT NULL,
        hours TEXT,
        active \(.int) NOT NULL CHECK (active IN (0, 1)),
        version \(.int) NOT NULL CHECK (version >= 1),
        created_at \(.int) NOT NULL,
        deleted_at \(.int),
        UNIQUE (workspace, id)
    )\(.strict)
    """,
    """
    CREATE TABLE link_resource (
        workspace TEXT NOT NULL,
        link TEXT NOT NULL,
        need \(.int) NOT NULL CHECK (need BETWEEN 0 AND 7),
        position \(.int) NOT NULL CHECK (position BETWEEN 0 AND 49),
        resource TEXT NOT NULL,
        required \(.int) NOT NULL CHECK (required IN (0, 1)),
        PRIMARY KEY (link, need, position),
        UNIQUE (link, resource),
        FOREIGN KEY (workspace, link) REFERENCES link (workspace, id) ON DELETE CASCADE,
        FOREIGN KEY (workspace, resource) REFERENCES resource (workspace, id)
    )\(.strict)
    """,
    "CREATE INDEX link_resource_resource ON link_resource (workspace, resource)",
    """
    CREATE TABLE booking_resource (
        workspace TEXT NOT NULL,
        booking TEXT NOT NULL,
        resource TEXT NOT NULL,
        position \(.int) NOT NULL,
        PRIMARY KEY (booking, resource),
        FOREIGN KEY (workspace, booking) REFERENCES booking (workspace, id),
        FOREIGN KEY (workspace, resource) REFERENCES resource (workspace, id)
    )\(.strict)
    """,
    "CREATE INDEX booking_resource_resource ON booking_resource (workspace, resource)",
]
