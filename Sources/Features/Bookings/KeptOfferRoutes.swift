/// The addresses at which a host has offered times kept free, looks at what is kept, and lets it go.
import Database
import Scheduling
import Web

struct KeptOfferRoutes: Sendable {
    let installation: Installation

    init(_ installation: Installation) { self.installation = installation }

    var routes: [Route] {
        [
            Route(.post, "/settings/booking-links/:id/offers", .signedIn(.manageLinks), keep),
            Route(.get, "/settings/booking-links/:id/offers/:offer", .signedIn(.manageLinks), show),
            Route(.post, "/settings/booking-links/:id/offers/:offer/release", .signedIn(.manageLinks), release),
        ]
    }

    private var world: World { installation.world }

    private func keep(_ request: Request) async throws -> Answer {
        let (principal, link) = try await OfferRoutes(installation).link(request)
        let data = try request.form()
        var fields = Fields(form: data)
        let days = fields.integer("days", 1...KeptOffer.mostDays, label: plain("How long"))
        let whom = fields.text("whom", 0...KeptOffer.longestWhom, label: plain("For whom"))
        let starts = Offer.starts(data)
        if starts.isEmpty { fields.fail("days", "missing", plain("Pick at least one time first.")) }
        let key = FormToken(data["form"], keyring: installation.keyring).map {
            RequestKey(text: $0.key, request: "keep times")
        }
        guard fields.errors.isEmpty else {
            return try await OfferRoutes(installation).again(principal, link, data, filled: fields.filled, status: 422)
        }
        let viewer = try await installation.database.read(principal.scope) { tx in
            try Viewer(principal, installation, in: tx)
        }
        let zone = PickerAsk(data, zones: world.zones, now: world.now).zone ?? viewer.zone
        let wish = KeepWish(
            starts: starts, minutes: data["duration"].flatMap { Int($0) }, until: world.now.adding(days: days),
            whom: whom, zone: zone.name)
        do {
            let reply = try await KeepTimes(installation)(
                wish, link: link.id, key: key, scope: principal.scope(on: link))
            let id = (try? JSON(reading: reply.body))?["id"]?.string ?? ""
            return .redirect(Path("/settings/booking-links/\(link.id)/offers/\(id)"))
        } catch let refusal as any Refusal where refusal is KeptOfferRefusal || refusal is LinkRefusal {
            return try await OfferRoutes(installation).again(
                principal, link, data, filled: fields.filled, alert: BookingRoutes.alert(refusal.message),
                status: refusal.status)
        }
    }

    private func show(_ request: Request) async throws -> Answer {
        let (principal, link) = try await OfferRoutes(installation).link(request)
        let offer = try await Self.offer(request, of: link, principal, installation)
        let scope = principal.scope
        let (viewer, token) = try await installation.database.read(scope) { tx in
            (
                try Viewer(principal, installation, in: tx),
                try KeptOfferStore.token(of: offer.id, keyring: installation.keyring, scope: scope, in: tx)
            )
        }
        return .page(KeptOfferPage(
            principal: principal, link: link, offer: offer, token: token, address: installation.address,
            zone: viewer.zone, clock: viewer.clock, textZone: world.zones.zone(offer.zone) ?? viewer.zone,
            now: world.now).html)
    }

    private func release(_ request: Request) async throws -> Answer {
        let (principal, link) = try await OfferRoutes(installation).link(request)
        let offer = try await Self.offer(request, of: link, principal, installation)
        try await EndKeptOffer(installation).release(offer.id, scope: principal.scope(on: link))
        return .redirect(Path("/settings/booking-links/\(link.id)/offers/\(offer.id)"))
    }

    /// The offer of the path, when it is one of that link.
    static func offer(
        _ request: Request, of link: Link, _ principal: Principal, _ installation: Installation
    ) async throws -> KeptOffer {
        guard let id = ID<KeptOffer>(try request.parameter("offer")) else { throw Common.notFound }
        let scope = principal.scope
        let found = try await installation.database.read(scope) { try KeptOfferStore.find(id, scope: scope, in: $0) }
        guard let offer = found, offer.link == link.id else { throw Common.notFound }
        return offer
    }
}

/// The same for keys of the workspace.
package struct KeptOfferAPI: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/api/v1/links/:id/offers", .api(.linksRead), list),
            Route(.post, "/api/v1/links/:id/offers", .api(.linksWrite), create),
            Route(.get, "/api/v1/links/:id/offers/:offer", .api(.linksRead), read),
            Route(.delete, "/api/v1/links/:id/offers/:offer", .api(.linksWrite), release),
        ]
    }

    private func list(_ request: Request) async throws -> Answer {
        let page = try PageAsk(request.query)
        let link = try await OwnWaitlist.link(request, installation)
        let after = try page.after(KeptOffer.self)
        let scope = try request.signedIn().scope
        let offers = try await installation.database.read(scope) { tx in
            try KeptOfferStore.page(of: link.id, after: after, most: page.limit + 1, scope: scope, in: tx)
        }
        return page.answer(
            offers, each: { KeptOfferJSON($0, link: link, token: nil, installation).json }, cursor: \.id.text)
    }

    private func create(_ request: Request) async throws -> Answer {
        let (principal, link) = try await OfferRoutes(installation).link(request)
        let now = installation.world.now
        var fields = Fields(json: try request.json())
        let given = fields.texts("starts", 1...Offer.mostTimes, length: 40, label: plain("Times"))
        let starts = given.compactMap(Instant.init(rfc3339:)).compactMap { Instant(bounded: $0.seconds) }
        if starts.count < given.count {
            fields.fail("starts", "invalid", plain("Times are written like 2026-12-01T09:00:00+01:00."))
        }
        let until = fields.parsed(
            "until", label: plain("Until"), Instant.init(rfc3339:),
            plain("Until must be an instant such as 2026-12-01T09:00:00Z."))
        let minutes = PublicAPI.duration(&fields, link: link)
        let whom = fields.has("whom")
            ? fields.text("whom", 0...KeptOffer.longestWhom, label: plain("For whom")) : ""
        let zone = BookingReading.timezone(&fields, otherwise: nil, zones: installation.world.zones)
        try fields.finish()
        let wish = KeepWish(starts: starts, minutes: minutes, until: until ?? now, whom: whom, zone: zone)
        return try await KeepTimes(installation)(
            wish, link: link.id, key: try request.idempotencyKey(), scope: principal.scope(on: link)).answer
    }

    private func read(_ request: Request) async throws -> Answer {
        let link = try await OwnWaitlist.link(request, installation)
        let offer = try await KeptOfferRoutes.offer(request, of: link, try request.signedIn(), installation)
        return .json(KeptOfferJSON(offer, link: link, token: nil, installation).json)
    }

    private func release(_ request: Request) async throws -> Answer {
        let (principal, link) = try await OfferRoutes(installation).link(request)
        let offer = try await KeptOfferRoutes.offer(request, of: link, principal, installation)
        try await EndKeptOffer(installation).release(offer.id, scope: principal.scope(on: link))
        return .empty()
    }
}

/// A kept offer as the API tells it; its addresses are told once, by the call that makes it.
struct KeptOfferJSON {
    let offer: KeptOffer
    let link: Link
    let token: String?
    let installation: Installation

    init(_ offer: KeptOffer, link: Link, token: String?, _ installation: Installation) {
        (self.offer, self.link, self.token, self.installation) = (offer, link, token, installation)
    }

    var json: JSON {
        let now = installation.world.now
        let zone = installation.world.zones.zone(offer.zone) ?? .utc
        var members: [(String, JSON)] = [
            ("id", .string(offer.id.text)), ("linkId", .string(offer.link.text)),
            ("state", .string(offer.state(now: now).rawValue)), ("whom", .string(offer.whom)),
            ("durationMinutes", .int(Int64(offer.minutes))), ("timezone", .string(offer.zone)),
            ("until", .string(offer.expires.rfc3339())), ("bookingId", JSON(offer.booking?.text)),
            ("createdAt", .string(offer.createdAt.rfc3339())), ("endedAt", JSON(offer.endedAt?.rfc3339())),
        ]
        let text = Offer(offer, link: link, zone: zone, address: installation.address, token: token)
        members.append(("times", .array(offer.times.map { time in
            var one: [(String, JSON)] = [
                ("start", .string(time.start.rfc3339())),
                ("end", .string(time.start.adding(minutes: offer.minutes).rfc3339())),
                ("until", .string(time.expires.rfc3339())),
            ]
            if let token {
                one += [
                    ("url", .string(text.url(time.start))),
                    ("holdToken", .string(KeptOffer.holdToken(token, time.hold))),
                ]
            }
            return .object(one)
        })))
        if token != nil {
            let html = String(decoding: text.html.bytes, as: UTF8.self)
            members += [("text", .string(text.text)), ("html", .string(html))]
        }
        return .object(members)
    }
}

extension KeepWish {
    /// - Throws: `Invalid` where the times would be kept for too short or too long.
    func checkSpan(now: Instant) throws {
        let span = Int64(KeptOffer.leastMinutes) * 60...Int64(KeptOffer.mostDays) * 86_400
        guard span.contains(until - now) else {
            throw Invalid("until", code: "out_of_range", plain("Times are kept for 15 minutes to 14 days."))
        }
    }
}
