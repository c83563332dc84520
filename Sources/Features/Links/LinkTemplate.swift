/// Templates: links that others are made from, which sections those keep, and what is refused about them.
import Database
import Scheduling
import Web

/// A link of which each assigned person has one of their own.
package struct LinkTemplate: Sendable, Equatable {
    /// Most people who have a link of one template: all are changed in one transaction.
    package static let mostPeople = 200
    /// Most templates of a workspace.
    package static let most = 100

    package var link: ID<Link>
    package var title: String
    /// The sections that stay the same in all its links.
    package var locked: Set<LinkSection>
    /// Whoever joins the workspace gets one, too.
    package var givesNew: Bool
    package var version: Int
    package var createdAt: Instant
    /// In the order of the links' ids.
    package var managed: [ManagedLink] = []
}

/// A person's own link made from a template.
package struct ManagedLink: Sendable, Equatable {
    package let link: ID<Link>
    package let user: ID<User>
    package let name: String
    package let slug: String
}

/// What a managed link must keep, and the name of its template.
package struct LinkLocks: Sendable, Hashable {
    package let template: ID<Link>
    package let title: String
    package let sections: Set<LinkSection>
}

/// What an admin wants of a template; nil leaves it as it is.
package struct TemplateWish: Sendable {
    package var locked: Set<LinkSection>?
    package var people: [ID<User>]?
    package var givesNew: Bool?
    /// The version the admin saw; nil where any will do.
    package var version: Int?

    package init(locked: Set<LinkSection>? = nil, people: [ID<User>]? = nil, givesNew: Bool? = nil) {
        (self.locked, self.people, self.givesNew) = (locked, people, givesNew)
    }

    /// Mistakes are noted in `fields`. A form says all of it: what is not ticked is not wanted.
    package init(_ fields: inout Fields) {
        let isForm = fields.isForm
        if fields.has("locked") || isForm { locked = Self.sections(&fields) }
        if fields.has("userIds") || isForm { people = Self.people(&fields) }
        if fields.has("newMembers") || isForm { givesNew = fields.flag("newMembers", label: plain("New members")) }
        version = fields.optionalInteger("version", 1...Int(Int32.max))
    }

    private static func sections(_ fields: inout Fields) -> Set<LinkSection> {
        let names = fields.texts("locked", 0...LinkSection.allCases.count, label: plain("Locked sections"))
        let sections = names.compactMap(LinkSection.init)
        if sections.count != names.count {
            let known = LinkSection.allCases.map(\.rawValue).joined(separator: ", ")
            fields.fail("locked", "invalid", plain("There are these sections: \(known)."))
        }
        return Set(sections)
    }

    private static func people(_ fields: inout Fields) -> [ID<User>] {
        let texts = fields.texts("userIds", 0...LinkTemplate.mostPeople, length: 40, label: plain("People"))
        let ids = texts.compactMap(ID<User>.init)
        if ids.count != texts.count { fields.fail("userIds", "invalid", SaveTemplate.unknownPerson) }
        return Set(ids).sorted()
    }
}

/// What the product says no to about templates and the links made from them.
package enum TemplateRefusal: Refusal {
    /// The section belongs to the template.
    case locked(LinkSection, template: String)
    /// Its host cannot delete it.
    case managed(template: String)
    /// Nor a template of theirs, from which others' links are made.
    case othersFollow
    /// A template, and a link made from one, has one host.
    case oneHost
    case alreadyTemplate
    case madeFromOne(template: String)
    case tooMany

    package var status: Int { 409 }

    package var code: String {
        switch self {
        case .locked: "section_locked"
        case .managed, .othersFollow: "link_managed"
        case .oneHost, .alreadyTemplate, .madeFromOne, .tooMany: "conflict"
        }
    }

    package var message: String {
        switch self {
        case .locked(let section, let template):
            plain("“\(section.words)” is kept by the template “\(template)”. Ask an admin to change it there.")
        case .managed(let template):
            plain("This link is made from the template “\(template)”. Switch it off, or ask an admin to take you off.")
        case .othersFollow:
            plain("This link is a template of others’ links. Switch it off, or ask an admin to delete the template.")
        case .oneHost:
            plain("Templates, and links made from them, have one host. Take the link off its template first.")
        case .alreadyTemplate: plain("This link is a template already. Open it in the list.")
        case .madeFromOne(let template):
            plain("This link is made from the template “\(template)”. Choose a link of its own.")
        case .tooMany: plain("There are \(LinkTemplate.most) templates. Delete one before you make another.")
        }
    }

    package var members: [(String, JSON)] {
        if case .locked(let section, _) = self { [("section", .string(section.rawValue))] } else { [] }
    }
}

extension LinkTemplate {
    /// As the API tells it; the names are those of the bodies that change it.
    package var json: JSON {
        [
            "linkId": .string(link.text), "title": .string(title), "locked": .array(lockedNames.map { .string($0) }),
            "newMembers": .bool(givesNew), "version": .int(Int64(version)),
            "links": .array(managed.map { made in
                [
                    "userId": .string(made.user.text), "name": .string(made.name), "linkId": .string(made.link.text),
                    "slug": .string(made.slug),
                ]
            }),
            "createdAt": .string(createdAt.rfc3339()),
        ]
    }

    /// What the log keeps.
    var logged: JSON {
        [
            "title": .string(title), "locked": .array(lockedNames.map { .string($0) }), "newMembers": .bool(givesNew),
            "people": .array(managed.map { .string($0.name) }),
        ]
    }

    /// In the order of the editor.
    var lockedNames: [String] { LinkSection.allCases.filter(locked.contains).map(\.rawValue) }
}

extension LinkLocks {
    package var json: JSON {
        [
            "templateId": .string(template.text), "title": .string(title),
            "locked": .array(LinkSection.allCases.filter(sections.contains).map { .string($0.rawValue) }),
        ]
    }
}
