/// Polls for keys of the workspace.
import Database
import Scheduling
import Web

package struct PollAPI: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/api/v1/polls", .api(.linksRead), list),
            Route(.post, "/api/v1/polls", .api(.linksWrite), create),
            Route(.get, "/api/v1/polls/:id", .api(.linksRead), read),
            Route(.delete, "/api/v1/polls/:id", .api(.linksWrite), delete),
            Route(.delete, "/api/v1/polls/:id/options/:option", .api(.linksWrite), removeOption),
            Route(.delete, "/api/v1/polls/:id/voters/:voter", .api(.linksWrite), removeVoter),
            Route(.post, "/api/v1/polls/:id/closing", .api(.linksWrite), close),
            Route(.post, "/api/v1/polls/:id/reopening", .api(.linksWrite), reopen),
            Route(.post, "/api/v1/polls/:id/finalization", .api(.linksWrite), finalize),
        ]
    }

    private var zones: Zones { installation.world.zones }

    /// Without who said what: a list may be long.
    private func list(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let page = try PageAsk(request.query)
        let (after, scope, now, zones) = (try page.after(Poll.self), principal.scope, installation.world.now, zones)
        let (all, links) = try await installation.database.read(scope) { tx in
            let all = try PollStore.page(of: principal.acts, after: after, most: page.limit + 1, scope: scope, in: tx)
            return (all, try LinkStore.find(Set(all.map(\.link)), scope: scope, in: tx))
        }
        let rows = all.compactMap { poll in links[poll.link].map { (poll, $0) } }
        return page.answer(rows, each: { poll, link in
            let json = PollJSON(poll, link: link, voters: [], now: now, zones: zones).json()
            return .object((json.members ?? []).filter { !["voters", "options"].contains($0.0) })
        }, cursor: \.0.id.text)
    }

    private func create(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let now = installation.world.now
        var fields = Fields(json: try request.json())
        let kind: PollKind = fields.has("dates") ? .days : .times
        let times = fields.list("times", atMost: Poll.mostOptions, label: plain("Times")) { time in
            let start = BookingReading.start(&time)
            return PollMoment.time(OneOff.Time(
                start: start,
                minutes: time.integer("durationMinutes", OneOff.lengths, label: plain("Length in minutes"))))
        }
        let dates = fields.texts("dates", 0...Poll.mostOptions, length: 10, label: plain("Dates"))
        let days = dates.compactMap { LocalDate($0) }.map { PollMoment.day($0) }
        if days.count < dates.count {
            fields.fail("dates", "invalid", plain("Dates are written such as 2026-12-31."))
        }
        if kind == .days, !times.isEmpty {
            fields.fail("times", "invalid", plain("Ask about times or about dates, not both."))
        }
        let zone = zones.zone(BookingReading.timezone(&fields, otherwise: nil, zones: zones)) ?? .utc
        let wish = PollReading.read(&fields, kind, kind == .days ? days : times, zone: zone, now: now)
        let host = fields.optionalText("hostId", atMost: 40, label: plain("Host"))
        try fields.finish()
        let person = try await ActedFor.host(host, for: principal, in: installation.database)
        return try await MakePoll(installation, from: Origin(request))(
            wish, of: person.id, key: try request.idempotencyKey(), scope: principal.scope(on: [person.id])).answer
    }

    private func read(_ request: Request) async throws -> Answer { .json(try await told(request)) }

    private func told(_ request: Request) async throws -> JSON {
        let (poll, link, voters) = try await PollRoutes.own(request, installation)
        let (principal, now, zones) = (try request.signedIn(), installation.world.now, zones)
        let scope = principal.scope
        return try await installation.database.read(scope) { tx in
            let freedom = try PollFreedom(poll, zone: zones.zone(poll.zone) ?? .utc, now: now, in: tx)
            return PollJSON(poll, link: link, voters: voters, now: now, zones: zones)
                .json(freedom: freedom, tellsAddresses: principal.may(.bookingsRead))
        }
    }

    private func delete(_ request: Request) async throws -> Answer {
        let (poll, scope, ends) = try await deed(request)
        try await ends.delete(poll.id, scope: scope)
        return .empty()
    }

    private func deed(_ request: Request) async throws -> (Poll, Scope, EndPoll) {
        let (poll, _, _) = try await PollRoutes.own(request, installation)
        return (poll, try request.signedIn().scope(on: [poll.author]), EndPoll(installation, from: Origin(request)))
    }

    private func removeOption(_ request: Request) async throws -> Answer {
        try await remove(ID<PollOption>(try request.parameter("option")).map(PollPart.option), request)
    }

    private func removeVoter(_ request: Request) async throws -> Answer {
        try await remove(ID<PollVoter>(try request.parameter("voter")).map(PollPart.voter), request)
    }

    private func remove(_ part: PollPart?, _ request: Request) async throws -> Answer {
        let (poll, scope, ends) = try await deed(request)
        guard let part else { throw Common.notFound }
        try await ends.remove(part, from: poll.id, scope: scope)
        return .empty()
    }

    private func close(_ request: Request) async throws -> Answer {
        let (poll, scope, ends) = try await deed(request)
        try await ends.close(poll.id, scope: scope)
        return .json(try await told(request))
    }

    /// `deadline`, none = until it is decided.
    private func reopen(_ request: Request) async throws -> Answer {
        let (poll, scope, ends) = try await deed(request)
        var fields = Fields(json: try request.json())
        let deadline = PollReading.deadline(&fields, now: installation.world.now)
        try fields.finish()
        try await ends.reopen(poll.id, until: deadline, scope: scope)
        return .json(try await told(request))
    }

    private func finalize(_ request: Request) async throws -> Answer {
        let (poll, _, voters) = try await PollRoutes.own(request, installation)
        var fields = Fields(json: try request.json())
        let decision = PollDecision.read(&fields, poll, voters, zone: zones.zone(poll.zone) ?? .utc)
        try fields.finish()
        guard let decision else { throw Common.notFound }
        try await FinalizePoll(installation, from: Origin(request))(
            decision, of: poll.id, key: try request.idempotencyKey(),
            scope: try request.signedIn().scope(on: [poll.author]))
        return .json(try await told(request), status: 201)
    }
}
