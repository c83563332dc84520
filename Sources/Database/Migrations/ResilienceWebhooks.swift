/// Webhooks in and out: endpoints, their deliveries, what came in, and the effects others have accepted.
let resilienceWebhooks: [SQL] = [
    """
    CREATE TABLE webhook (
        id TEXT PRIMARY KEY NOT NULL,
        workspace TEXT NOT NULL REFERENCES workspace (id),
        url TEXT NOT NULL CHECK (length(url) BETWEEN 1 AND 2000),
        description TEXT NOT NULL DEFAULT '' CHECK (length(description) <= 200),
        events TEXT NOT NULL,
        active \(.int) NOT NULL CHECK (active IN (0, 1)),
        off_reason TEXT NOT NULL DEFAULT '' CHECK (off_reason IN ('', 'gone', 'failing')),
        secret_sealed \(.bytes) NOT NULL,
        former_sealed \(.bytes),
        former_until \(.int),
        failing_since \(.int),
        created_at \(.int) NOT NULL,
        UNIQUE (workspace, id),
        CHECK ((former_sealed IS NULL) = (former_until IS NULL))
    )\(.strict)
    """,
    // The body is what happened at that moment; it is never written again.
    """
    CREATE TABLE webhook_delivery (
        id TEXT PRIMARY KEY NOT NULL,
        workspace TEXT NOT NULL,
        webhook TEXT NOT NULL,
        event TEXT NOT NULL,
        subject TEXT NOT NULL,
        version \(.int) NOT NULL,
        body TEXT NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('waiting', 'accepted', 'failed', 'dropped', 'recorded')),
        attempts \(.int) NOT NULL DEFAULT 0,
        next_at \(.int),
        created_at \(.int) NOT NULL,
        UNIQUE (workspace, id),
        UNIQUE (workspace, webhook, event, subject, version),
        CHECK ((state = 'waiting') = (next_at IS NOT NULL)),
        FOREIGN KEY (workspace, webhook) REFERENCES webhook (workspace, id) ON DELETE CASCADE
    )\(.strict)
    """,
    "CREATE INDEX webhook_delivery_newest ON webhook_delivery (webhook, id)",
    "CREATE INDEX webhook_delivery_age ON webhook_delivery (created_at)",
    """
    CREATE TABLE webhook_attempt (
        workspace TEXT NOT NULL,
        delivery TEXT NOT NULL,
        number \(.int) NOT NULL CHECK (number >= 1),
        at \(.int) NOT NULL,
        milliseconds \(.int) NOT NULL,
        status \(.int),
        reply TEXT NOT NULL DEFAULT '',
        problem TEXT NOT NULL DEFAULT '',
        PRIMARY KEY (delivery, number),
        FOREIGN KEY (workspace, delivery) REFERENCES webhook_delivery (workspace, id) ON DELETE CASCADE
    )\(.strict)
    """,
    // Who outside was told what of a booking, and when the other side took it. One row for one effect, for ever.
    """
    CREATE TABLE effect (
        workspace TEXT NOT NULL REFERENCES workspace (id),
        kind TEXT NOT NULL CHECK (kind IN ('mail', 'webhook')),
        subject TEXT NOT NULL,
        version \(.int) NOT NULL,
        news TEXT NOT NULL,
        recipient TEXT NOT NULL,
        effect_key TEXT NOT NULL,
        note TEXT NOT NULL DEFAULT '' CHECK (length(note) <= 500),
        accepted_at \(.int) NOT NULL,
        PRIMARY KEY (workspace, kind, subject, version, news, recipient),
        UNIQUE (kind, effect_key)
    )\(.strict)
    """,
    // What came in, as it came; the source's own id of the event makes a second arrival the first one.
    """
    CREATE TABLE webhook_received (
        source TEXT NOT NULL CHECK (length(source) BETWEEN 1 AND 100),
        event_id TEXT NOT NULL CHECK (length(event_id) BETWEEN 1 AND 255),
        body \(.bytes) NOT NULL,
        received_at \(.int) NOT NULL,
        PRIMARY KEY (source, event_id)
    )\(.strict)
    """,
    "CREATE INDEX webhook_received_age ON webhook_received (received_at)",
]
