/// Sign-up sheets: one-offs whose times have places, and which a booking does not end.
extension Migration {
    static let sheets = Migration(number: 29, name: "sheets", statements: [
        "ALTER TABLE one_off ADD COLUMN per_address \(.int) CHECK (per_address BETWEEN 1 AND 10)",
        "ALTER TABLE one_off_time ADD COLUMN places \(.int) NOT NULL DEFAULT 1 CHECK (places BETWEEN 1 AND 100)",
        "ALTER TABLE one_off_time ADD COLUMN label TEXT NOT NULL DEFAULT '' CHECK (length(label) <= 80)",
    ])
}
