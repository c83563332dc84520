/// Routing forms, and what people answered to them.
extension Migration {
    static let routingForms = Migration(
        number: 22, name: "routing forms", statements: [forms, responses] + formIndexes + [tenancyWall])
}

/// What a form asks and where it leads is one text: it is read and written as a whole, and its links may go any time.
private let forms: SQL = """
    CREATE TABLE routing_form (
        id TEXT PRIMARY KEY NOT NULL,
        workspace TEXT NOT NULL,
        owner TEXT NOT NULL REFERENCES account (id),
        title TEXT NOT NULL CHECK (length(title) BETWEEN 1 AND 120),
        description TEXT NOT NULL CHECK (length(description) <= 2000),
        active \(.int) NOT NULL CHECK (active IN (0, 1)),
        definition TEXT NOT NULL,
        samples TEXT NOT NULL,
        version \(.int) NOT NULL CHECK (version >= 1),
        created_at \(.int) NOT NULL,
        updated_at \(.int) NOT NULL,
        deleted_at \(.int),
        UNIQUE (workspace, id)
    )\(.strict)
    """

/// The words of the questions are kept beside the answers: they keep their meaning when the form changes.
private let responses: SQL = """
    CREATE TABLE form_response (
        id TEXT PRIMARY KEY NOT NULL,
        workspace TEXT NOT NULL,
        form TEXT NOT NULL,
        request_key TEXT NOT NULL CHECK (length(request_key) <= 255),
        answers TEXT NOT NULL,
        route TEXT,
        action TEXT NOT NULL,
        created_at \(.int) NOT NULL,
        booking TEXT,
        rerouted TEXT,
        UNIQUE (form, request_key),
        FOREIGN KEY (workspace, form) REFERENCES routing_form (workspace, id),
        FOREIGN KEY (workspace, booking) REFERENCES booking (workspace, id),
        FOREIGN KEY (workspace, rerouted) REFERENCES link (workspace, id)
    )\(.strict)
    """

private let formIndexes: [SQL] = [
    "CREATE INDEX routing_form_workspace ON routing_form (workspace, id)",
    "CREATE INDEX form_response_form ON form_response (workspace, form, id)",
    "CREATE INDEX form_response_booking ON form_response (workspace, booking) WHERE booking IS NOT NULL",
    "CREATE INDEX form_response_rerouted ON form_response (workspace, rerouted) WHERE rerouted IS NOT NULL",
]
