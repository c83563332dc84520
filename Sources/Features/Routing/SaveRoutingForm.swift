/// Making, changing and deleting routing forms.
import Database
import Scheduling
import Web

package struct SaveRoutingForm: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// Inside a transaction, for calls that may be repeated.
    func insert(
        _ form: RoutingForm, for person: Principal, entry: AuditEntry, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> RoutingForm {
        guard try RoutingFormStore.all(scope: scope, in: tx).count < RoutingForm.most else { throw FormRefusal.tooMany }
        try Self.checkTargets(form, was: nil, for: person, scope: scope, in: tx)
        try RoutingFormStore.insert(form, now: now, scope: scope, in: tx)
        try AuditStore.recordDeed(entry.about(form.title), scope: scope, in: tx)
        return try RoutingFormStore.find(form.id, scope: scope, in: tx) ?? form
    }

    /// - Parameters:
    ///   - version: the one the person saw; nil takes what is stored.
    ///   - entry: for the log; nil for what is no change of the form, such as a sample.
    package func update(
        _ id: ID<RoutingForm>, version: Int?, for person: Principal, entry: AuditEntry?, scope: Scope,
        _ change: @escaping @Sendable (RoutingForm) throws -> RoutingForm
    ) async throws -> RoutingForm {
        let now = installation.world.now
        return try await installation.database.write(scope) { tx in
            guard let stored = try RoutingFormStore.find(id, scope: scope, in: tx) else { throw Common.notFound }
            guard version == nil || version == stored.version else { throw FormRefusal.changedMeanwhile }
            var changed = try change(stored)
            // Somebody has to look after the form of whoever left.
            if try AccountStore.member(stored.owner, workspace: scope.workspace, in: tx) == nil {
                changed.owner = person.user
            }
            try changed.checkConditions()
            try Self.checkTargets(changed, was: stored, for: person, scope: scope, in: tx)
            guard try RoutingFormStore.update(changed, now: now, scope: scope, in: tx) else {
                throw FormRefusal.changedMeanwhile
            }
            if let entry { try AuditStore.recordDeed(entry.about(changed.title), scope: scope, in: tx) }
            return try RoutingFormStore.find(id, scope: scope, in: tx) ?? changed
        }
    }

    package func delete(_ id: ID<RoutingForm>, entry: AuditEntry, scope: Scope) async throws {
        let now = installation.world.now
        try await installation.database.write(scope) { tx in
            guard let stored = try RoutingFormStore.find(id, scope: scope, in: tx) else { throw Common.notFound }
            try RoutingFormStore.delete(id, now: now, scope: scope, in: tx)
            try AuditStore.recordDeed(entry.about(stored.title), scope: scope, in: tx)
        }
    }

    /// - Throws: `Invalid` beside each action that names a link or a person this workspace does not have. What the form
    ///   led to before may have gone since.
    private static func checkTargets(
        _ form: RoutingForm, was before: RoutingForm?, for person: Principal, scope: Scope, in tx: Transaction
    ) throws {
        let had = Set(before.map { $0.routes.map(\.action) + [$0.fallback] } ?? [])
        var errors: [FieldError] = []
        let named = form.routes.enumerated().map { ("routes.\($0.offset).action", $0.element.action) }
            + [("fallback", form.fallback)]
        for (name, action) in named where !had.contains(action) {
            let link = try action.link.map { try LinkStore.find($0, scope: scope, in: tx) } ?? nil
            if action.link != nil, !(link.map { $0.canBeNamed(by: person) } ?? false) {
                let words = plain("There is no such link in this workspace.")
                errors.append(FieldError(field: "\(name).linkId", code: "invalid", message: words))
            }
            guard case .member(let user, _) = action else { continue }
            if try LinkStore.host(user, scope: scope, in: tx) == nil {
                let words = plain("There is no such person in this workspace.")
                errors.append(FieldError(field: "\(name).userId", code: "invalid", message: words))
            } else if let link, !link.hosts.contains(where: { $0.id == user }) {
                let words = plain("This person is none of the link’s hosts.")
                errors.append(FieldError(field: "\(name).linkId", code: "invalid", message: words))
            } else if let link, !link.leads(to: user) {
                let words = plain("Hosts of this link take turns. Let attendees choose the host there first.")
                errors.append(FieldError(field: "\(name).linkId", code: "invalid", message: words))
            }
        }
        guard errors.isEmpty else { throw Invalid(errors) }
    }
}

extension Link {
    /// Whether this person may lead others here: their own, and what is hidden from nobody.
    func canBeNamed(by person: Principal) -> Bool {
        deletedAt == nil && adHoc == nil && (!rules.access.hidden || person.acts(on: hosts.map(\.id)))
    }
}

extension RoutingForm {
    /// - Throws: `Invalid` where a route still hangs on a question or an answer that is not there any more: without its
    ///   condition it would take people it is not for.
    fileprivate func checkConditions() throws {
        var errors: [FieldError] = []
        for (index, route) in routes.enumerated() {
            let name = route.name.isEmpty ? plain("Route \(index + 1)") : route.name
            for condition in route.groups.flatMap(\.conditions) {
                guard let place = questions.firstIndex(where: { $0.id == condition.question }) else {
                    let words = plain("“\(name)” hangs on a question that you take out. Change that route first.")
                    errors.append(FieldError(field: "questions", code: "in_use", message: words))
                    continue
                }
                let asked = questions[place].asked
                guard asked.kind.hasOptions, [.equals, .notEquals, .isIn].contains(condition.comparison),
                    let stray = condition.values.first(where: { !asked.options.contains($0) })
                else { continue }
                let words = plain("“\(name)” hangs on the answer “\(stray)”. Change that route first.")
                errors.append(FieldError(field: "questions.\(place).options", code: "in_use", message: words))
            }
        }
        guard errors.isEmpty else { throw Invalid(errors) }
    }
}
