/// Who stands in front of a link's pages: found, spoken to in the link's language, and asked for its code first.
import Database
import Scheduling
import Web

extension BookingRoutes {
    /// A stranger in front of a link they may see.
    struct Visit: Sendable {
        let link: Link
        let scope: Scope
        var carried: Carried
        var ask: PickerAsk
        /// The single-use link whose address they came by.
        var singleUse: SingleUse?
        /// Why whoever they named cannot be chosen.
        var refused: String?
    }

    /// Finds the link, speaks its language, keeps its clock, and asks for its code first.
    /// - Parameters:
    ///   - byToken: that the address is a right of its own, given when the link was open and its code known.
    ///   - byHold: that a form with a kept time is such a right.
    func visiting(
        _ request: Request, _ data: FormData, byToken: Bool = false, as reader: KeptReader? = nil,
        byHold: Bool = false, _ answer: (Visit) async throws -> Answer
    ) async throws -> Answer {
        if let token = request.parameters["single"] {
            return try await given(token, request, data, answer)
        }
        let byToken = byToken || reader?.time != nil
        let (found, scope) = try await OpenLink(installation).find(
            slug: try request.parameter("slug"), evenClosed: true)
        // Whoever only looks leaves nothing behind.
        let link = request.method.isSafe ? found : try await OpenAdHocLink(installation).stored(found, scope: scope)
        return try await link.spoken(among: installation.languages, for: data) {
            try await framing(request, data, link) {
                let carried = Carried(data, link: link)
                if !byToken, let booked = try await lastUse(data, of: link, scope: scope) { return .redirect(booked) }
                if !byToken, !codes.opens(link, pass: carried.pass) {
                    let held = byHold ? try await keptHold(data, of: link, scope: scope) : .none
                    if held != .living { return try await closed(request, data, link, reader, held, scope) }
                }
                var ask = PickerAsk(data, zones: installation.world.zones, now: installation.world.now)
                if link.rules.look.locksZone { (ask.zone, ask.choosesZone) = (nil, false) }
                var visit = Visit(link: link, scope: scope, carried: carried, ask: ask)
                try await visit.choose(ChooseHost(installation))
                return try await answer(visit)
            }
        }
    }
}
