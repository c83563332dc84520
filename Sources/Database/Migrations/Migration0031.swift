/// Files that wait are counted by the network they came from, and by the bytes of a workspace.
extension Migration {
    static let waitingFiles = Migration(number: 31, name: "networks of waiting files", statements: [
        """
        ALTER TABLE answer_file ADD COLUMN client \(.bytes)
            CHECK (client IS NULL OR length(client) = 16 AND booking IS NULL)
        """,
        "CREATE INDEX answer_file_room ON answer_file (workspace, created_at) WHERE booking IS NULL",
    ])
}
