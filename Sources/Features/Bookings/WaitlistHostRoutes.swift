/// A link's waitlist for its hosts, on a page and in the API: who waits, taking somebody off, offering by hand.
import Database
import Scheduling
import Web

struct WaitlistHostRoutes: Sendable {
    let installation: Installation

    init(_ installation: Installation) { self.installation = installation }

    var routes: [Route] {
        [
            Route(.get, "/settings/booking-links/:id/waitlist", .signedIn(.viewBookings), show),
            Route(.post, "/calendar/waitlist/:id/removal", .signedIn(.manageBookings), remove),
            Route(.post, "/calendar/waitlist/:id/offer", .signedIn(.manageBookings), offer),
        ]
    }

    private func show(_ request: Request) async throws -> Answer {
        let done: String? = switch request.query["done"] {
        case "removed": plain("Taken off the waitlist.")
        case "offered": plain("Offered. A mail is on its way.")
        default: nil
        }
        let (principal, link) = (try request.signedIn(), try await OwnWaitlist.link(request, installation))
        return .page(try await page(link, principal, done: done).html)
    }

    private func page(
        _ link: Link, _ principal: Principal, done: String? = nil, refusal: String? = nil
    ) async throws -> WaitlistHostPage {
        let (scope, now) = (principal.scope, installation.world.now)
        return try await installation.database.read(scope) { tx in
            let viewer = try Viewer(principal, installation, in: tx)
            return WaitlistHostPage(
                principal: principal, link: link, entries: try WaitlistStore.all(of: link.id, scope: scope, in: tx),
                zone: viewer.zone, clock: viewer.clock, now: now, done: done,
                refusal: refusal)
        }
    }

    private func remove(_ request: Request) async throws -> Answer {
        let (entry, link) = try await OwnWaitlist.entry(request, installation)
        do {
            try await EndEntry(installation, from: Origin(request))(
                entry.id, as: .removed, scope: try request.signedIn().scope(on: link))
        } catch WaitlistRefusal.over {
            // Gone in another way meanwhile: the list shows how.
        }
        return .redirect(WaitlistHostPage.path(link).adding(query: [("done", "removed")]))
    }

    private func offer(_ request: Request) async throws -> Answer {
        let (entry, link) = try await OwnWaitlist.entry(request, installation)
        let principal = try request.signedIn()
        let offered = try await OfferPlaces(installation)(link.id, only: entry.id, scope: principal.scope(on: link))
        guard offered.isEmpty, entry.state != .offered else {
            return .redirect(WaitlistHostPage.path(link).adding(query: [("done", "offered")]))
        }
        let words = plain("Nothing is free that could be offered to \(entry.name) now.")
        return .page(try await page(link, principal, refusal: words).html, status: 409)
    }
}

/// The same for keys of the workspace, and the door for programs of those who wait.
package struct WaitlistAPI: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/api/v1/links/:id/waitlist", .api(.bookingsRead), list),
            Route(.delete, "/api/v1/waitlist/:id", .api(.bookingsWrite), remove),
            Route(.post, "/api/v1/public/links/:slug/waitlist", .open, join),
        ]
    }

    private func list(_ request: Request) async throws -> Answer {
        let page = try PageAsk(request.query)
        let link = try await OwnWaitlist.link(request, installation)
        let after = try page.after(WaitlistEntry.self)
        let scope = try request.signedIn().scope
        let entries = try await installation.database.read(scope) { tx in
            try WaitlistStore.page(of: link.id, after: after, most: page.limit + 1, scope: scope, in: tx)
        }
        return page.answer(entries, each: \.json, cursor: \.id.text)
    }

    private func remove(_ request: Request) async throws -> Answer {
        let (entry, link) = try await OwnWaitlist.entry(request, installation)
        try await EndEntry(installation, from: Origin(request))(
            entry.id, as: .removed, scope: try request.signedIn().scope(on: link))
        return .empty()
    }

    /// The same answer for everybody who may ask, whether they wait already or are turned away.
    private func join(_ request: Request) async throws -> Answer {
        let (link, scope) = try await OpenLink(installation).find(slug: try request.parameter("slug"))
        _ = try await AccessCode(installation).check(
            link, typed: request.headers["workestra-access-code"], from: request.remote)
        var fields = Fields(json: try request.json())
        let start = fields.has("start") ? BookingReading.start(&fields) : nil
        let day = fields.has("day") ? fields.parsed(
            "day", label: plain("Day"), LocalDate.init, plain("Day must be a date such as 2026-12-01.")) : nil
        let minutes = PublicAPI.duration(&fields, link: link)
        var wish = WaitlistReading.person(&fields, zone: nil, zones: installation.world.zones)
        let code = fields.optionalText("emailCode", atMost: 20, label: plain("E-mail code"))
        let proof = fields.optionalText("proof", atMost: Proof.longest, label: plain("Proof of work"))
        if fields.has("start") == fields.has("day") {
            fields.fail("day", "missing", plain("Say either the day or the start of the session that is waited for."))
        }
        try fields.finish()
        guard link.rules.waitlist.isOn else { throw WaitlistRefusal.off }
        (wish.start, wish.day, wish.minutes) = (start, day, minutes)
        wish.proof = Proof(proof, link.id, installation)
        let keeper = Doorkeeper(installation, request)
        if try await keeper.admit(wish, code: code, to: link, scope: scope) {
            try await keeper.wait(wish, on: link, scope: scope)
        }
        return .json([
            "state": "waiting", "start": JSON(start?.rfc3339()), "day": JSON(day?.description),
            "offerMinutes": .int(Int64(link.rules.waitlist.minutes)),
        ], status: 202)
    }
}

/// What of waitlists the signed-in person, or the key's, may see.
enum OwnWaitlist {
    /// The link of the path's `:id`; one of somebody else's is not found.
    static func link(_ request: Request, _ installation: Installation) async throws -> Link {
        guard let id = ID<Link>(try request.parameter("id")) else { throw Common.notFound }
        return try await link(id, try request.signedIn(), reading: true, installation)
    }

    /// The entry of the path's `:id`, to be changed.
    static func entry(_ request: Request, _ installation: Installation) async throws -> (WaitlistEntry, Link) {
        let principal = try request.signedIn()
        guard let id = ID<WaitlistEntry>(try request.parameter("id")) else { throw Common.notFound }
        let scope = principal.scope
        let found = try await installation.database.read(scope) { tx in
            try WaitlistStore.find(id, scope: scope, in: tx)
        }
        guard let entry = found else { throw Common.notFound }
        return (entry, try await link(entry.link, principal, reading: false, installation))
    }

    private static func link(
        _ id: ID<Link>, _ principal: Principal, reading: Bool, _ installation: Installation
    ) async throws -> Link {
        let (scope, sees) = (principal.scope, reading ? principal.reads : principal.acts)
        let link = try await installation.database.read(scope) { tx in try LinkStore.find(id, scope: scope, in: tx) }
        guard let link, link.deletedAt == nil, link.hosts.contains(where: { sees?.contains($0.id) ?? true }) else {
            throw Common.notFound
        }
        return link
    }
}

extension WaitlistEntry {
    /// As the API tells it to the hosts of its link.
    var json: JSON {
        let span = target.span
        let start = target.day == nil ? span.start.rfc3339() : nil
        return [
            "id": .string(id.text), "state": .string(state.rawValue), "day": JSON(target.day?.description),
            "start": JSON(start), "durationMinutes": .int(Int64(minutes)),
            "attendee": ["name": .string(name), "email": .string(email), "timezone": .string(zone)],
            "offer": offer.map { offer in
                ["start": .string(offer.start.rfc3339()), "until": .string(offer.until.rfc3339())]
            } ?? .null,
            "bookingId": JSON(booking?.text), "createdAt": .string(createdAt.rfc3339()),
            "endedAt": JSON(endedAt?.rfc3339()),
        ]
    }
}
