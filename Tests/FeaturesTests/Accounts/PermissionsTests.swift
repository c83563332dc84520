/// The table of roles and permissions, written out: a change of the table must change this one too.
import Features
import Testing
import Web

struct PermissionsTests {
    /// One letter for each role that has the permission: owner, admin, manager, member, viewer.
    private static let table: [(Permission, String)] = [
        (.viewBookings, "OAMmv"), (.manageBookings, "OAMm"), (.manageLinks, "OAMm"), (.manageSchedules, "OAMm"),
        (.manageKeys, "OAMm"), (.everybody, "OA"), (.manageMembers, "OA"), (.manageWorkspace, "O"),
        (.manageTeams, "OA"), (.viewAudit, "OA"), (.readEverybody, "OA"), (.teamsRead, "OAMmv"), (.teamsWrite, "OA"),
        (.meRead, "OAMmv"), (.linksRead, "OAMmv"), (.bookingsRead, "OAMmv"), (.schedulesRead, "OAMmv"),
        (.membersRead, "OAMmv"), (.keysRead, "OAMm"), (.meWrite, "OAMm"), (.linksWrite, "OAMm"),
        (.bookingsWrite, "OAMm"), (.schedulesWrite, "OAMm"), (.keysWrite, "OAMm"), (.manageWebhooks, "OA"),
        (.webhooksRead, "OA"), (.webhooksWrite, "OA"), (.manageResources, "OA"),
        (.manageTemplates, "OA"),
        (.resourcesRead, "OAMmv"), (.resourcesWrite, "OA"), (.membersWrite, "OA"),
    ]
    private static let letters: [(Role, Character)] = [
        (.owner, "O"), (.admin, "A"), (.manager, "M"), (.member, "m"), (.viewer, "v"),
    ]

    @Test("each role has exactly the permissions of the table", arguments: Role.allCases)
    func roles(role: Role) throws {
        let letter = try #require(Self.letters.first { $0.0 == role }?.1)
        let expected = Self.table.filter { $0.1.contains(letter) }.map(\.0)
        #expect(Permission.granted(to: role) == Set(expected))
    }

    @Test("a key has its scopes as far as its person's role goes, and nothing a scope does not name")
    func keys() {
        let all = Permission.scopes.map(\.name)
        let working = Set(Permission.scopes).subtracting([
            .teamsWrite, .webhooksRead, .webhooksWrite, .resourcesWrite, .membersWrite,
        ])
        #expect(Permission.granted(toKeyWith: all, role: .member) == working)
        #expect(Permission.granted(toKeyWith: ["links.write", "links.read"], role: .viewer) == [.linksRead])
        #expect(Permission.granted(toKeyWith: ["links.read"], role: .admin) == [
            .linksRead, .everybody, .readEverybody,
        ])
        // A right of pages, and a name of a later version, are no scopes.
        #expect(Permission.granted(toKeyWith: ["manage_links", "deals.read"], role: .member).isEmpty)
    }

    @Test("when everybody reads all, it is reading alone that is given")
    func everyoneReads() {
        for role in Role.allCases {
            let more = Permission.granted(to: role, everyoneReads: true).subtracting(Permission.granted(to: role))
            #expect(more.isSubset(of: [.readEverybody]))
            #expect(Permission.granted(to: role, everyoneReads: true).contains(.readEverybody))
        }
    }

    @Test("nobody gives a role above their own")
    func ranks() {
        #expect(Role.member <= .admin && Role.admin <= .admin && !(Role.owner <= .admin) && Role.viewer <= .member)
    }

    @Test("the names of scopes are final: other programs have them in their settings")
    func names() {
        #expect(Permission.scopes.map(\.name) == [
            "me.read", "links.read", "bookings.read", "schedules.read", "members.read", "teams.read", "keys.read",
            "webhooks.read", "resources.read",
            "me.write", "links.write", "bookings.write", "schedules.write", "teams.write", "keys.write",
            "webhooks.write", "resources.write", "members.write",
        ])
    }
}
