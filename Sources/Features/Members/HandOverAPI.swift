/// The API's hand-over: what hangs on a member who leaves, and what becomes of each link and booking.
import Database
import Scheduling
import Web

package struct HandOverAPI: Sendable {
    /// Where its keys count.
    private static let route = "hand-over"

    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/api/v1/members/:id/hand-over", .api(.membersWrite), show),
            Route(.post, "/api/v1/members/:id/hand-over", .api(.membersWrite), act),
        ]
    }

    private func duties(_ request: Request) async throws -> HandOverMember.Duties {
        guard let id = ID<User>(try request.parameter("id")) else { throw Common.notFound }
        return try await HandOverMember(installation).duties(of: id, for: try request.signedIn())
    }

    private func show(_ request: Request) async throws -> Answer {
        let duties = try await duties(request)
        return .json([
            "memberId": .string(duties.member.account.id.text), "name": .string(duties.member.account.name),
            "links": .array(duties.links.map { link in
                [
                    "id": .string(link.id.text), "title": .string(link.rules.title),
                    "slug": .string(link.rules.slug), "kind": .string(link.rules.kind.rawValue),
                    "hosts": .array(link.hosts.map { .string($0.id.text) }),
                ]
            }),
            "bookings": .array(duties.bookings.map { booking, link in
                [
                    "id": .string(booking.id.text), "linkId": .string(link.id.text),
                    "start": .string(booking.state.starts.rfc3339()), "end": .string(booking.state.ends.rfc3339()),
                    "attendee": ["name": .string(booking.attendee.name)],
                ]
            }),
            "colleagues": .array(duties.colleagues.map { colleague in
                ["id": .string(colleague.account.id.text), "name": .string(colleague.account.name)]
            }),
        ])
    }

    private enum LinkWord: String, CaseIterable { case give, leave, off }
    private enum BookingWord: String, CaseIterable { case give, next, cancel }

    private func act(_ request: Request) async throws -> Answer {
        let (principal, key) = (try request.signedIn(), try request.idempotencyKey())
        // First: whoever is removed by it has no duties any more.
        if let told = try await installation.earlier(key, route: Self.route, scope: principal.scope) { return told }
        let duties = try await duties(request)
        var fields = Fields(json: try request.json())
        let message = fields.has("message")
            ? fields.text("message", 0...BookingLimits.reason, label: plain("Message"), lines: true) : ""
        let removes = fields.flag("removes", label: plain("Whether the person is removed"))
        var wish = HandOverMember.Wish(links: [:], bookings: [:], message: message, removes: removes)
        let ofLinks = fields.list("links", atMost: HandOverMember.most, label: plain("Links")) { element in
            let id = element.id("id", of: Link.self)
            let heir = Self.heir(&element, duties)
            switch element.choice("deed", otherwise: LinkWord.leave, label: plain("What to do")) {
            case .give: return (id, Self.needed(heir, &element).map(HandOverMember.LinkDeed.give))
            case .leave: return (id, HandOverMember.LinkDeed.leave)
            case .off: return (id, HandOverMember.LinkDeed.off)
            }
        }
        let ofBookings = fields.list("bookings", atMost: HandOverMember.most, label: plain("Bookings")) { element in
            let id = element.id("id", of: Booking.self)
            let heir = Self.heir(&element, duties)
            switch element.choice("deed", otherwise: BookingWord.next, label: plain("What to do")) {
            case .give: return (id, Self.needed(heir, &element).map(HandOverMember.BookingDeed.give))
            case .next: return (id, HandOverMember.BookingDeed.next)
            case .cancel: return (id, HandOverMember.BookingDeed.cancel)
            }
        }
        try fields.finish()
        for (id, deed) in ofLinks { if let id, let deed { wish.links[id] = deed } }
        for (id, deed) in ofBookings { if let id, let deed { wish.bookings[id] = deed } }
        let outcomes = Self.unknown(wish, duties) + (try await HandOverMember(installation, from: Origin(request))(
            wish, duties, by: principal))
        return try await installation.answer([
            "memberId": .string(duties.member.account.id.text),
            "outcomes": .array(outcomes.map { outcome in
                [
                    "what": .string(outcome.what), "done": .bool(outcome.refusal == nil),
                    "problem": JSON(outcome.refusal),
                ]
            }),
        ], to: key, route: Self.route, scope: principal.scope)
    }

    /// What does not hang on the person. An outcome, and no mistake in the body: cut off half way and sent again, some
    /// of it is done already.
    private static func unknown(
        _ wish: HandOverMember.Wish, _ duties: HandOverMember.Duties
    ) -> [HandOverMember.Outcome] {
        let links = Set(wish.links.keys).subtracting(duties.links.map(\.id))
        let bookings = Set(wish.bookings.keys).subtracting(duties.bookings.map(\.booking.id))
        return links.sorted().map { id in
            HandOverMember.Outcome(
                what: id.text, refusal: plain("This is no link that is open with this person as a host."))
        } + bookings.sorted().map { id in
            HandOverMember.Outcome(
                what: id.text, refusal: plain("This is no booking that is still to come with this person."))
        }
    }

    /// `to`: a colleague who could take it over.
    private static func heir(_ element: inout Fields, _ duties: HandOverMember.Duties) -> ID<User>? {
        guard element.has("to") else { return nil }
        guard let id = element.id("to", of: User.self, label: plain("To whom")) else { return nil }
        guard duties.colleagues.contains(where: { $0.account.id == id }) else {
            element.fail("to", "invalid", plain("Nobody with this id could take it over."))
            return nil
        }
        return id
    }

    private static func needed(_ heir: ID<User>?, _ element: inout Fields) -> ID<User>? {
        if heir == nil, !element.has("to") { element.fail("to", "missing", plain("Say to whom.")) }
        return heir
    }
}
