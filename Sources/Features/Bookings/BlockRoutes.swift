/// The addresses at which hosts turn spam away, and take that back.
import Database
import Scheduling
import Web

struct BlockRoutes: Sendable {
    let installation: Installation

    init(_ installation: Installation) { self.installation = installation }

    var routes: [Route] {
        [
            Route(.get, "/calendar/bookings/:id/spam", .signedIn(.manageBookings), ask),
            Route(.post, "/calendar/bookings/:id/spam", .signedIn(.manageBookings), block),
            Route(.get, "/calendar/blocked", .signedIn(.manageBookings), list),
            Route(.post, "/calendar/blocked/:id/removal", .signedIn(.manageBookings), lift),
        ]
    }

    private static let home: Path = "/calendar/blocked"

    private func ask(_ request: Request) async throws -> Answer {
        .page(try await page(request, try await OwnBooking.find(request, installation)).html)
    }

    private func block(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let found = try await OwnBooking.find(request, installation)
        var fields = Fields(form: try request.form())
        let kind = fields.choice("who", otherwise: Block.Kind.address, label: plain("Whom to block"))
        let whom = Self.whom(kind, found.booking, principal)
        if whom == nil { fields.fail("who", "invalid", plain("This cannot be blocked. Choose the address.")) }
        guard let whom, fields.errors.isEmpty else {
            var page = try await page(request, found)
            page.filled = fields.filled
            return .page(page.html, status: 422)
        }
        let count = try await BlockSender(installation: installation, origin: Origin(request))(
            whom, by: found.scope.behalf ?? principal.user, with: found.whose, scope: found.scope)
        return .redirect(Self.home.adding(query: [("cancelled", String(count))]))
    }

    /// A whole domain is for those to turn away who see everybody's bookings.
    private static func whom(_ kind: Block.Kind, _ booking: Booking, _ principal: Principal) -> Block.Whom? {
        kind == .domain && principal.acts != nil ? nil : Block.Whom(kind, of: booking.attendee.email)
    }

    private func page(_ request: Request, _ found: OwnBooking) async throws -> SpamPage {
        let principal = try request.signedIn()
        let (now, scope) = (installation.world.now, found.scope)
        let whom = Block.Kind.allCases.compactMap { Self.whom($0, found.booking, principal) }
        let choices = try await installation.database.read(scope) { tx in
            try whom.map { whom in
                let meetings = try BlockStore.upcoming(
                    whom, with: found.whose, most: BlockSender.most, now: now, scope: scope, in: tx)
                return SpamPage.Choice(whom: whom, meetings: meetings.count)
            }
        }
        return SpamPage(principal: principal, booking: found.booking, choices: choices)
    }

    private func list(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let scope = principal.scope
        var page = try await installation.database.read(scope) { tx in
            let viewer = try Viewer(principal, installation, in: tx)
            return BlocksPage(
                principal: principal, blocks: try BlockStore.all(by: principal.acts, scope: scope, in: tx),
                zone: viewer.zone, clock: viewer.clock)
        }
        if let count = request.query["cancelled"].flatMap(Int.init), (0...BlockSender.most).contains(count) {
            page.notice = Components.banner(.notes, say("""
                \(count)|one:Blocked. One meeting is cancelled, and nobody is told but its hosts.|\
                other:Blocked. %1 meetings are cancelled, and nobody is told but their hosts.
                """))
        } else if request.query["done"] != nil {
            page.notice = Components.banner(.notes, say("Unblocked. Their next booking is one."))
        }
        return .page(page.html)
    }

    private func lift(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        guard let id = ID<Block>(try request.parameter("id")) else { throw Common.notFound }
        try await BlockSender(installation: installation, origin: Origin(request)).lift(
            id, by: principal)
        return .redirect(Self.home.adding(query: [("done", "unblocked")]))
    }
}
