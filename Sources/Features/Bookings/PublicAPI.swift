/// The API for strangers and their agents: a link, its slots, holds and bookings.
import Database
import Scheduling
import Web

package struct PublicAPI: Sendable {
    let installation: Installation
    let lookUps: LookUps
    private let codes: AccessCode

    package init(_ installation: Installation) {
        self.installation = installation
        codes = AccessCode(installation)
        lookUps = LookUps(database: installation.database)
    }

    package var routes: [Route] {
        [
            Route(.get, "/api/v1/public/links/:slug", .open, link),
            Route(.get, "/api/v1/public/links/:slug/slots", .open, slots),
            Route(.post, "/api/v1/public/links/:slug/holds", .open, hold),
            Route(.delete, "/api/v1/public/holds/:token", .token, release),
            Route(.post, "/api/v1/public/links/:slug/bookings", .open, book),
            Route(.post, "/api/v1/public/links/:slug/email-codes", .open, limit: .perMinute(10, bucket: "email codes"),
                  mailCode),
        ]
    }

    private var zones: Zones { installation.world.zones }

    private func link(_ request: Request) async throws -> Answer {
        let (link, scope) = try await found(request)
        let schedule = try await installation.database.read(scope) { tx in
            try ScheduleStore.find(link.schedule, scope: scope, in: tx)
        }
        return .json(LinkJSON(link).open(zone: schedule?.zone ?? "UTC"))
    }

    private func slots(_ request: Request) async throws -> Answer {
        let (zones, now) = (zones, installation.world.now)
        let found = try await installation.snapshots.find(
            slug: try request.parameter("slug"), now: now, installation)
        let (link, scope) = (found.link, found.scope)
        _ = try await codes.check(link, typed: request.headers["workestra-access-code"], from: request.remote)
        var asked = try SlotsAsk(request.query, link: link, zones: zones)
        asked.host = try await ChooseHost(installation)(request.query["host"], of: link)
        let ask = asked
        let claims = try await claims(ofHold: request.query["holdToken"], link: link)
        guard let body = found.snapshot.flatMap({ ask.body($0, ignoring: claims, now: now) }) else {
            return .json(try await installation.database.read(scope) { tx in
                try ask.body(link, ignoring: claims, now: now, zones: zones, scope: scope, in: tx)
            })
        }
        if installation.snapshots.checksItself {
            try await installation.snapshots.check(body, from: found, installation) { link, tx in
                try ask.body(link, ignoring: claims, now: now, zones: zones, scope: scope, in: tx)
            }
        }
        return .json(body)
    }

    private func hold(_ request: Request) async throws -> Answer {
        let (link, scope) = try await found(request)
        var fields = Fields(json: try request.json())
        let start = BookingReading.start(&fields)
        let minutes = Self.duration(&fields, link: link)
        let host = fields.optionalText("host", atMost: ChooseHost.longest, label: plain("Host"))
        try fields.finish()
        let held = try await HoldSlot(installation)(
            start: start, duration: minutes, visitor: installation.world.token(), client: request.client, link: link.id,
            choosing: try await ChooseHost(installation)(host, of: link), scope: scope)
        return .json(["holdToken": .string(held.token), "expiresAt": .string(held.hold.expires.rfc3339())], status: 201)
    }

    private func release(_ request: Request) async throws -> Answer {
        guard let found = try await lookUps.hold(try request.parameter("token")) else { throw Common.notFound }
        try await HoldSlot(installation).release(found.hold, scope: Scope(workspace: found.workspace, actor: .visitor))
        return .empty()
    }

    private func book(_ request: Request) async throws -> Answer {
        // Whoever asks again with the key of the last use gets that booking, so `BookSlot` says what is over.
        let (link, scope) = try await found(request, evenClosed: true)
        var fields = Fields(json: try request.json())
        let start = BookingReading.start(&fields)
        let minutes = Self.duration(&fields, link: link)
        let read = BookingReading.read(
            &fields, link: link, zone: nil, zones: zones, language: request.language, takesFiles: true)
        var wish = BookingRequest(start: start, attendee: read.attendee, answers: read.answers)
        wish.duration = minutes
        (wish.guests, wish.location) = (read.guests, read.location)
        wish.holdToken = fields.optionalText("holdToken", atMost: 100)
        let host = fields.optionalText("host", atMost: ChooseHost.longest, label: plain("Host"))
        wish.source = fields.choice("source", otherwise: BookingSource.api, optional: true)
        // Hosts read it as "one of us booked this", which a stranger must not be able to say.
        if wish.source == .host { fields.fail("source", "invalid", plain("Only hosts book as hosts.")) }
        // Such a booking came by an address of its own.
        if [.singleUse, .oneOff, .sheet, .poll].contains(wish.source) {
            fields.fail("source", "invalid", plain("Book by the address that was made for it."))
        }
        wish.utm = BookingReading.utm(&fields)
        wish.bookedBy = read.bookedBy
        wish.series = SeriesReading.read(&fields, link: link, start: start)?.wish
        BookingReading.refuseSeriesForOthers(&fields, wish.series, wish.bookedBy)
        let code = fields.optionalText("emailCode", atMost: 20, label: plain("E-mail code"))
        let proof = fields.optionalText("proof", atMost: Proof.longest, label: plain("Proof of work"))
        wish.proof = Proof(proof, link.id, installation)
        try fields.finish()
        wish.host = try await ChooseHost(installation)(host, of: link)
        wish.key = try request.idempotencyKey()
        let keeper = Doorkeeper(installation, request)
        if let decoy = try await keeper.admit(wish, code: code, to: link, scope: scope) { return decoy.answer }
        return try await keeper.book(wish, on: link, scope: scope).answer
    }

    /// The same answer for every address.
    private func mailCode(_ request: Request) async throws -> Answer {
        let (link, scope) = try await found(request)
        var fields = Fields(json: try request.json())
        let email = fields.email("email", label: plain("E-mail"))
        if link.rules.door == LinkDoor() {
            fields.fail("email", "invalid", plain("This link asks for no code. Book without one."))
        }
        try fields.finish()
        if try await !Doorkeeper(installation, request).isBlocked(email, scope: scope) {
            try await AskEmailCode(installation)(email, link: link, language: request.language, scope: scope)
        }
        return .empty()
    }

    /// `duration` may be sent along; it must be one of the link's.
    static func duration(_ fields: inout Fields, link: Link) -> Int? {
        guard let minutes = fields.optionalInteger("duration", LinkReading.lengths) else { return nil }
        if !link.rules.lengths.contains(minutes) { fields.fail("duration", "invalid", link.rules.otherLengthRefused) }
        return minutes
    }

    /// The open link of the slug, with a stranger's scope; a coded one needs its code in a header.
    func found(_ request: Request, evenClosed: Bool = false) async throws -> (Link, Scope) {
        var (link, scope) = try await OpenLink(installation).find(
            slug: try request.parameter("slug"), evenClosed: evenClosed)
        if !request.method.isSafe { link = try await OpenAdHocLink(installation).stored(link, scope: scope) }
        _ = try await codes.check(link, typed: request.headers["workestra-access-code"], from: request.remote)
        return (link, scope)
    }

    /// One's own hold is not busy.
    private func claims(ofHold token: String?, link: Link) async throws -> [String] {
        guard let token, let found = try await lookUps.hold(token), found.link == link.id else { return [] }
        return [found.hold.text] + [found.offer?.text].compactMap(\.self)
    }
}

/// From a slug to a link that strangers may use.
package struct OpenLink: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// - Parameter evenClosed: also one whose time is over or whose uses are spent.
    /// - Throws: `LinkRefusal` when there is none or it takes no bookings. Its code, if it has one, is asked for by
    ///   the caller.
    package func find(slug: String, evenClosed: Bool = false) async throws -> (Link, Scope) {
        try await reading(slug: slug, evenClosed: evenClosed, now: installation.world.now) { link, scope, _ in
            (link, scope)
        }
    }

    /// The same, with more to be read of the link in one transaction.
    func reading<T: Sendable>(
        slug: String, evenClosed: Bool = false, now: Instant,
        _ more: @escaping @Sendable (Link, Scope, Transaction) throws -> T
    ) async throws -> T {
        if AdHocLink.handles(in: slug) != nil {
            let (link, scope) = try await OpenAdHocLink(installation).find(slug)
            return try await installation.database.read(scope) { tx in try more(link, scope, tx) }
        }
        guard Slug.isWellFormed(slug),
            let found = try await LookUps(database: installation.database).link(slug: slug)
        else { throw LinkRefusal.notFound }
        let scope = Scope(workspace: found.workspace, actor: .visitor)
        return try await installation.database.read(scope) { tx in
            guard let link = try LinkStore.find(found.link, scope: scope, in: tx) else { throw LinkRefusal.notFound }
            do {
                try link.checkOpen(now: now, scope: scope, in: tx)
            } catch let refusal as LinkRefusal where evenClosed && refusal.status == 410 {
                // The caller has something to show to somebody who was in time.
            }
            return try more(link, scope, tx)
        }
    }

    /// Where a link is now that had this slug before; nil for a link's own slug and for unknown ones.
    func moved(_ slug: String) async throws -> Path? {
        let (link, _) = try await find(slug: slug, evenClosed: true)
        return link.rules.slug == slug ? nil : link.path
    }
}

extension Link {
    /// Lets a booking through as far as the link goes; counts its uses where they are limited.
    func checkOpen(now: Instant, scope: Scope, in tx: Transaction) throws {
        if adHoc != nil, try !AdHocStore.isWanted(self, scope: scope, in: tx) { throw LinkRefusal.notFound }
        let counts = rules.access.mostUses != nil
        try checkOpen(uses: counts ? LinkUseStore.uses(of: id, scope: scope, in: tx) : 0, now: now)
    }
}

extension Link {
    /// A few links of the same host that everybody may see, for a page that has no times.
    func others(now: Instant, scope: Scope, in tx: Transaction) throws -> [Link] {
        guard let host = hosts.first else { return [] }
        return Array(try LinkStore.all(host: host.id, scope: scope, in: tx).filter { other in
            let access = other.rules.access
            let isOver = access.expiresAt.map { $0 <= now } ?? false
            return other.id != id && other.rules.active && !access.hidden && access.code == nil && !isOver
        }.prefix(3))
    }
}
