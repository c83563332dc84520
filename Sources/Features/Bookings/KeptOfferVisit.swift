/// The address of a kept time: only whoever has the offer's token sees it as free.
import Database
import Scheduling
import Web

extension BookingRoutes {
    /// A reader of an offer in front of its link.
    struct KeptReader: Sendable {
        let offer: KeptOffer
        let token: String
        /// What they came for, kept for them now; nil where the offer is over because one of its times was booked.
        let time: KeptOffer.Time?
    }

    /// What a form's hold is to a link with a code.
    enum KeptHold: Sendable {
        /// No time of an offer or the waitlist's, or one that is kept no longer.
        case none
        /// The time the form is about, kept now: whoever has it need not know the code.
        case living
        /// Another time of the offer was booked meanwhile.
        case taken
    }

    /// Who comes with the token of an offer of this link. Anything else in the address is nobody's token, and so is
    /// that of an offer whose times were let go: it opens no door any more.
    func keptReader(_ request: Request, slug: String) async throws -> KeptReader? {
        guard let token = request.query["offer"], token.utf8.count == KeptOffer.tokenLength,
            request.query["day"] == nil,
            let start = PickerAsk(request.query, zones: installation.world.zones, now: installation.world.now).start
        else { return nil }
        let (link, scope) = try await OpenLink(installation).find(slug: slug, evenClosed: true)
        let (found, now) = (
            try await installation.database.read(scope) { tx in
                try KeptOfferStore.find(token: token, link: link.id, scope: scope, in: tx)
            }, installation.world.now
        )
        guard let offer = found else { return nil }
        if offer.state == .taken { return KeptReader(offer: offer, token: token, time: nil) }
        guard offer.isOpen(now: now), let time = offer.times.first(where: { $0.start == start }), now < time.expires
        else { return nil }
        return KeptReader(offer: offer, token: token, time: time)
    }

    /// To the details with the time that is kept, or to other times where the offer is over. Nothing changes by
    /// looking.
    func straight(as reader: KeptReader, _ visit: Visit) async throws -> Answer {
        guard let time = reader.time else {
            var visit = visit
            visit.ask.start = nil
            return try await page(visit, alert: Self.alert(KeptOfferRefusal.taken.message))
        }
        var form = FormToken(world: installation.world)
        form.hold = KeptOffer.holdToken(reader.token, time.hold)
        let (offer, rules) = (reader.offer, visit.link.rules)
        let carried = visit.carried.pairs.filter { $0.0 != "duration" }
        let address = PickerAddress(
            base: Path("/book/\(rules.slug)/details"), zone: visit.ask.zone?.name, clock: visit.ask.clock,
            extra: offer.minutes == rules.duration ? carried : carried + [("duration", String(offer.minutes))])
        return .redirect(address.path([
            ("start", String(time.start.seconds)), ("form", form.text(keyring: installation.keyring)),
        ]))
    }

    /// Whether a form is about a time that an offer or the waitlist of this link keeps now. It is a right to that time
    /// alone, not to the link: the code is still asked for everything else.
    func keptHold(_ data: FormData, of link: Link, scope: Scope) async throws -> KeptHold {
        let (zones, now) = (installation.world.zones, installation.world.now)
        guard let token = FormToken(data["form"], keyring: installation.keyring)?.hold,
            let start = PickerAsk(data, zones: zones, now: now).start
        else { return .none }
        return try await installation.database.read(scope) { tx in
            guard let offered = KeptOffer.token(inHold: token) else {
                let hold = try BookingTokenStore.hold(token: token, link: link.id, scope: scope, in: tx)
                let isOffered = hold.map { $0.waits && $0.starts == start && now < $0.expires } ?? false
                return isOffered ? .living : .none
            }
            let offer = try KeptOfferStore.find(token: offered, link: link.id, scope: scope, in: tx)
            guard let offer else { return .none }
            if offer.state == .taken { return .taken }
            let hold = try BookingTokenStore.hold(token: token, link: link.id, scope: scope, in: tx)
            guard let hold, hold.offer == offer.id, offer.isOpen(now: now), hold.starts == start, now < hold.expires
            else { return .none }
            return .living
        }
    }

    /// A link that asks for its code; whose form led to a booking sees that booking, be it by an offer or from the
    /// waitlist, and whoever comes too late for an offer is told so.
    func closed(
        _ request: Request, _ data: FormData, _ link: Link, _ reader: KeptReader?, _ held: KeptHold, _ scope: Scope
    ) async throws -> Answer {
        let isSafe = request.method.isSafe
        if let form = FormToken(data["form"], keyring: installation.keyring),
            let booked = try await alreadyBooked(form, on: link, clock: .usual, scope: scope) {
            return .redirect(booked)
        }
        let isTaken = held == .taken || reader != nil
        return try await codePage(
            link, Carried(data, link: link), alert: isTaken ? Self.alert(KeptOfferRefusal.taken.message) : .empty,
            status: isSafe ? 200 : isTaken ? KeptOfferRefusal.taken.status : 401, scope: scope)
    }
}
