/// Links say which websites may show their pages in a frame.
extension Migration {
    /// One origin to a line: they are read and written as a whole, with the link.
    static let frameOrigins = Migration(
        number: 27, name: "frame origins",
        statements: ["""
            ALTER TABLE link ADD COLUMN frame_origins TEXT NOT NULL DEFAULT '' CHECK (length(frame_origins) <= 4100)
            """])
}
