/// What a link needs beside its hosts: rooms, desks, equipment and vehicles, one or one of several.
import Database
import Scheduling
import Web

package struct LinkNeed: Hashable, Sendable {
    package static let most = 8
    package static let mostChoices = 50

    /// Whether nobody meets without it. What is not required is taken if it is free, and never stands in the way.
    package var isRequired: Bool
    /// The first of these that is free is taken.
    package var oneOf: [ID<BookableResource>]

    package init(_ oneOf: [ID<BookableResource>], isRequired: Bool = true) {
        (self.oneOf, self.isRequired) = (oneOf, isRequired)
    }
}

extension LinkRules {
    /// - Throws: `Invalid` for what is no resource of this workspace. What the link had before may have been deleted.
    func checkNeeds(was before: [LinkNeed] = [], scope: Scope, in tx: Transaction) throws {
        let had = Set(before.flatMap(\.oneOf))
        let found = try ResourceStore.find(Set(needs.flatMap(\.oneOf)), scope: scope, in: tx)
        var errors = needs.enumerated().filter { _, need in
            need.oneOf.contains { id in (found[id].map { $0.deletedAt != nil } ?? true) && !had.contains(id) }
        }.map { place, _ in
            FieldError(
                field: "resources.\(place).oneOf", code: "invalid",
                message: plain("There is no such room or device in this workspace."))
        }
        if errors.isEmpty, areTooMany(for: Array(found.values)) {
            let words = plain("No room this link needs is for so many. Offer fewer places, or choose a larger room.")
            errors.append(FieldError(field: "capacity", code: "out_of_range", message: words))
        }
        guard errors.isEmpty else { throw Invalid(errors) }
    }
}

extension LinkReading {
    /// `[{"required": true, "oneOf": ["res_…"]}]`; a form says for each resource to which need it belongs.
    static func readNeeds(_ fields: inout Fields, into rules: inout LinkRules) {
        guard !fields.isForm, fields.has("resources") else { return }
        var seen: Set<ID<BookableResource>> = []
        rules.needs = fields.list("resources", atMost: LinkNeed.most, label: plain("Resources")) { element in
            let texts = element.texts("oneOf", 1...LinkNeed.mostChoices, label: plain("One of"))
            let ids = texts.compactMap { ID<BookableResource>($0) }
            if ids.count != texts.count {
                element.fail("oneOf", "invalid", plain("There is no such room or device in this workspace."))
            } else if !seen.isDisjoint(with: ids) || Set(ids).count != ids.count {
                element.fail("oneOf", "invalid", plain("Each can be named once. Take it out of one of the two."))
            }
            seen.formUnion(ids)
            return LinkNeed(ids, isRequired: element.flag("required", otherwise: true))
        }
    }
}

/// The needs as fields of the editor's form: `need.<id>` is "r1" or "o2", the number of the need among those required
/// or optional; empty where the link has no need of it.
enum NeedFields {
    static let prefix = "need."
    static let groups = 4

    static func values(_ needs: [LinkNeed]) -> [String: String] {
        var values: [String: String] = [:]
        for isRequired in [true, false] {
            for (place, need) in needs.filter({ $0.isRequired == isRequired }).enumerated() {
                for id in need.oneOf { values[prefix + id.text] = "\(isRequired ? "r" : "o")\(place + 1)" }
            }
        }
        return values
    }

    /// Nil where the form did not ask. A need whose resources are the same keeps their order.
    static func needs(_ form: FormData, keeping stored: [LinkNeed]) -> [LinkNeed]? {
        let asked = form.pairs.filter { $0.0.hasPrefix(prefix) }
        guard !asked.isEmpty else { return nil }
        var groups: [String: [ID<BookableResource>]] = [:]
        for (name, value) in asked {
            guard let id = ID<BookableResource>(String(name.dropFirst(prefix.count))) else { continue }
            groups[value, default: []].append(id)
        }
        return ["r", "o"].flatMap { kind in
            (1...max(groups.count, Self.groups)).compactMap { number in
                guard let ids = groups["\(kind)\(number)"] else { return nil }
                let need = LinkNeed(ids, isRequired: kind == "r")
                return stored.first { $0.isRequired == need.isRequired && Set($0.oneOf) == Set(ids) } ?? need
            }
        }
    }
}

extension LinkSections {
    var needs: HTML {
        guard !people.resources.isEmpty else { return .empty }
        let names = people.resources.map { NeedFields.prefix + $0.id.text }.filter { !filled[$0].isEmpty }
        let wrong = filled.errors.first { $0.field.hasPrefix("resources") }.map { error -> HTML in
            "<p class=\"field-error\" id=\"f-\(error.field)\">\(Components.icon(.warning))\(error.message)</p>"
        }
        return fold("resources", plain("Rooms and more"), plain("nothing beside the hosts"), names, """
            <p class="hint">\(say("Of each group one is taken, the first that is free."))</p>\
            \(each: people.resources, choice)\(wrong)
            """)
    }

    private func choice(_ resource: BookableResource) -> HTML {
        let words = resource.isActive ? "\(resource.name) (\(resource.kind.words))"
            : plain("\(resource.name) (switched off)")
        let options = [("", plain("Not needed"))]
            + (1...NeedFields.groups).map { ("r\($0)", plain("Required, one of group \($0)")) }
            + (1...NeedFields.groups).map { ("o\($0)", plain("If it is free, one of extra group \($0)")) }
        return Components.select(NeedFields.prefix + resource.id.text, words, options, in: filled)
    }
}
