/// Whose what a template keeps is: its admins', also where the template itself is the link of a member.
import Database
import Scheduling
import Web

extension LinkTemplateStore {
    /// What whoever asks must keep of this link: what its template keeps, or, of a template, all it keeps of others'
    /// links as well. Nil where they may change everything.
    static func locks(on link: ID<Link>, scope: Scope, in tx: Transaction) throws -> LinkLocks? {
        if let locks = try locks(of: [link], scope: scope, in: tx)[link] { return locks }
        guard let template = try find(link, scope: scope, in: tx), try !mayManage(scope, in: tx) else { return nil }
        return LinkLocks(template: link, title: template.title, sections: template.locked)
    }

    /// Jobs and commands may; of people and their keys those whose role says so.
    private static func mayManage(_ scope: Scope, in tx: Transaction) throws -> Bool {
        guard let person = scope.actor.person else { return true }
        let member = try AccountStore.member(person, workspace: scope.workspace, in: tx)
        return member.map { Permission.granted(to: $0.role).contains(.manageTemplates) } ?? false
    }
}

extension Link {
    /// Takes over these sections; a question that is the same keeps its id. Where a half of the template's and a half
    /// of this link's own would close it or fit no room, its own gives way, too.
    mutating func take(
        _ sections: Set<LinkSection>, of template: Link, rooms: [BookableResource], _ newID: () -> ID<Question>
    ) {
        for section in sections { section.copy(from: template.rules, to: &rules) }
        if rules.isClosedByLimits { giveWay(.duration, .limits, unless: sections, to: template) }
        if rules.areTooMany(for: rooms) { giveWay(.location, .policy, unless: sections, to: template) }
        guard sections.contains(.questions) else { return }
        var old = questions
        questions = template.questions.map { question in
            var mine = question
            let kept = old.firstIndex { $0.asked == question.asked }
            mine.id = kept.map { old.remove(at: $0).id } ?? newID()
            return mine
        }
    }

    /// Of two sections that contradict each other the one that is this link's own becomes the template's.
    private mutating func giveWay(
        _ one: LinkSection, _ other: LinkSection, unless locked: Set<LinkSection>, to template: Link
    ) {
        guard locked.contains(one) != locked.contains(other) else { return }
        (locked.contains(one) ? other : one).copy(from: template.rules, to: &rules)
    }
}

extension LinkRules {
    /// Whether a limit in minutes lets no meeting through at all.
    fileprivate var isClosedByLimits: Bool {
        guard let most = rhythm.limits.compactMap(\.minutes).min(), let shortest = lengths.min() else { return false }
        return most < shortest
    }

    /// Whether everybody of a full meeting fits into none of the rooms that are needed.
    func areTooMany(for rooms: [BookableResource]) -> Bool {
        guard seats.capacity > 1 else { return false }
        let known = Dictionary(rooms.map { ($0.id, $0) }) { first, _ in first }
        return needs.contains { need in
            need.isRequired && !need.oneOf.contains { known[$0]?.holds(seats.capacity) ?? true }
        }
    }
}
