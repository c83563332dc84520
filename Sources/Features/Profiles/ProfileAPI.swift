/// Who a key acts for, and what that person says about themselves: `/api/v1/me`.
import Database
import Scheduling
import Web

package struct ProfileAPI: Sendable {
    let installation: Installation

    package init(_ installation: Installation) {
        self.installation = installation
    }

    package var routes: [Route] {
        [
            Route(.get, "/api/v1/me", .api(.meRead), me),
            Route(.patch, "/api/v1/me", .api(.meWrite), change),
        ]
    }

    private func me(_ request: Request) async throws -> Answer {
        .json(try await json(of: try request.signedIn()))
    }

    private func change(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let body = try request.json()
        let reading = ProfileReading(zones: installation.world.zones, languages: installation.languages)
        _ = try await SaveProfile(installation)(principal.user, scope: principal.scope) { profile in
            var fields = Fields(json: body)
            var wish = reading.read(&fields, over: profile.wish)
            reading.readNotices(&fields, into: &wish, isForm: false)
            try fields.finish()
            return wish
        }
        return .json(try await json(of: principal))
    }

    private func json(of principal: Principal) async throws -> JSON {
        let scope = principal.scope
        let found = try await installation.database.read(scope) { tx -> (Member, Profile)? in
            guard let member = try AccountStore.member(principal.user, workspace: scope.workspace, in: tx),
                  let profile = try ProfileStore.find(principal.user, in: tx)
            else { return nil }
            return (member, profile)
        }
        guard let (member, profile) = found else { throw Common.unauthorized }
        let scopes = Permission.scopes.filter(principal.may).map { JSON.string($0.name) }
        return .object([
            ("id", .string(profile.id.text)), ("name", .string(profile.wish.name)), ("email", .string(profile.email)),
            ("timezone", .string(profile.wish.zone)), ("clock", .string(profile.wish.clock.rawValue)),
            ("language", .string(profile.wish.language)), ("handle", JSON(profile.wish.handle)),
            ("text", .string(profile.wish.text)), ("picture", JSON(profile.picture.map { installation.url($0.path) })),
            ("adHocLinks", .bool(profile.wish.allowsAdHoc)),
            ("notifications", notices(profile.wish.muted)), ("role", .string(member.role.rawValue)),
            ("scopes", .array(scopes)),
            ("workspace", ["id": .string(member.workspace.text), "name": .string(member.workspaceName)]),
        ])
    }

    private func notices(_ muted: Set<MutedNotice>) -> JSON {
        .object(ProfileEvent.allCases.map { event in
            (event.rawValue, .object(ProfileChannel.allCases.map { channel in
                (channel.rawValue, .bool(!muted.contains(MutedNotice(event, channel))))
            }))
        })
    }
}
