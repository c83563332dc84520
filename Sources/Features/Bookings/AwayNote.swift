/// What the booking page says while its host is away: until when, and who can help meanwhile.
import Database
import Scheduling
import Web

struct AwayNote: Sendable {
    let host: String
    /// Nil when they are away already.
    var from: LocalDate?
    let until: LocalDate
    /// Who was named to help, and their page where they have one.
    var colleague: (name: String, page: Path?)?

    /// Nil while the link's host is at work, today and on all of these days.
    static func load(
        _ link: Link, today: LocalDate, showing days: (first: LocalDate, last: LocalDate), scope: Scope,
        in tx: Transaction
    ) throws -> AwayNote? {
        // Of several hosts another one may be there.
        guard link.hosts.count == 1, let host = link.hosts.first else { return nil }
        let first = max(days.first, today)
        var from: LocalDate?
        if try TimeAwayStore.redirect(for: host.id, at: today, scope: scope, in: tx) == nil {
            from = try TimeAwayStore.ahead(of: host.id, from: first, scope: scope, in: tx).first {
                $0.kind == .outOfOffice && $0.from <= days.last
            }?.from
            guard from != nil else { return nil }
        }
        let day = from.map { max($0, first) } ?? today
        guard let redirect = try TimeAwayStore.redirect(for: host.id, at: day, scope: scope, in: tx) else {
            return nil
        }
        var note = AwayNote(host: host.name, from: from, until: redirect.until)
        if let colleague = redirect.colleague {
            let handle = try ProfileStore.find(colleague.id, in: tx)?.wish.handle
            note.colleague = (colleague.name, handle.map { Path("/u/\($0)") })
        }
        return note
    }

    var html: HTML {
        let away: HTML = if let from, from == until {
            say("\(host) is away on \(from.dayWords).")
        } else if let from {
            say("\(host) is away from \(from.dayWords) to \(until.dayWords).")
        } else {
            say("\(host) is away until \(until.dayWords).")
        }
        guard let colleague else { return Components.banner(.notes, away) }
        let help: HTML = colleague.page.map { page in
            say("\("<a href=\"\(page)\">\(colleague.name)</a>" as HTML) can help meanwhile.")
        } ?? say("\(colleague.name) can help meanwhile.")
        return Components.banner(.notes, "\(away) \(help)")
    }
}
