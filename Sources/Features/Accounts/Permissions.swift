/// Who may do what: every permission of the product, every role, and the one table that joins them.
import Database
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
    package static let manageWorkspace = Permission("manage_workspace")

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
    package static let keysRead = Permission("keys.read")
    package static let keysWrite = Permission("keys.write")

    /// Every scope a key may carry, in the order in which pages and documents list them.
    package static let scopes: [Permission] = reading + writing

    private static let reading: [Permission] = [
        .meRead, .linksRead, .bookingsRead, .schedulesRead, .membersRead, .keysRead,
    ]
    private static let writing: [Permission] = [
        .meWrite, .linksWrite, .bookingsWrite, .schedulesWrite, .keysWrite,
    ]

    /// The permissions of a role; the only place that decides them.
    package static func granted(to role: Role) -> Set<Permission> {
        let own: Set<Permission> = [.viewBookings, .manageBookings, .manageLinks, .manageSchedules, .manageKeys]
        return switch role {
        case .owner: own.union(scopes).union([.manageMembers, .manageWorkspace, .everybody])
        case .admin: own.union(scopes).union([.manageMembers, .everybody])
        case .manager, .member: own.union(scopes)
        // A viewer makes no keys; an operator may still give one that reads.
        case .viewer: Set(reading).subtracting([.keysRead]).union([.viewBookings])
        }
    }

    /// What a key may do: its scopes, cut down to what its owner's role allows today, on the rows the owner sees.
    ///
    /// - Parameter names: the scopes as stored; a name this version does not know gives nothing.
    package static func granted(toKeyWith names: [String], role: Role) -> Set<Permission> {
        let asked = scopes.filter { names.contains($0.name) } + [.everybody]
        return granted(to: role).intersection(asked)
    }
}

/// What somebody is in a workspace.
package enum Role: String, CaseIterable, Sendable, SQLValue {
    case owner, admin, manager, member, viewer
}
