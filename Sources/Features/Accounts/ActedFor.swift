/// Whose days, hours or link a page is about: one's own, or those of somebody in whose place one acts (`?of=`).
import Database
import Scheduling
import Web

package struct ActedFor: Sendable, Hashable {
    package let id: ID<User>
    package let name: String
    package let isOwn: Bool

    package init(id: ID<User>, name: String, isOwn: Bool) {
        (self.id, self.name, self.isOwn) = (id, name, isOwn)
    }

    package init(_ principal: Principal) { self.init(id: principal.user, name: principal.name, isOwn: true) }

    /// - Parameter text: what the address or the form says; nothing means oneself.
    /// - Throws: `Common.notFound` for somebody for whom this person does not act.
    package init(_ text: String?, for principal: Principal, in tx: Transaction) throws {
        guard let text, !text.isEmpty, text != principal.user.text else {
            self.init(principal)
            return
        }
        guard let id = ID<User>(text), principal.acts(on: [id]),
            let member = try AccountStore.member(id, workspace: principal.workspace, in: tx)
        else { throw Common.notFound }
        self.init(id: id, name: member.account.name, isOwn: false)
    }

    /// The same for a body that says it as `hostId`.
    /// - Throws: `Invalid` beside that field.
    package static func host(
        _ text: String?, for principal: Principal, in database: Database
    ) async throws -> ActedFor {
        do {
            return try await database.read(principal.scope) { try ActedFor(text, for: principal, in: $0) }
        } catch Common.notFound {
            throw Invalid("hostId", plain("Only your own, and for people whom you assist."))
        }
    }

    /// What keeps an address with this person.
    package var query: [(String, String)] { isOwn ? [] : [("of", id.text)] }

    /// The same in a form.
    package var field: HTML { isOwn ? .empty : Components.hidden("of", id.text) }

    /// Everybody a page can be about: oneself, and whom one assists by name.
    package static func choices(_ principal: Principal, in tx: Transaction) throws -> [ActedFor] {
        guard !principal.assists.isEmpty else { return [] }
        let others = try AccountStore.members(principal.assists, of: principal.workspace, in: tx)
        return [ActedFor(principal)] + others.map { ActedFor(id: $0.account.id, name: $0.account.name, isOwn: false) }
    }

    /// Asks the page about somebody else; nothing for whoever assists nobody.
    package func chooser(_ choices: [ActedFor], action: Path) -> HTML {
        guard choices.count > 1 else { return .empty }
        let people = choices.map { ($0.isOwn ? "" : $0.id.text, $0.isOwn ? plain("You") : $0.name) }
        return """
            <form class="line" action="\(action)">\
            \(Components.select("of", plain("Whose"), people, in: Filled(values: ["of": isOwn ? "" : id.text])))\
            \(Components.button(plain("Show")))</form>
            """
    }
}
