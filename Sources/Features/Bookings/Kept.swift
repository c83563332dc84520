/// What somebody typed, sealed into an address: it comes along to the times and back, and only this server reads it.
import Database
import Scheduling
import Web

struct Kept: Sendable {
    static let name = "kept"
    /// Bytes of all that is kept, since it travels in addresses; what is beyond is left behind.
    static let most = 1_800
    static let minutes = 60

    let keyring: Keyring
    let link: ID<Link>
    let now: Instant

    init(_ link: Link, _ installation: Installation) {
        (keyring, self.link, now) = (installation.keyring, link.id, installation.world.now)
    }

    /// The fields of the details' form that hold what was typed.
    static func typed(_ data: FormData) -> [(String, String)] {
        data.pairs.filter { name, value in
            !value.isEmpty && (names.contains(name) || name.hasPrefix("answers."))
        }
    }

    private static let names: Set<String> = [
        "attendee.name", "attendee.email", "attendee.phone", "location", "location.text", "guests",
        "bookedBy.name", "bookedBy.email",
    ]

    /// The pair that goes into an address; none when there is nothing to keep.
    func pairs(_ values: [(String, String)]) -> [(String, String)] {
        var room = Self.most
        let fitting = values.filter { name, value in
            let bytes = name.utf8.count + value.utf8.count + 8
            guard bytes <= room else { return false }
            room -= bytes
            return true
        }
        guard !fitting.isEmpty else { return [] }
        let json: JSON = [
            "until": .int(now.adding(minutes: Self.minutes).seconds),
            "values": .object(fitting.map { ($0.0, .string($0.1)) }),
        ]
        return [(Self.name, URLText.text(keyring.seal(json.bytes, bound: place)))]
    }

    /// What was typed, by field; nothing out of a text that was changed, is too old or is of another link.
    func values(_ text: String?) -> [String: String] {
        guard let text, let sealed = URLText.bytes(text), let bytes = try? keyring.open(sealed, bound: place),
            let json = try? JSON(reading: bytes), let until = json["until"]?.int, now.seconds < until
        else { return [:] }
        let pairs = (json["values"]?.members ?? []).compactMap { name, value in value.string.map { (name, $0) } }
        return Dictionary(pairs, uniquingKeysWith: { first, _ in first })
    }

    private var place: String { "kept|\(link)" }
}
