/// Every SQL statement on public addresses: former ones of the installation, and those that people wrote into texts.
import Database
import Scheduling

/// A kind of text in which people write addresses of this installation.
enum AddressPlace: String, CaseIterable {
    case description = "a link's description"
    case confirmation = "a link's words after booking"
    case redirect = "the page a link goes on to"
    case location = "a link's place"
    case profile = "a person's profile"

    /// What the schema allows, in characters.
    var longest: Int {
        switch self {
        case .description: 5_000
        case .confirmation, .redirect: 2_000
        case .location, .profile: 500
        }
    }
}

enum AddressStore {
    private static let fact = "former_address "

    /// Addresses the installation had before, such as `https://meet.example.org`.
    static func former(in tx: Transaction) throws -> [String] {
        try tx.all(
            // The 15 signs of the fact's name; as a value PostgreSQL would take them for a number that is too large.
            "SELECT name FROM installation WHERE substr(name, 1, 15) = \(fact) ORDER BY name"
        ) { String((try $0["name"] as String).dropFirst(fact.count)) }
    }

    /// From now on `old` leads to where the installation is; `new` is no former address any more.
    static func move(from old: String, to new: String, now: Instant, in tx: Transaction) throws {
        try tx.run("DELETE FROM installation WHERE name = \(fact + new)")
        try tx.run("""
            INSERT INTO installation (name, value) VALUES (\(fact + old), \(String(now.seconds)))
            ON CONFLICT (name) DO NOTHING
            """)
    }

    /// The texts of a kind that hold these signs, with the id of the link or the person; across workspaces, since an
    /// address belongs to the installation.
    static func texts(_ place: AddressPlace, holding part: String, in tx: Transaction) throws -> [(String, String)] {
        let sql: SQL = switch place {
        case .description:
            "SELECT id, description AS text FROM link WHERE replace(description, \(part), '') <> description"
        case .confirmation:
            "SELECT id, confirmation AS text FROM link WHERE replace(confirmation, \(part), '') <> confirmation"
        case .redirect: "SELECT id, redirect AS text FROM link WHERE replace(redirect, \(part), '') <> redirect"
        case .location: "SELECT link AS id, text FROM link_location WHERE replace(text, \(part), '') <> text"
        case .profile:
            "SELECT id, profile_text AS text FROM account WHERE replace(profile_text, \(part), '') <> profile_text"
        }
        return try tx.all("\(sql) ORDER BY 1, 2") { (try $0["id"], try $0["text"]) }
    }

    /// Puts one text in place of another; across workspaces as above.
    static func replace(
        _ place: AddressPlace, of id: String, _ old: String, by new: String, in tx: Transaction
    ) throws {
        let sql: SQL = switch place {
        case .description: "UPDATE link SET description = \(new) WHERE id = \(id) AND description = \(old)"
        case .confirmation: "UPDATE link SET confirmation = \(new) WHERE id = \(id) AND confirmation = \(old)"
        case .redirect: "UPDATE link SET redirect = \(new) WHERE id = \(id) AND redirect = \(old)"
        case .location: "UPDATE link_location SET text = \(new) WHERE link = \(id) AND text = \(old)"
        case .profile: "UPDATE account SET profile_text = \(new) WHERE id = \(id) AND profile_text = \(old)"
        }
        try tx.run(sql)
        // Whoever has the editor open is told that the link is another one now.
        if place != .profile { try tx.run("UPDATE link SET version = version + 1 WHERE id = \(id)") }
    }
}
