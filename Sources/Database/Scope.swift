/// Whose data a transaction touches and who asks, required by every read and write.
import Scheduling

/// The database beneath: a file of our own, or a server.
package enum Engine: String, CaseIterable, Sendable, CustomStringConvertible {
    case sqlite
    case postgres

    package var description: String { self == .sqlite ? "SQLite" : "PostgreSQL" }
}

/// Who does something, as histories record it.
package enum Actor: Hashable, Sendable {
    case user(ID<User>)
    /// An API key, by its id, and the person it acts for.
    case key(String, ID<User>)
    /// The person who booked, by the link in their mail.
    case attendee
    /// Somebody on a public page.
    case visitor
    /// A job or a command.
    case system

    /// The form stored in histories: the kind, then ids, separated by colons.
    package var text: String {
        switch self {
        case .user(let user): "user:\(user)"
        case .key(let key, let user): "key:\(key):\(user)"
        case .attendee: "attendee"
        case .visitor: "visitor"
        case .system: "system"
        }
    }
}

/// A workspace and an actor. Public callers get theirs from a slug, token, session, key or job.
package struct Scope: Hashable, Sendable {
    package let workspace: ID<Workspace>
    package let actor: Actor
    /// Whose assistant the actor is in what they do here; nil for what is their own, or done by another right.
    package let behalf: ID<User>?

    package init(workspace: ID<Workspace>, actor: Actor, behalf: ID<User>? = nil) {
        self.workspace = workspace
        self.actor = actor
        self.behalf = behalf
    }

    /// The same for what is these people's: one deed may concern several things, and in somebody's place it is done on
    /// theirs alone.
    package func about(_ people: some Sequence<ID<User>>) -> Scope {
        guard let behalf, !people.contains(behalf) else { return self }
        return Scope(workspace: workspace, actor: actor)
    }

    /// Asked at the start of every write: a request may write in many transactions, and whoever is stopped meanwhile
    /// does not write in the next one.
    /// - Throws: ``AssistantStopped`` where the actor is no assistant any more of whom they act for.
    func checkBehalf(in tx: Transaction) throws {
        guard let behalf else { return }
        let assistant: ID<User>? = switch actor {
        case .user(let user), .key(_, let user): user
        case .attendee, .visitor, .system: nil
        }
        let stands = try tx.one("""
            SELECT account FROM assistant
            WHERE workspace = \(workspace) AND account = \(behalf) AND assistant = \(assistant)
            """) { _ in true }
        guard stands != nil else { throw AssistantStopped() }
    }
}

/// The actor was stopped while their request ran. What it wrote before stays.
package struct AssistantStopped: Error, Hashable {
    package init() {}
}
