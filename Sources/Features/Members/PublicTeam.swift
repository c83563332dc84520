/// What visitors see of a team: its people with their links, and the links of which several of them are hosts.
import Capabilities
import Database
import Scheduling
import Web

package struct PublicTeam: Sendable {
    /// Somebody of the team who can be booked.
    struct Person: Sendable {
        let id: ID<User>
        let name: String
        /// What they do in the team; "" for nothing.
        let part: String
        /// What they say about themselves.
        let text: String
        /// Of their own page, which only open doors lead to.
        let handle: String?
        let picture: ProfilePicture?
        var links: [Offer] = []
    }

    /// A link that can be booked.
    struct Offer: Sendable {
        let id: ID<Link>
        let slug: String
        let title: String
        let description: String
        var lengths: [Int]
        var places: [Location] = []
        /// The sites that may show its pages in a frame.
        var origins: [SiteOrigin] = []

        var path: Path { Path("/book/\(slug)") }
    }

    let slug: String
    let name: String
    let description: String
    let visibility: TeamVisibility
    let workspace: ID<Workspace>
    let workspaceName: WorkspaceName
    /// Links of several people of the team, by title.
    let shared: [Offer]
    /// Those who have a link of their own, by name.
    let people: [Person]

    var path: Path { Path("/team/\(slug)") }

    /// Nil for an address no team has.
    static func find(_ slug: String, _ installation: Installation) async throws -> PublicTeam? {
        guard Slug.isWellFormed(slug), let found = try await LookUps(database: installation.database).team(slug: slug)
        else { return nil }
        let (scope, now) = (Scope(workspace: found.workspace, actor: .visitor), installation.world.now)
        return try await installation.database.read(scope) { tx in
            try PublicTeamStore.find(found.team, now: now, scope: scope, in: tx)
        }
    }
}

extension PublicTeam {
    /// For apps; no ids of people, as everywhere in public.
    func json(address: String) -> JSON {
        [
            "slug": .string(slug), "name": .string(name), "description": .string(description),
            "visibility": .string(visibility.rawValue), "links": .array(shared.map(\.json)),
            "members": .array(people.map { person in
                [
                    "name": .string(person.name), "part": .string(person.part), "text": .string(person.text),
                    "handle": JSON(person.handle),
                    "picture": JSON(person.picture.map { address + $0.path.text }),
                    "links": .array(person.links.map(\.json)),
                ]
            }),
        ]
    }
}

extension PublicTeam.Offer {
    fileprivate var json: JSON {
        [
            "slug": .string(slug), "title": .string(title), "description": .string(description),
            "durations": .array(lengths.map { .int(Int64($0)) }),
            "locations": .array(places.map {
                ["kind": .string($0.kind.rawValue), "text": .string($0.openWords)]
            }),
        ]
    }
}

/// What the product says no to about pages of teams.
package enum TeamRefusal: Refusal {
    case notFound

    package var status: Int { 404 }
    package var code: String { "not_found" }
    package var message: String {
        plain("There is no team at this address. Check it, or ask the person who sent it.")
    }
}
