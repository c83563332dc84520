/// The addresses at which a host makes polls, reads the answers, and decides.
import Database
import Scheduling
import Web

package struct PollRoutes: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/calendar/polls", .signedIn(.manageLinks), list),
            Route(.get, "/calendar/polls/new", .signedIn(.manageLinks), new),
            Route(.post, "/calendar/polls", .signedIn(.manageLinks), create),
            Route(.get, "/calendar/polls/:id", .signedIn(.manageLinks), show),
            Route(.post, "/calendar/polls/:id/finalization", .signedIn(.manageLinks), finalize),
            Route(.post, "/calendar/polls/:id/closing", .signedIn(.manageLinks), close),
            Route(.post, "/calendar/polls/:id/reopening", .signedIn(.manageLinks), reopen),
            Route(.post, "/calendar/polls/:id/removal", .signedIn(.manageLinks), remove),
            Route(.post, "/calendar/polls/:id/deletion", .signedIn(.manageLinks), delete),
        ]
    }

    private var now: Instant { installation.world.now }

    private func list(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let (scope, now) = (principal.scope, now)
        let page = try await installation.database.read(scope) { tx in
            let all = try PollStore.page(of: principal.acts, most: PollListPage.most, scope: scope, in: tx)
            let links = try LinkStore.find(Set(all.map(\.link)), scope: scope, in: tx)
            return PollListPage(
                principal: principal, all: all, titles: links.mapValues(\.rules.title),
                answered: try PollVoterStore.answered(all.map(\.id), scope: scope, in: tx), now: now)
        }
        return .page(page.html)
    }

    private func new(_ request: Request) async throws -> Answer {
        .page(try await page(try request.signedIn(), request.query).html)
    }

    /// A step on the way: another day, another length, one more time. Nothing is stored, and nothing typed is lost.
    private func show(_ step: PollStep, _ page: PollFormPage, _ data: FormData) -> Answer {
        var page = page
        var fields = Fields(form: data)
        page.filled = fields.filled
        switch step {
        case .show: page.filled.values["minutes"] = String(page.length)
        case .add:
            let picked = PollReading.picked(&fields, zone: page.zone, now: now, among: page.moments)
            page.filled = fields.filled
            guard let picked, fields.errors.isEmpty else { return .page(page.html, status: 422) }
            page.moments = page.moments.filter { $0 != .time(picked) } + [.time(picked)]
            page.filled.values["at"] = ""
        case .again(let days):
            let more = page.moments.filter { $0.date(in: page.zone) == page.day }.map { $0.later(days, in: page.zone) }
            page.moments += more.filter { !page.moments.contains($0) }
        }
        return .page(page.html)
    }

    private func page(_ principal: Principal, _ data: FormData) async throws -> PollFormPage {
        let scope = principal.scope
        let kind = (data["asks"] ?? data["kind"]).flatMap(PollKind.init(rawValue:)) ?? .times
        let (viewer, person, persons, host, usual) = try await installation.database.read(scope) { tx in
            let person = try ActedFor(data["of"], for: principal, in: tx)
            return (
                try Viewer(principal, installation, in: tx), person, try ActedFor.choices(principal, in: tx),
                try LinkHostStore.people([person.id], scope: scope, in: tx)[person.id],
                try ScheduleStore.usual(of: [person.id], scope: scope, in: tx)[person.id]
            )
        }
        let today = viewer.zone.local(at: now).date
        let day = (data["shows"].flatMap(LocalDate.init) ?? data["day"].flatMap(LocalDate.init))
            .flatMap { abs($0.daysSince1970 - today.daysSince1970) <= Poll.mostAhead ? $0 : nil } ?? today
        var page = PollFormPage(
            principal: principal, person: person, persons: persons, kind: kind,
            moments: PollReading.moments(data, kind), day: day, today: today,
            length: PollReading.length(data), zone: viewer.zone, clock: viewer.clock,
            form: FormToken(world: installation.world).text(keyring: installation.keyring))
        // Whoever makes one for somebody else may sit in another zone.
        page.hostZone = person.isOwn ? viewer.zone
            : usual.flatMap { installation.world.zones.zone($0.zone) } ?? viewer.zone
        // Whoever has no hours yet has no day to be shown; times by hand can be picked all the same.
        if kind == .times, let host, let usual {
            var rules = OneOff.rules(title: "", slug: "poll", place: "", minutes: page.length)
            // Whole and half hours are few enough to choose from; any other time is typed.
            rules.step = min(page.length, 30)
            rules.window = .rollingDays(Poll.mostAhead)
            let link = Link(
                id: installation.world.id(), rules: rules, schedule: usual.id, hosts: [host], questions: [],
                version: 0, createdAt: now)
            let whole = try await ExplainDay(installation)(
                link, on: day, minutes: page.length, reads: principal.reads, scope: scope).whole
            page.free = whole.pieces.filter { $0.kind == .free }.map(\.starts)
        }
        return page
    }

    private func create(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let data = try request.form()
        var page = try await page(principal, data)
        if let step = PollStep(data) { return show(step, page, data) }
        var fields = Fields(form: data)
        var wish = PollReading.read(&fields, page.kind, page.moments, zone: page.zone, now: now)
        wish.zone = page.hostZone.name
        page.filled = fields.filled
        guard fields.errors.isEmpty else { return .page(page.html, status: 422) }
        let key = FormToken(data["form"], keyring: installation.keyring).map {
            RequestKey(text: $0.key, request: "poll")
        }
        do {
            let reply = try await MakePoll(installation, from: Origin(request))(
                wish, of: page.person.id, key: key, scope: principal.scope(on: [page.person.id]))
            let id = (try? JSON(reading: reply.body))?["id"]?.string ?? ""
            return .redirect(Path("/calendar/polls/\(id)"))
        } catch let refusal as PollHostRefusal {
            page.alert = BookingRoutes.alert(refusal.message)
            return .page(page.html, status: refusal.status)
        }
    }

    private func show(_ request: Request) async throws -> Answer {
        .page(try await page(of: request).html)
    }

    private func page(of request: Request) async throws -> PollHostPage {
        let principal = try request.signedIn()
        let (poll, link, voters) = try await Self.own(request, installation)
        let (scope, now, zone) = (principal.scope, now, installation.world.zones.zone(poll.zone) ?? .utc)
        var page = try await installation.database.read(scope) { tx in
            let viewer = try Viewer(principal, installation, in: tx)
            let token = try PollStore.token(of: poll.id, keyring: installation.keyring, scope: scope, in: tx)
            return PollHostPage(
                principal: principal, poll: poll, link: link,
                url: poll.rules.anyone ? token.map { installation.url(Path("/poll/\($0)")) } : nil, voters: voters,
                freedom: try PollFreedom(poll, zone: zone, now: now, in: tx),
                meeting: try poll.booking.flatMap { try BookingStore.find($0, scope: scope, in: tx) },
                zone: viewer.zone, pollZone: zone, clock: viewer.clock, now: now,
                form: FormToken(world: installation.world).text(keyring: installation.keyring))
        }
        page.choosing = request.query["option"].flatMap(ID<PollOption>.init).flatMap(poll.option)
        return page
    }

    private func finalize(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        var page = try await page(of: request)
        let (poll, data) = (page.poll, try request.form())
        var fields = Fields(form: data)
        let decision = PollDecision.read(&fields, poll, page.voters, zone: page.pollZone)
        page.choosing = data["optionId"].flatMap(ID<PollOption>.init).flatMap(poll.option)
        (page.filled, page.ticked) = (fields.filled, Set(data.all("voterIds")))
        guard let decision, fields.errors.isEmpty else { return .page(page.html, status: 422) }
        // Pressed twice it is one meeting, and no refusal.
        let key = FormToken(data["form"], keyring: installation.keyring).map {
            RequestKey(text: $0.key, request: "poll decision")
        }
        do {
            try await FinalizePoll(installation, from: Origin(request))(
                decision, of: poll.id, key: key, scope: principal.scope(on: [poll.author]))
            return .redirect(poll.path)
        } catch let refusal as PollHostRefusal {
            page = try await self.page(of: request)
            page.alert = BookingRoutes.alert(refusal.message)
            return .page(page.html, status: refusal.status)
        } catch let invalid as Invalid {
            page.filled?.errors = invalid.fields
            return .page(page.html, status: 422)
        }
    }

    private func close(_ request: Request) async throws -> Answer {
        let (poll, scope) = try await deed(request)
        try await EndPoll(installation, from: Origin(request)).close(poll.id, scope: scope)
        return .redirect(poll.path)
    }

    private func reopen(_ request: Request) async throws -> Answer {
        let (poll, scope) = try await deed(request)
        var fields = Fields(form: try request.form())
        let deadline = PollReading.deadline(&fields, now: now)
        try fields.finish()
        try await EndPoll(installation, from: Origin(request)).reopen(poll.id, until: deadline, scope: scope)
        return .redirect(poll.path)
    }

    /// `voterId` or `optionId`.
    private func remove(_ request: Request) async throws -> Answer {
        let (poll, scope) = try await deed(request)
        let data = try request.form()
        let part = data["voterId"].flatMap(ID<PollVoter>.init).map(PollPart.voter)
            ?? data["optionId"].flatMap(ID<PollOption>.init).map(PollPart.option)
        guard let part else { throw Common.notFound }
        do {
            try await EndPoll(installation, from: Origin(request)).remove(part, from: poll.id, scope: scope)
            return .redirect(poll.path)
        } catch let refusal as PollHostRefusal {
            var page = try await page(of: request)
            page.alert = BookingRoutes.alert(refusal.message)
            return .page(page.html, status: refusal.status)
        }
    }

    private func delete(_ request: Request) async throws -> Answer {
        let (poll, scope) = try await deed(request)
        try await EndPoll(installation, from: Origin(request)).delete(poll.id, scope: scope)
        return .redirect("/calendar/polls")
    }

    private func deed(_ request: Request) async throws -> (Poll, Scope) {
        let (poll, _, _) = try await Self.own(request, installation)
        return (poll, try request.signedIn().scope(on: [poll.author]))
    }

    /// The one of the path, when this person may see its host's.
    static func own(_ request: Request, _ installation: Installation) async throws -> (Poll, Link, [PollVoter]) {
        let principal = try request.signedIn()
        guard let id = ID<Poll>(try request.parameter("id")) else { throw Common.notFound }
        let scope = principal.scope
        let (found, link, voters) = try await installation.database.read(scope) { tx in
            let poll = try PollStore.find(id, scope: scope, in: tx)
            return (
                poll, try poll.flatMap { try LinkStore.find($0.link, scope: scope, in: tx) },
                try poll.map { try PollVoterStore.all(of: $0.id, scope: scope, in: tx) } ?? []
            )
        }
        guard let poll = found, let link, principal.acts(on: [poll.author]) else { throw Common.notFound }
        return (poll, link, voters)
    }
}
