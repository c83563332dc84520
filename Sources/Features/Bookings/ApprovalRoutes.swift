/// The page on which a host decides with one tap: the address in the mail is the right to. Looking changes nothing.
import Database
import Scheduling
import Web

package struct ApprovalRoutes: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/book/approve/:token", .token, show),
            Route(.post, "/book/approve/:token", .token, decide),
        ]
    }

    private func show(_ request: Request) async throws -> Answer {
        .page(page(try await AskedHost.find(request, installation)))
    }

    private func page(
        _ asked: AskedHost, filled: Filled = .empty, refusal: String? = nil
    ) -> HTML {
        guard asked.isOpen else { return DecidedPage(asked: asked).html }
        return ApprovalPage(asked: asked, filled: filled, refusal: refusal).html
    }

    private func decide(_ request: Request) async throws -> Answer {
        let asked = try await AskedHost.find(request, installation)
        let here = Path("/book/approve/\(asked.token)")
        // Pressed twice, or late: the page says what was decided.
        guard asked.isOpen else { return .redirect(here) }
        var fields = Fields(form: try request.form())
        let ask = DecisionAsk(&fields)
        guard let ask, fields.errors.isEmpty else { return .page(page(asked, filled: fields.filled), status: 422) }
        do {
            _ = try await DecideApproval(installation, from: Origin(request))(
                asked.booking.id, ask.decision, seen: ask.version, scope: asked.scope)
        } catch ApprovalRefusal.notWaiting {
            return .redirect(here)
        } catch let refusal as any Refusal {
            let now = try await AskedHost.find(request, installation)
            return .page(page(now, filled: fields.filled, refusal: refusal.message), status: refusal.status)
        }
        return .redirect(here)
    }
}

/// What the forms say that decide, here and on the booking's own page.
struct DecisionAsk {
    private enum Word: String, CaseIterable { case approve, decline }

    let decision: Decision
    /// The version of the booking that was on the page.
    let version: Int?

    /// Nil, with a mistake, where neither was chosen.
    init?(_ fields: inout Fields) {
        let word = fields.text("decision", 0...20)
        let reason = fields.text("words", 0...BookingLimits.reason, label: plain("Message"), lines: true)
        version = fields.has("version") ? fields.optionalInteger("version", 1...Int(Int32.max)) : nil
        switch Word(rawValue: word) {
        case .approve: decision = .approved
        case .decline: decision = .declined(reason)
        case nil:
            fields.fail("decision", "missing", plain("Choose to approve or to decline."))
            return nil
        }
    }
}

/// A host with the right that a mailed token gives: to see one booking and to decide about it.
struct AskedHost: Sendable {
    var booking: Booking
    var link: Link
    var history: [BookingRecord]
    var host: LinkHost
    var wish: ProfileWish?
    var endedVersion: Int?
    var token: String
    var workspaceName: WorkspaceName
    var zone: Zone
    var theirZone: Zone
    var now: Instant
    var scope: Scope

    /// - Throws: `ApprovalRefusal.unknown` for a token that was never ours, and for people who are no hosts any more.
    static func find(_ request: Request, _ installation: Installation) async throws -> AskedHost {
        let token = try request.parameter("token")
        guard let found = try await LookUps(database: installation.database).approvalToken(token) else {
            throw ApprovalRefusal.unknown
        }
        let scope = Scope(workspace: found.workspace, actor: .user(found.host))
        let (zones, now) = (installation.world.zones, installation.world.now)
        let asked = try await installation.database.read(scope) { tx -> AskedHost? in
            guard let booking = try BookingStore.find(found.booking, scope: scope, in: tx),
                let link = try LinkStore.find(booking.link, scope: scope, in: tx),
                let host = try LinkStore.host(found.host, scope: scope, in: tx),
                booking.hosts.contains(where: { $0.id == host.id })
            else { return nil }
            let zone = zones.zone(host.zone) ?? .utc
            return AskedHost(
                booking: booking, link: link, history: try BookingStore.history(of: booking.id, scope: scope, in: tx),
                host: host, wish: try ProfileStore.find(host.id, in: tx)?.wish, endedVersion: found.endedVersion,
                token: token, workspaceName: try LinkStore.workspaceName(scope: scope, in: tx), zone: zone,
                theirZone: zones.zone(booking.attendee.zone) ?? zone, now: now, scope: scope)
        }
        guard let asked else { throw ApprovalRefusal.unknown }
        return asked
    }

    var clock: HourClock { wish?.clock ?? .twentyFour }

    /// Whether there is something to decide, and still time for it.
    var isOpen: Bool {
        guard endedVersion == nil, booking.isWaiting, let until = booking.state.waiting?.until else { return false }
        return now < until
    }
}
