/// `readdress OLD NEW`: what has to happen when the public address of an installation changes.
import ArgumentParser
import Database
import Foundation
import Scheduling

struct ReaddressCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "readdress", abstract: "Move to another public address; the old one leads to the new one.",
        discussion: "Afterwards set WORKESTRA_URL to the new address and restart every process.")

    @Argument(help: "The address until now, such as https://meet.example.org.") var old: String
    @Argument(help: "The address from now on.") var new: String
    @Flag(help: "Only say what would be done.") var dryRun = false

    mutating func run() async throws {
        let (old, new, isTrial) =
            (try Settings.address(old, named: "OLD"), try Settings.address(new, named: "NEW"), dryRun)
        try await Command.withApp { app in
            let moved = try await Readdress(app.installation.database, app.installation.world)(
                from: old, to: new, isTrial: isTrial)
            print(moved.report(isTrial: isTrial, settings: app.settings))
        }
    }
}

/// What a move of the address changed, or would.
struct Readdressed: Hashable, Sendable {
    let old: String
    let new: String
    var changed: [AddressPlace: Int] = [:]
    /// Too long with the new address in them; by the id of the link or person.
    var tooLong: [String] = []

    func report(isTrial: Bool, settings: Settings) -> String {
        var lines = AddressPlace.allCases.compactMap { place in
            changed[place].map { "\(isTrial ? "would change" : "changed")  \($0) × \(place.rawValue)" }
        }
        if lines.isEmpty { lines = ["No text of a link or a person names \(old)."] }
        lines += tooLong.map { "too long  \($0): with the new address the text has no room; change it by hand" }
        lines.append(isTrial ? "Nothing was changed." : "Requests for \(old) are sent on to \(new).")
        lines += ["To do elsewhere:"] + todo(settings).map { "- \($0)" }
        return lines.joined(separator: "\n")
    }

    private func todo(_ settings: Settings) -> [String] {
        var todo = settings.url == new ? [] : ["Set WORKESTRA_URL to \(new) and restart every process."]
        todo += [
            "Let the name of \(new) lead here, with a certificate, and leave those of \(old) for as long as people "
                + "have mails with its links.",
            settings.values["WORKESTRA_MAIL_FROM"] == nil
                ? "Mails come from another mailbox, since WORKESTRA_MAIL_FROM is not set: allow it (SPF, DKIM), or set "
                    + "it to \(settings.mailFrom)."
                : "WORKESTRA_MAIL_FROM stays \(settings.mailFrom).",
            "Give \(new) to programs that use the API: most do not follow from the old address with their key.",
            "Change the address where it stands on your own pages and in signatures.",
        ]
        return todo + ["Everybody signs in once more: sessions belong to the old address."]
    }
}

struct Readdress {
    let database: Database
    let world: World

    init(_ database: Database, _ world: World) { (self.database, self.world) = (database, world) }

    /// Links in mails, tokens, slugs and the ids of calendar entries hold no address of their own and stay.
    /// - Throws: `SettingsError` when the two are the same.
    func callAsFunction(from old: String, to new: String, isTrial: Bool) async throws -> Readdressed {
        guard old.lowercased() != new.lowercased() else { throw SettingsError("Both addresses are \(new).") }
        let now = world.now
        let move = Move(from: old, to: new)
        if isTrial { return try await database.lookUp { tx in try move.look(tx) { _, _, _, _ in } } }
        return try await database.writeUnscoped { tx in
            try AddressStore.move(from: old.lowercased(), to: new.lowercased(), now: now, in: tx)
            return try move.look(tx) { place, id, text, moved in
                try AddressStore.replace(place, of: id, text, by: moved, in: tx)
            }
        }
    }
}

/// Finds one address in texts and puts another in its place.
struct Move: Sendable {
    let old: String
    let new: String

    init(from old: String, to new: String) { (self.old, self.new) = (old, new) }

    fileprivate func look(
        _ tx: Transaction, _ change: (AddressPlace, String, String, String) throws -> Void
    ) throws -> Readdressed {
        var found = Readdressed(old: old, new: new)
        for place in AddressPlace.allCases {
            for (id, text) in try AddressStore.texts(place, holding: old, in: tx) {
                guard let moved = moved(text) else { continue }
                guard moved.unicodeScalars.count <= place.longest else {
                    found.tooLong.append(id)
                    continue
                }
                try change(place, id, text, moved)
                found.changed[place, default: 0] += 1
            }
        }
        return found
    }

    /// The text with the new address; nil when the old one is only the beginning of another address in it.
    func moved(_ text: String) -> String? {
        var (result, rest) = ("", text[...])
        var isChanged = false
        while let range = rest.firstRange(of: old) {
            let isWhole = Self.ends(rest[range.upperBound...])
            result += rest[..<range.lowerBound] + (isWhole ? new : old)
            isChanged = isChanged || isWhole
            rest = rest[range.upperBound...]
        }
        return isChanged ? result + rest : nil
    }

    /// Whether an address is over before these signs: `.` and `:` may end a sentence or go on with a name or a port.
    private static func ends(_ rest: Substring) -> Bool {
        guard let next = rest.first else { return true }
        if next == "." || next == ":" { return !(rest.dropFirst().first.map(isPart) ?? false) }
        return !isPart(next) && next != "@"
    }

    private static func isPart(_ sign: Character) -> Bool {
        sign.isLetter || sign.isNumber || sign == "-" || sign == "_"
    }
}

extension App {
    /// Names under which the installation was reached before, as `Host` headers spell them; never today's.
    func formerHosts() async throws -> Set<String> {
        let former = try await installation.database.lookUp { try AddressStore.former(in: $0) }
        return Set(former.map(Self.hostHeader)).subtracting([Self.hostHeader(settings.url.lowercased())])
    }

    /// `meet.example.org` or `meet.example.org:8443`: clients leave the scheme's own port out.
    private static func hostHeader(_ address: String) -> String {
        let (scheme, port) = address.hasPrefix("https:") ? ("https://", ":443") : ("http://", ":80")
        let authority = String(address.dropFirst(scheme.count))
        return authority.hasSuffix(port) ? String(authority.dropLast(port.count)) : authority
    }
}
