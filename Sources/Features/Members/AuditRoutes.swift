/// The address of the log: `/calendar/admin/audit`, with a filter and a cursor.
import Database
import Scheduling
import Web

package struct AuditRoutes: Sendable {
    let installation: Installation
    private static let pageLength = 50

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [Route(.get, "/calendar/admin/audit", .signedIn(.viewAudit), list)]
    }

    /// What fits nothing in the address filters nothing: it is a page to look at, not a form to be refused.
    private func list(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let scope = principal.scope
        let filter = AuditFilter(
            action: request.query["action"].flatMap(AuditAction.init(rawValue:)),
            person: request.query["person"].flatMap(ID<User>.init),
            after: request.query["cursor"].flatMap(ID<AuditEntry>.init), limit: Self.pageLength + 1)
        let (rows, members) = try await installation.database.read(scope) { tx in
            (try AuditStore.rows(filter, scope: scope, in: tx),
             try AccountStore.members(of: scope.workspace, in: tx))
        }
        let own = members.first { $0.account.id == principal.user }?.account
        return .page(AuditPage(
            principal: principal, rows: Array(rows.prefix(Self.pageLength)), members: members, filter: filter,
            hasMore: rows.count > Self.pageLength,
            zone: own.flatMap { installation.world.zones.zone($0.zone) } ?? .utc, clock: own?.clock ?? .twentyFour
        ).html)
    }
}
