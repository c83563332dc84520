/// Making a team, changing one, deleting one; each with its row in the log.
import Database
import Scheduling
import Web

package struct SaveTeam: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// A team before its transaction, which may run twice.
    struct Draft: Sendable {
        let id: ID<Team>
        let entry: AuditEntry
        let variations: [String]
        let wish: TeamWish
    }

    func draft(_ wish: TeamWish, from origin: Origin) -> Draft {
        let world = installation.world
        let id = world.id(Team.self)
        return Draft(
            id: id, entry: AuditEntry(.teamMade, of: id.text, named: wish.name, from: origin, world),
            variations: Slug.variations(of: wish.slug, entropy: world.entropy), wish: wish)
    }

    /// - Throws: `Invalid` with the field: a taken slug, people of elsewhere.
    func insert(_ draft: Draft, scope: Scope, in tx: Transaction) throws -> Team {
        let slug = try freeSlug(draft.wish, draft.variations, except: nil, in: tx)
        let team = Team(
            id: draft.id, name: draft.wish.name, slug: slug, members: [], createdAt: draft.entry.at,
            description: draft.wish.description, visibility: draft.wish.visibility)
        try TeamStore.insert(team, scope: scope, in: tx)
        try set(draft.wish.people ?? [], of: team.id, scope: scope, in: tx)
        let saved = try TeamStore.find(team.id, scope: scope, in: tx) ?? team
        try AuditStore.record(draft.entry.about(saved.name, after: saved.logged), scope: scope, in: tx)
        return saved
    }

    package func create(_ wish: TeamWish, scope: Scope, from origin: Origin) async throws -> Team {
        let draft = draft(wish, from: origin)
        return try await installation.database.write(scope) { tx in try insert(draft, scope: scope, in: tx) }
    }

    /// - Parameter change: reads the wish over what the team is at that moment.
    /// - Throws: `Common.notFound`, `Invalid`.
    package func update(
        _ id: ID<Team>, scope: Scope, from origin: Origin, _ change: @escaping @Sendable (Team) throws -> TeamWish
    ) async throws -> Team {
        let world = installation.world
        let entry = AuditEntry(.teamChanged, of: id.text, from: origin, world)
        return try await installation.database.write(scope) { tx in
            guard var team = try TeamStore.find(id, locking: true, scope: scope, in: tx) else { throw Common.notFound }
            let (wish, before) = (try change(team), team.logged)
            team.slug = try freeSlug(
                wish, Slug.variations(of: wish.slug, entropy: world.entropy), except: id, in: tx)
            (team.name, team.description, team.visibility) = (wish.name, wish.description, wish.visibility)
            try TeamStore.update(team, scope: scope, in: tx)
            if let people = wish.people { try set(people, of: id, scope: scope, in: tx) }
            let saved = try TeamStore.find(id, scope: scope, in: tx) ?? team
            try AuditStore.record(
                entry.about(saved.name, before: before, after: saved.logged), scope: scope, in: tx)
            return saved
        }
    }

    /// - Throws: `Common.notFound`.
    package func delete(_ id: ID<Team>, scope: Scope, from origin: Origin) async throws {
        let entry = AuditEntry(.teamDeleted, of: id.text, from: origin, installation.world)
        try await installation.database.write(scope) { tx in
            guard let team = try TeamStore.find(id, locking: true, scope: scope, in: tx),
                  try TeamStore.delete(id, scope: scope, in: tx)
            else { throw Common.notFound }
            try AuditStore.record(entry.about(team.name, before: team.logged), scope: scope, in: tx)
        }
    }

    private func set(_ people: [TeamWish.Person], of team: ID<Team>, scope: Scope, in tx: Transaction) throws {
        let known = Set(try AccountStore.members(of: scope.workspace, in: tx).map(\.account.id))
        for (index, person) in people.enumerated() where !known.contains(person.user) {
            throw Invalid("members.\(index).userId", plain("There is no such person in this workspace."))
        }
        // Named twice, a person manages if either says so.
        let managers = Set(people.filter(\.manages).map(\.user))
        let parts = Dictionary(people.map { ($0.user, $0.part) }) { $0.isEmpty ? $1 : $0 }
        let once = Set(people.map(\.user)).sorted().map {
            TeamWish.Person(user: $0, manages: managers.contains($0), part: parts[$0] ?? "")
        }
        try TeamStore.set(once, of: team, scope: scope, in: tx)
    }

    private func freeSlug(
        _ wish: TeamWish, _ variations: [String], except id: ID<Team>?, in tx: Transaction
    ) throws -> String {
        guard try TeamStore.isTaken(slug: wish.slug, except: id, in: tx) else { return wish.slug }
        let free = try variations.filter { try !TeamStore.isTaken(slug: $0, except: id, in: tx) }
        if wish.mayVarySlug, let first = free.first { return first }
        let words = free.joined(separator: ", ")
        throw Invalid("slug", code: "taken", plain("“\(wish.slug)” is taken. These are free: \(words)."))
    }
}
