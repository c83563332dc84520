/// Links made from a template: what is locked of them is the template's, whoever saves which of the two.
import Database
import Scheduling

@testable import Features

extension LinkFacts {
    /// What is locked of every link made from one.
    static let locked: Set<LinkSection> = [.identity, .duration, .location]

    /// What it says in the locked parts.
    var lockedWords: [String] { [title, place, "\(duration)", "\(gapBefore)", "\(gapAfter)"] }
}

extension Simulation {
    /// A locked part was to be changed, and stays.
    func refuseLocked(_ draft: LinkFacts, keeps: Bool, _ refused: Refused) -> String {
        let isManaged = expected.link(draft.id)?.template != nil
        if !isManaged || keeps { findings.append("managed: \(draft.title) keeps to nothing: \(refused.words)") }
        count("locked parts kept")
        return "\(draft.title): \(refused.words)"
    }

    /// What was saved of a template all its links say, each with its own of the rest.
    /// - Parameter before: what was saved over.
    func followTemplate(_ id: ID<Link>, from before: LinkFacts) async throws {
        expected.change(id) { $0.template = before.template }
        guard let saved = expected.link(id) else { return }
        if before.template != nil, saved.lockedWords != before.lockedWords {
            findings.append("managed: \(saved.lockedWords) of \(saved.id) was locked, as \(before.lockedWords)")
        }
        let made = expected.links.filter { $0.template == id && !$0.isDeleted }
        if !made.isEmpty { count("templates saved") }
        for link in made {
            let scope = town.tenants[link.tenant].host
            let stored = try await database.read(scope) { try LinkStore.find(link.id, scope: scope, in: $0) }
            guard let stored else { continue }
            let now = LinkFacts(stored, tenant: link.tenant, usual: link.usual)
            if now.lockedWords != saved.lockedWords {
                findings.append("managed: \(link.id) says \(now.lockedWords), its template \(saved.lockedWords)")
            }
            if (now.hosts, now.isActive, now.mostUses) != (link.hosts, link.isActive, link.mostUses) {
                findings.append("managed: \(link.id) lost what is its own")
            }
            let isOther = now.lockedWords != link.lockedWords
            if now.version < link.version || now.version > link.version + 1 || isOther && now.version == link.version {
                findings.append("managed: \(link.id) has version \(now.version) after \(link.version)")
            }
            if isOther { count("links that follow") }
            expected.change(link.id) { link in
                link = now
                link.template = id
            }
        }
    }
}

extension Expected {
    /// The template is gone; the links made from it stay, each to itself.
    mutating func letGo(of template: ID<Link>) {
        for link in links where link.template == template { change(link.id) { $0.template = nil } }
    }
}
