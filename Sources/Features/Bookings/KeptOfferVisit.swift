/// The address of a kept time: only whoever has the offer's token sees it as free.
import Database
import Scheduling
import Web

extension BookingRoutes {
    /// A reader of an offer in front of its link.
    struct KeptReader: Sendable {
        let offer: KeptOffer
        let token: String
    }

    /// Who comes with the token of an offer of this link. Anything else in the address is nobody's token.
    func keptReader(_ request: Request, slug: String) async throws -> KeptReader? {
        guard let token = request.query["offer"], token.utf8.count == KeptOffer.tokenLength,
            request.query["start"] != nil, request.query["day"] == nil
        else { return nil }
        let (link, scope) = try await OpenLink(installation).find(slug: slug, evenClosed: true)
        let offer = try await installation.database.read(scope) { tx in
            try KeptOfferStore.find(token: token, link: link.id, scope: scope, in: tx)
        }
        return offer.map { KeptReader(offer: $0, token: token) }
    }

    /// To the details with the time that is kept; the ordinary way where it is kept no longer. Nothing changes by
    /// looking.
    /// - Returns: nil where the time is none of the offer's, or kept no longer.
    func straight(to start: Instant, as reader: KeptReader, _ visit: Visit) async throws -> Answer? {
        let (offer, now) = (reader.offer, installation.world.now)
        if offer.state == .taken {
            var visit = visit
            visit.ask.start = nil
            return try await page(visit, alert: Self.alert(KeptOfferRefusal.taken.message))
        }
        guard offer.isOpen(now: now), let time = offer.times.first(where: { $0.start == start }), now < time.expires
        else { return nil }
        var form = FormToken(world: installation.world)
        form.hold = KeptOffer.holdToken(reader.token, time.hold)
        let carried = visit.carried.pairs.filter { !["duration", Carried.passName].contains($0.0) }
        var extra = offer.minutes == visit.link.rules.duration ? carried
            : carried + [("duration", String(offer.minutes))]
        // The address is a right of its own: whoever has it need not know the link's code.
        if let pass = codes.pass(visit.link) { extra.append((Carried.passName, pass)) }
        let address = PickerAddress(
            base: Path("/book/\(visit.link.rules.slug)/details"), zone: visit.ask.zone?.name, clock: visit.ask.clock,
            extra: extra)
        return .redirect(address.path([
            ("start", String(start.seconds)), ("form", form.text(keyring: installation.keyring)),
        ]))
    }
}
