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
}

package struct TeamMember: Sendable, Equatable {
    package let user: ID<User>
    package let name: String
    package let manages: Bool
}

/// What somebody wants a team to be, out of a form or an API body.
package struct TeamWish: Sendable {
    package struct Person: Sendable, Hashable {
        package let user: ID<User>
        package let manages: Bool
    }

    package var name: String
    package var slug: String
    /// Made out of the name, not typed: it may be varied when it is taken.
    package var mayVarySlug: Bool
    /// Nil leaves the people as they are.
    package var people: [Person]?

    private static let mostPeople = 200

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
        guard fields.has("members") else { return }
        people = fields.list("members", atMost: Self.mostPeople, label: plain("Members")) { element in
            let user = element.id("userId", of: User.self, label: plain("Member"))
            let manages = element.flag("manages", label: plain("Manages"))
            return user.map { Person(user: $0, manages: manages) }
        }.compactMap(\.self)
    }

    /// The same out of a page's form, where people are ticked.
    package init(form: FormData, _ fields: inout Fields, over base: Team?, entropy: Entropy) {
        self.init(&fields, over: base, entropy: entropy)
        let managers = Set(form.all("managers").compactMap(ID<User>.init))
        let ticked = Set(form.all("people").compactMap(ID<User>.init)).union(managers)
        people = ticked.sorted().prefix(Self.mostPeople).map { Person(user: $0, manages: managers.contains($0)) }
    }
}

extension Team {
    package var json: JSON {
        [
            "id": .string(id.text), "name": .string(name), "slug": .string(slug),
            "members": .array(members.map { member in
                [
                    "userId": .string(member.user.text), "name": .string(member.name),
                    "manages": .bool(member.manages),
                ]
            }),
            "createdAt": .string(createdAt.rfc3339()),
        ]
    }

    /// What the log keeps.
    var logged: JSON {
        [
            "name": .string(name), "slug": .string(slug),
            "members": .array(members.map { .string($0.manages ? "\($0.name) (manages)" : $0.name) }),
        ]
    }
}
