/// What every use case needs of the installation it runs in: database, clock, keys and the public address.
import Capabilities
import Database
import Scheduling
import Web

package struct Installation: Sendable {
    package let database: Database
    package let world: World
    package let keyring: Keyring
    /// The public address without a trailing slash, such as `https://meet.example.org`; the only source of links.
    package let address: String
    /// The mailbox our mails come from, such as `bookings@meet.example.org`.
    package let mailFrom: String
    /// What is spoken here: the pseudo language only where nobody real reads.
    package let languages: [Language]
    package let gate = SubjectGate()
    /// How much strangers may book in an hour.
    package var doors: DoorLimits
    /// Of the links that are asked for their times.
    package let snapshots: OfferedSnapshots
    /// Where files are kept; without it nobody can send any.
    package var files: (any FileStore)?
    /// Looks at each file before it is kept; without it none is looked at.
    package var scanner: (any FileScanner)?

    package init(
        database: Database, world: World, keyring: Keyring, address: String, mailFrom: String,
        languages: [Language] = [.english], checksSnapshots: Bool = false, doors: DoorLimits = DoorLimits()
    ) {
        self.doors = doors
        self.database = database
        self.world = world
        self.keyring = keyring
        self.address = address
        self.mailFrom = mailFrom
        self.languages = languages
        snapshots = OfferedSnapshots(checksItself: checksSnapshots)
    }

    /// The host name of the public address: the right side of UIDs and Message-IDs.
    package var host: String {
        let afterScheme = address.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first ?? ""
        return afterScheme.split(separator: ":").first.map(String.init) ?? "localhost"
    }

    /// The language of a stored code; English for one that is not spoken here.
    package func language(_ code: String?) -> Language {
        let base = code?.prefix { $0 != "-" } ?? ""
        let known = languages.first { $0.code == code } ?? languages.first { $0.code == base } ?? .english
        return known.spoken(in: code.flatMap { $0.split(separator: "-").last }.map(String.init))
    }

    /// The full address of one of our pages.
    package func url(_ path: Path) -> String { address + path.text }
}
