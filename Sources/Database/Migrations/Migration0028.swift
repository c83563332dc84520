/// Workspaces show their pages and mails in a colour of their own.
extension Migration {
    /// As it was chosen, `#2f6f4f`; what pages show is made of it, so that it can be read (see `Brand`).
    static let workspaceColour = Migration(
        number: 28, name: "workspace colour",
        statements: ["ALTER TABLE workspace ADD COLUMN colour TEXT CHECK (colour IS NULL OR length(colour) = 7)"])
}
