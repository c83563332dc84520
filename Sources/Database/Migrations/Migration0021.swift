/// More kinds of questions: answers to choose from, boxes, numbers, dates, and questions that hang on earlier answers.
extension Migration {
    static let questions = Migration(
        number: 21, name: "kinds of questions", statements: moreKinds + [
            "ALTER TABLE booking_answer ADD COLUMN kind TEXT NOT NULL DEFAULT 'text' CHECK (kind IN (\(kinds)))",
            tenancyWall,
        ])
}

private let kinds: SQL = """
    'text', 'textarea', 'select', 'radio', 'multi_select', 'checkbox', 'phone', 'email', 'number', 'date', 'file'
    """

/// Answers to choose from, and those of a condition, stand one to a line: at most fifty of 120 characters.
private let moreKinds: [SQL] = [
    .only(.postgres, "ALTER TABLE question DROP CONSTRAINT question_kind_check"),
    .only(.postgres, "ALTER TABLE question ADD CONSTRAINT question_kind_check CHECK (kind IN (\(kinds)))"),
    .only(.sqlite, "ALTER TABLE question RENAME TO question_before"),
    .only(.sqlite, """
        CREATE TABLE question (
            id TEXT PRIMARY KEY NOT NULL,
            workspace TEXT NOT NULL,
            link TEXT NOT NULL,
            position \(.int) NOT NULL CHECK (position BETWEEN 0 AND 19),
            kind TEXT NOT NULL CHECK (kind IN (\(kinds))),
            label TEXT NOT NULL CHECK (length(label) BETWEEN 1 AND 300),
            \(.bool("required")),
            UNIQUE (link, position),
            FOREIGN KEY (workspace, link) REFERENCES link (workspace, id) ON DELETE CASCADE
        )\(.strict)
        """),
    .only(.sqlite, """
        INSERT INTO question (id, workspace, link, position, kind, label, required)
        SELECT id, workspace, link, position, kind, label, required FROM question_before
        """),
    .only(.sqlite, "DROP TABLE question_before"),
    "ALTER TABLE question ADD COLUMN hint TEXT NOT NULL DEFAULT '' CHECK (length(hint) <= 300)",
    "ALTER TABLE question ADD COLUMN options TEXT NOT NULL DEFAULT '' CHECK (length(options) <= 6050)",
    "ALTER TABLE question ADD COLUMN only_if_position \(.int) CHECK (only_if_position < position)",
    "ALTER TABLE question ADD COLUMN only_if_answers TEXT NOT NULL DEFAULT '' CHECK (length(only_if_answers) <= 6050)",
]
