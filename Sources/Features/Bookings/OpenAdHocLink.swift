/// From `/book/ada+bob` to the link of these two: what is shown is imagined, and whoever books makes it real.
import Database
import Scheduling
import Web

/// What the product says no to about such links; for people who are unknown or do not want it, `LinkRefusal.notFound`.
package enum AdHocRefusal: Refusal {
    case tooMany

    package var status: Int { 409 }
    package var code: String { "conflict" }
    package var message: String {
        plain("Too many pages of this kind are in use here. Book with one of these people, on a page of their own.")
    }
}

/// From `ada+bob` to the link of these two, stored or imagined.
struct OpenAdHocLink: Sendable {
    let installation: Installation

    init(_ installation: Installation) { self.installation = installation }

    /// - Throws: `LinkRefusal.notFound` for all that is wrong, and never says about whom.
    func find(_ slug: String) async throws -> (Link, Scope) {
        guard let handles = AdHocLink.handles(in: slug), AdHocLink.crew.contains(handles.count),
            handles.allSatisfy(Handle.isWellFormed)
        else { throw LinkRefusal.notFound }
        let found = try await LookUps(database: installation.database).together(handles: Set(handles).sorted())
        let workspaces = Set(found.map(\.workspace))
        guard found.count == handles.count, Set(found.map(\.account)).count == handles.count,
            workspaces.count == 1, let workspace = workspaces.first
        else { throw LinkRefusal.notFound }
        let (scope, now) = (Scope(workspace: workspace, actor: .visitor), installation.world.now)
        let (imagined, crew): (ID<Link>, [FoundHandle]) = (
            installation.world.id(), found.sorted { $0.handle < $1.handle })
        let slug = crew.map(\.handle).joined(separator: "+")
        return try await installation.database.read(scope) { tx in
            let people = try LinkHostStore.people(crew.map(\.account), scope: scope, in: tx)
            let hosts = crew.compactMap { people[$0.account] }
            guard hosts.count == crew.count else { throw LinkRefusal.notFound }
            if let known = try AdHocStore.find(AdHocLink.key(of: hosts), slug: slug, scope: scope, in: tx) {
                return (known, scope)
            }
            let hours = try ScheduleStore.usual(of: hosts.map(\.id), scope: scope, in: tx)
            // The zone of the link is that of the first who keeps hours.
            guard let schedule = hosts.lazy.compactMap({ hours[$0.id] }).first else { throw LinkRefusal.notFound }
            var link = Link(
                id: imagined, rules: AdHocLink.rules(hosts, slug: slug), schedule: schedule.id, hosts: hosts,
                questions: [], version: 0, createdAt: now)
            link.adHoc = AdHocLink.key(of: hosts)
            return (link, scope)
        }
    }

    /// The link as a row, for whoever begins to book: as often as one asks, there is one of these people.
    func stored(_ link: Link, scope: Scope) async throws -> Link {
        guard link.isImagined, let key = link.adHoc else { return link }
        let (save, ids, now) = (SaveLink(installation), NewLinkIDs(installation.world), installation.world.now)
        let other = Slug.proposed(from: "", entropy: installation.world.entropy)
        for _ in 0..<4 {
            do {
                return try await installation.database.write(scope) { tx in
                    let slug = link.rules.slug
                    if let known = try AdHocStore.find(key, slug: slug, scope: scope, in: tx) { return known }
                    let count = try AdHocStore.count(scope: scope, in: tx)
                    guard count < AdHocLink.most else { throw AdHocRefusal.tooMany }
                    var wish = LinkWish(rules: link.rules)
                    (wish.hosts, wish.schedule) = (link.hosts.map { HostWish($0.id) }, link.schedule)
                    // Whoever showed their page in another workspace before may have left the address there.
                    if try SlugStore.isTaken(slug, except: nil, now: now, in: tx) { wish.rules.slug = other }
                    let made = try save.insert(
                        wish, host: link.hosts[0].id, ids: ids, now: now, scope: scope, in: tx)
                    try AdHocStore.mark(made.id, key, scope: scope, in: tx)
                    return try AdHocStore.find(key, slug: slug, scope: scope, in: tx) ?? made
                }
            } catch DatabaseError.unique {
                // Somebody else begins to book the same people in the same moment; the next look finds their row.
                continue
            } catch let invalid as Invalid where invalid.fields.contains(where: { $0.field == "slug" }) {
                // The same, and they were done between two looks.
                continue
            }
        }
        throw Common.unavailable(retryAfter: 1)
    }
}
