/// Files that come as answers: uploaded before a booking by whoever has the token, and the booking's from then on.
extension Migration {
    static let answerFiles = Migration(
        number: 30, name: "files as answers", statements: answerFileTables + [tenancyWall])

    /// A file has a row for each booking that it is an answer of: a series has several. What it is called never becomes
    /// part of a path.
    private static let answerFileTables: [SQL] = [
        """
        CREATE TABLE answer_file (
            id TEXT PRIMARY KEY NOT NULL,
            workspace TEXT NOT NULL,
            link TEXT NOT NULL,
            question TEXT NOT NULL,
            token_hash \(.bytes) UNIQUE,
            file TEXT NOT NULL CHECK (length(file) = 43),
            name TEXT NOT NULL CHECK (length(name) BETWEEN 1 AND 120),
            kind TEXT NOT NULL,
            size \(.int) NOT NULL CHECK (size BETWEEN 1 AND 26214400),
            booking TEXT,
            created_at \(.int) NOT NULL,
            UNIQUE (workspace, id),
            UNIQUE (booking, question),
            FOREIGN KEY (workspace, link) REFERENCES link (workspace, id),
            FOREIGN KEY (workspace, booking) REFERENCES booking (workspace, id) ON DELETE CASCADE
        )\(.strict)
        """,
        "CREATE INDEX answer_file_link ON answer_file (workspace, link)",
        "CREATE INDEX answer_file_booking ON answer_file (workspace, booking) WHERE booking IS NOT NULL",
        "CREATE INDEX answer_file_waiting ON answer_file (created_at) WHERE booking IS NULL",
        "CREATE INDEX answer_file_file ON answer_file (file)",
    ]
}
