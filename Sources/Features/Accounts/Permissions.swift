/// Who may do what: every permission of the product, every role, and the one table that joins them.
import Database
import Scheduling
import Web

extension Permission {
    // What a person does on pages.
    package static let viewBookings = Permission("view_bookings")
    package static let manageBookings = Permission("manage_bookings")
    package static let manageLinks = Permission("manage_links")
    package static let manageSchedules = Permission("manage_schedules")
    /// Sees and changes what belongs to other people of the workspace, not only one's own. Comes with the role, also
    /// to the keys made under it.
    package static let everybody = Permission("everybody")
    package static let manageKeys = Permission("manage_keys")
    package static let manageMembers = Permission("manage_members")
    package static let manageTeams = Permission("manage_teams")
    package static let manageWorkspace = Permission("manage_workspace")
    package static let viewAudit = Permission("view_audit")
    package static let manageWebhooks = Permission("manage_webhooks")
    package static let manageResources = Permission("manage_resources")
    /// Makes links that others keep to.
    package static let manageTemplates = Permission("manage_templates")
    /// Reads everybody's bookings without the right to change them: the workspace has switched it on.
    package static let readEverybody = Permission("read_everybody")

    // What a program does with a key: the scopes.
    package static let meRead = Permission("me.read")
    package static let meWrite = Permission("me.write")
    package static let linksRead = Permission("links.read")
    package static let linksWrite = Permission("links.write")
    package static let bookingsRead = Permission("bookings.read")
    package static let bookingsWrite = Permission("bookings.write")
    package static let schedulesRead = Permission("schedules.read")
    package static let schedulesWrite = Permission("schedules.write")
    package static let membersRead = Permission("members.read")
    package static let membersWrite = Permission("members.write")
    package static let teamsRead = Permission("teams.read")
    package static let teamsWrite = Permission("teams.write")
    package static let keysRead = Permission("keys.read")
    package static let keysWrite = Permission("keys.write")
    package static let webhooksRead = Permission("webhooks.read")
    package static let webhooksWrite = Permission("webhooks.write")
    package static let resourcesRead = Permission("resources.read")
    package static let resourcesWrite = Permission("resources.write")

    /// Every scope a key may carry, in the order in which pages and documents list them.
    package static let scopes: [Permission] = reading + writing

    private static let reading: [Permission] = [
        .meRead, .linksRead, .bookingsRead, .schedulesRead, .membersRead, .teamsRead, .keysRead,
        .webhooksRead, .resourcesRead,
    ]
    private static let writing: [Permission] = [
        .meWrite, .linksWrite, .bookingsWrite, .schedulesWrite, .teamsWrite, .keysWrite, .webhooksWrite,
        .resourcesWrite, .membersWrite,
    ]

    /// Scopes of the keys of admins and owners alone.
    private static let adminScopes: Set<Permission> = [
        .teamsWrite, .webhooksRead, .webhooksWrite, .resourcesWrite, .membersWrite,
    ]

    /// The permissions of a role; the only place that decides them.
    ///
    /// - Parameter everyoneReads: the workspace's switch.
    package static func granted(to role: Role, everyoneReads: Bool = false) -> Set<Permission> {
        let own: Set<Permission> = [.viewBookings, .manageBookings, .manageLinks, .manageSchedules, .manageKeys]
        let working = own.union(scopes).subtracting(adminScopes)
        let leading = adminScopes.union([
            .manageMembers, .manageTeams, .manageWebhooks, .manageResources, .manageTemplates, .viewAudit,
            .everybody,
        ])
        let all: Set<Permission> = switch role {
        case .owner: working.union(leading).union([.manageWorkspace])
        case .admin: working.union(leading)
        case .manager, .member: working
        // A viewer makes no keys; an operator may still give one that reads.
        case .viewer: Set(reading).subtracting(adminScopes).subtracting([.keysRead]).union([.viewBookings])
        }
        return everyoneReads || all.contains(.everybody) ? all.union([.readEverybody]) : all
    }

    /// What a key may do: its scopes, cut down to what its owner's role allows today, on the rows the owner sees.
    ///
    /// - Parameter names: the scopes as stored; a name this version does not know gives nothing.
    package static func granted(
        toKeyWith names: [String], role: Role, everyoneReads: Bool = false
    ) -> Set<Permission> {
        let asked = scopes.filter { names.contains($0.name) } + [.everybody, .readEverybody]
        return granted(to: role, everyoneReads: everyoneReads).intersection(asked)
    }
}

extension Principal {
    /// As many people as one person assists, and as many assistants as one person has: statements name them all.
    package static let mostAssisted = 20

    /// On whose links, bookings, hours and days away this person acts: nil = everybody's (admins), else their own and
    /// those of the people they assist. Of an assisted person it is no more than that: not their account, their keys,
    /// the team they manage or whom they assist themselves.
    package var acts: Set<ID<User>>? { may(.everybody) ? nil : assists.union([user]) }

    /// Whose bookings this person reads: nil = everybody's (admins, or everybody where the workspace says so), else
    /// those on which they act and those of the people they manage.
    package var reads: Set<ID<User>>? { may(.readEverybody) ? nil : leads.union(assists).union([user]) }

    /// Whose keys this person sees and revokes: nil = everybody's (admins). An assistant sees nobody else's.
    package var ownKeys: ID<User>? { may(.everybody) ? nil : user }

    /// Whether this person acts on what is these people's together, such as a booking with its hosts.
    package func acts(on people: some Sequence<ID<User>>) -> Bool {
        acts.map { acts in people.contains(where: acts.contains) } ?? true
    }

    /// In whose place this person acts on what is these people's: their own, else that of the first they assist. Nil
    /// for an admin who is neither.
    package func owner(among people: [ID<User>]) -> ID<User>? {
        people.contains(user) ? user : people.first(where: assists.contains)
    }

    /// The workspace and the actor for acting on what is these people's, with the one in whose place it is done.
    package func scope(on people: [ID<User>]) -> Scope {
        let owner = owner(among: people)
        return Scope(workspace: workspace, actor: scope.actor, behalf: owner == user ? nil : owner)
    }
}

/// What somebody is in a workspace.
package enum Role: String, CaseIterable, Sendable, SQLValue {
    case owner, admin, manager, member, viewer

    package var words: String {
        switch self {
        case .owner: plain("Owner")
        case .admin: plain("Admin")
        case .manager: plain("Manager")
        case .member: plain("Member")
        case .viewer: plain("Viewer")
        }
    }

    /// Roles with fewer rights come later; nobody gives a role before their own.
    package static func <= (a: Role, b: Role) -> Bool { a.rank >= b.rank }

    private var rank: Int { Role.allCases.firstIndex(of: self) ?? 0 }
}
