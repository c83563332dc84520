/// What the booking page says while its host is away: until when, and who can help meanwhile.
import Database
import Scheduling
import Web

struct AwayNote: Sendable {
    let host: String
    let until: LocalDate
    /// Who was named to help, and their page where they have one.
    var colleague: (name: String, page: Path?)?

    /// Nil while the link's host is at work.
    static func load(_ link: Link, on today: LocalDate, scope: Scope, in tx: Transaction) throws -> AwayNote? {
        guard let host = link.hosts.first,
            let redirect = try TimeAwayStore.redirect(for: host.id, at: today, scope: scope, in: tx)
        else { return nil }
        var note = AwayNote(host: host.name, until: redirect.until)
        if let colleague = redirect.colleague {
            let handle = try ProfileStore.find(colleague.id, in: tx)?.wish.handle
            note.colleague = (colleague.name, handle.map { Path("/u/\($0)") })
        }
        return note
    }

    var html: HTML {
        let away = say("\(host) is away until \(until.dayWords).")
        guard let colleague else { return Components.banner(.notes, away) }
        let help: HTML = colleague.page.map { page in
            say("\("<a href=\"\(page)\">\(colleague.name)</a>" as HTML) can help meanwhile.")
        } ?? say("\(colleague.name) can help meanwhile.")
        return Components.banner(.notes, "\(away) \(help)")
    }
}
