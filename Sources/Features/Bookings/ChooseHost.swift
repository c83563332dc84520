/// Attendees who choose their host: who can be chosen, how a choice is read, and how the page asks for it.
import Database
import Scheduling
import Web

extension Link {
    /// Whom attendees may choose: those who take turns and are there. Nobody where there is no choice.
    package var choosable: [LinkHost] {
        guard rotates, rules.rotation.hostChoice == .allowed, !hasSeats else { return [] }
        let there = hosts.filter { isRotating($0.id) && share(of: $0.id).isActive }
        return there.count > 1 ? there : []
    }

    /// - Throws: `Invalid` for whoever cannot be chosen, such as a host who has left since the page was read.
    func checkChoice(_ host: ID<User>?) throws {
        guard let host, !choosable.contains(where: { $0.id == host }) else { return }
        throw Invalid("host", choiceRefused)
    }

    /// Why somebody cannot be chosen, and what can be done.
    var choiceRefused: String {
        let names = choosable.prefix(10).map(\.name)
        guard !names.isEmpty else { return plain("Nobody can be chosen on this link. Book without a host.") }
        let more = choosable.count - names.count
        let all = names.joined(separator: ", ")
        return more > 0
            ? plain("This host cannot be chosen. Choose one of \(all) and \(more) more, or nobody.")
            : plain("This host cannot be chosen. Choose one of \(all), or nobody.")
    }
}

/// Reads whom somebody wants to meet: by id, or by the handle of their page.
struct ChooseHost: Sendable {
    let installation: Installation
    static let longest = Handle.longest

    init(_ installation: Installation) { self.installation = installation }

    /// - Returns: nil where nobody is named.
    /// - Throws: `Invalid` in words where the link gives no choice, or none of this host.
    func callAsFunction(_ text: String?, of link: Link) async throws -> ID<User>? {
        guard let text, !text.isEmpty else { return nil }
        let host = try await user(text)
        guard let host, link.choosable.contains(where: { $0.id == host }) else {
            throw Invalid("host", link.choiceRefused)
        }
        return host
    }

    private func user(_ text: String) async throws -> ID<User>? {
        if let id = ID<User>(text) { return id }
        guard Handle.isWellFormed(text) else { return nil }
        return try await LookUps(database: installation.database).profile(handle: text)?.account
    }
}

extension BookingRoutes.Visit {
    /// The host of the address, or what is said of one who cannot be chosen. Where everybody meets the same host, an
    /// address that names one is none the worse for it.
    mutating func choose(_ choice: ChooseHost) async throws {
        guard let asked = carried["host"] else { return }
        do {
            ask.host = try await choice(asked, of: link)
            carried.replace("host", by: ask.host?.text)
        } catch let invalid as Invalid {
            carried.replace("host", by: nil)
            if link.rotates { refused = invalid.fields.first?.message }
        }
    }
}

/// The choice of a host above the times; another page, so it is a form that only looks.
struct HostChoicePart: Sendable {
    let picker: Picker
    let address: PickerAddress

    var html: HTML {
        let hosts = picker.link.choosable
        guard !hosts.isEmpty else { return .empty }
        let options = [("", plain("Anyone, the first who is free"))] + hosts.map { ($0.id.text, $0.name) }
        let filled = Filled(values: ["host": picker.host?.text ?? ""])
        return """
            <form class="stack near" method="get" action="\(address.base.fragment("times"))">\
            \(each: kept, { Components.hidden($0.0, $0.1) })\
            \(Components.select("host", plain("Whom would you like to meet?"), options, in: filled))\
            <p>\(Components.button(plain("Show their times"), .plain))</p></form>
            """
    }

    private var kept: [(String, String)] {
        let day = picker.day.map { [("day", $0.description)] } ?? []
        return address.extra.filter { $0.0 != "host" } + (address.zone.map { [("timezone", $0)] } ?? [])
            + picker.clock.pairs + day
    }
}

extension Hold {
    /// Whose time it keeps by choice. Whoever a single-use link named when it was picked, and names no more, no longer
    /// is: then it is whose turn it is.
    func chosen(on link: Link, given: Bool) -> ID<User>? {
        given ? chosenHost.flatMap { host in link.choosable.first { $0.id == host }?.id } : chosenHost
    }
}
