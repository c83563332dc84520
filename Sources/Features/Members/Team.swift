/// Teams: some people of a workspace under a name, and who manages them.
import Database
import Scheduling
import Web

package struct Team: Identified, Sendable {
    package static let idPrefix = "team"

    package let id: ID<Team>
    package var name: String
    package var slug: String
    package var members: [TeamMember]
    package let createdAt: Instant
    /// What strangers read under the name; "" for nothing.
    package var description = ""
    package var visibility = TeamVisibility.workspace

    package var path: Path { Path("/team/\(slug)") }
}

/// Who sees a team's page.
package enum TeamVisibility: String, CaseIterable, Sendable, SQLValue {
    /// Everybody, search engines too.
    case open = "public"
    /// Members of the workspace who are signed in.
    case workspace
    /// Whoever has the address; search engines are asked to stay away.
    case unlisted = "private"
}

package struct TeamMember: Sendable, Equatable {
    package let user: ID<User>
    package let name: String
    package let manages: Bool
    /// What they do in the team, in the words of whoever set it up; "" for nothing.
    package let part: String
}

/// What somebody wants a team to be, out of a form or an API body.
package struct TeamWish: Sendable {
    package struct Person: Sendable, Hashable {
        package let user: ID<User>
        package let manages: Bool
        package var part = ""
    }

    package var name: String
    package var slug: String
    /// Made out of the name, not typed: it may be varied when it is taken.
    package var mayVarySlug: Bool
    /// Nil leaves the people as they are.
    package var people: [Person]?
    package var description = ""
    package var visibility = TeamVisibility.workspace

    private static let mostPeople = 200
    package static let longestDescription = 2000
    package static let longestPart = 80

    package init(name: String, slug: String) {
        self.name = name
        self.slug = slug
        mayVarySlug = false
    }

    /// Mistakes are noted in `fields`; what is wrong gives neutral values.
    ///
    /// - Parameter base: the team that is changed: fields that are not sent stay as they are.
    package init(_ fields: inout Fields, over base: Team?, entropy: Entropy) {
        let isNamed = base == nil || fields.has("name")
        let title = isNamed ? fields.text("name", 1...120, label: plain("Name")) : base?.name ?? ""
        name = title
        let typed = fields.optionalText("slug", atMost: Slug.longest, label: plain("Address"))
        if let typed, !Slug.isWellFormed(typed) {
            fields.fail("slug", "invalid", plain("An address holds a–z, 0–9 and single dashes, such as sales-north."))
        }
        mayVarySlug = typed == nil && base == nil
        slug = typed ?? base?.slug ?? Slug.proposed(from: title, entropy: entropy)
        description = base?.description ?? ""
        if fields.has("description") {
            description = fields.text(
                "description", 0...Self.longestDescription, label: plain("Description"), lines: true)
        }
        visibility = fields.choice(
            "visibility", otherwise: base?.visibility ?? .workspace, optional: true, label: plain("Who sees the page"))
        guard fields.has("members") else { return }
        people = fields.list("members", atMost: Self.mostPeople, label: plain("Members")) { element in
            let user = element.id("userId", of: User.self, label: plain("Member"))
            let manages = element.flag("manages", label: plain("Manages"))
            let part = element.text("part", 0...Self.longestPart, label: plain("Part in the team"))
            return user.map { Person(user: $0, manages: manages, part: part) }
        }.compactMap(\.self)
    }

    /// The same out of a page's form, where people are ticked.
    package init(form: FormData, _ fields: inout Fields, over base: Team?, entropy: Entropy) {
        self.init(&fields, over: base, entropy: entropy)
        let managers = Set(form.all("managers").compactMap(ID<User>.init))
        let ticked = Set(form.all("people").compactMap(ID<User>.init)).union(managers)
        people = ticked.sorted().prefix(Self.mostPeople).map { user in
            let part = fields.text("parts.\(user)", 0...Self.longestPart, label: plain("Part in the team"))
            return Person(user: user, manages: managers.contains(user), part: part)
        }
    }
}

extension Team {
    package var json: JSON {
        [
            "id": .string(id.text), "name": .string(name), "slug": .string(slug),
            "description": .string(description), "visibility": .string(visibility.rawValue),
            "members": .array(members.map { member in
                [
                    "userId": .string(member.user.text), "name": .string(member.name),
                    "manages": .bool(member.manages), "part": .string(member.part),
                ]
            }),
            "createdAt": .string(createdAt.rfc3339()),
        ]
    }

    /// What the log keeps.
    var logged: JSON {
        [
            "name": .string(name), "slug": .string(slug), "visibility": .string(visibility.rawValue),
            "members": .array(members.map { .string($0.manages ? "\($0.name) (manages)" : $0.name) }),
        ]
    }
}
