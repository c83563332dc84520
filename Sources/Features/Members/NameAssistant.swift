/// Naming somebody's assistant, and stopping one; each with its row in the log.
import Database
import Scheduling
import Web

package struct NameAssistant: Sendable {
    let installation: Installation
    /// For the log.
    let origin: Origin

    package init(_ installation: Installation, from origin: Origin = .console) {
        (self.installation, self.origin) = (installation, origin)
    }

    /// The row of the log for somebody who is about to be named or stopped; made before its transaction.
    func entry(_ action: AuditAction, of account: ID<User>) -> AuditEntry {
        AuditEntry(action, of: account.text, from: origin, installation.world)
    }

    /// From the next request on, `assistant` acts for `account`. Named twice is named.
    package func callAsFunction(
        _ assistant: ID<User>, of account: ID<User>, by principal: Principal
    ) async throws -> Assistant {
        let entry = entry(.assistantNamed, of: account)
        let made = try await installation.database.write(principal.scope) { tx in
            try Self.name(assistant, of: account, by: principal, entry, in: tx)
        }
        CrashPoint.reach("naming.after_commit")
        return made
    }

    /// What an assistant may do. A key that names one must have all of it: none makes more than it is.
    static let given: Set<Permission> = [.bookingsWrite, .linksWrite, .schedulesWrite]

    /// The same inside a running transaction.
    /// - Throws: `Common.notFound` for whom the person may not name one, `Common.forbidden` for a key that has not what
    ///   it would give, `AssistantRefusal`.
    static func name(
        _ assistant: ID<User>, of account: ID<User>, by principal: Principal, _ entry: AuditEntry,
        in tx: Transaction
    ) throws -> Assistant {
        let scope = principal.scope
        if case .key = principal.kind, !principal.permissions.isSuperset(of: Self.given) { throw Common.forbidden }
        // How many somebody has, and that both are here, are rules about several rows.
        try MemberStore.lock(scope: scope, in: tx)
        let owner = try owner(account, for: principal, in: tx)
        guard try AssistantStore.isHere(account, scope: scope, in: tx) else { throw Common.notFound }
        guard assistant != account else { throw AssistantRefusal.oneself }
        // A viewer has nothing to give; whether somebody changes things for them is an admin's to say.
        guard owner.role != .viewer || account != principal.user else { throw AssistantRefusal.viewing }
        guard let person = try AccountStore.member(assistant, workspace: scope.workspace, in: tx),
            try AssistantStore.isHere(assistant, scope: scope, in: tx)
        else { throw AssistantRefusal.nobody }
        guard person.role != .viewer else { throw AssistantRefusal.viewer(person.account.name) }
        let known = try AssistantStore.assistants(of: account, scope: scope, in: tx)
        if let known = known.first(where: { $0.assistant == assistant }) { return known }
        guard known.count < Principal.mostAssisted else { throw AssistantRefusal.tooMany(owner.account.name) }
        guard try AssistantStore.assisted(by: assistant, scope: scope, in: tx).count < Principal.mostAssisted else {
            throw AssistantRefusal.assistsTooMany(person.account.name)
        }
        _ = try AssistantStore.insert(assistant, of: account, now: entry.at, scope: scope, in: tx)
        let made = Assistant(
            account: account, accountName: owner.account.name, assistant: assistant,
            assistantName: person.account.name, assistantEmail: person.account.email, since: entry.at)
        try AuditStore.record(entry.about(made.words), scope: scope, in: tx)
        CrashPoint.reach("naming.before_commit")
        return made
    }

    /// From the commit on, `assistant` acts for `account` no more. They may say so themselves.
    /// - Returns: false when they were no assistant of theirs.
    /// - Throws: `Common.notFound` for whom the person may not stop one.
    package func stop(_ assistant: ID<User>, of account: ID<User>, by principal: Principal) async throws -> Bool {
        let entry = entry(.assistantStopped, of: account)
        return try await installation.database.write(principal.scope) { tx in
            let scope = principal.scope
            try MemberStore.lock(scope: scope, in: tx)
            if assistant != principal.user { _ = try Self.owner(account, for: principal, in: tx) }
            let known = try AssistantStore.assistants(of: account, scope: scope, in: tx)
            guard let told = known.first(where: { $0.assistant == assistant }),
                try AssistantStore.delete(assistant, of: account, scope: scope, in: tx)
            else { return false }
            try AuditStore.record(entry.about(told.words), scope: scope, in: tx)
            CrashPoint.reach("stopping.before_commit")
            return true
        }
    }

    /// The person for whom one is named: oneself, or whom an admin may change. Never somebody one assists: who acts
    /// for a person is for that person to say.
    static func owner(_ account: ID<User>, for principal: Principal, in tx: Transaction) throws -> Member {
        let workspace = principal.workspace
        guard let owner = try AccountStore.member(account, workspace: workspace, in: tx) else { throw Common.notFound }
        guard account != principal.user else { return owner }
        // What a key does to other members is a scope of its own.
        if case .key = principal.kind, !principal.may(.membersWrite) { throw Common.notFound }
        let actor = try AccountStore.member(principal.user, workspace: workspace, in: tx)
        guard principal.acts == nil, let actor, actor.state == .active,
            Permission.granted(to: actor.role).contains(.everybody)
        else { throw Common.notFound }
        try MemberRules.touch(owner.role, by: actor.role)
        return owner
    }
}
