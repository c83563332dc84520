/// The addresses of a poll for those who are asked: the page, their answers, what they propose, and the same for apps.
import Database
import Scheduling
import Web

package struct PollVisit: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/poll/:token", .token, show),
            Route(.post, "/poll/:token/votes", .token, limit: .crowd, vote),
            Route(.post, "/poll/:token/options", .token, propose),
            Route(.get, "/api/v1/public/polls/:token", .token, read),
            Route(.post, "/api/v1/public/polls/:token/votes", .token, limit: .crowd, voteByAPI),
            Route(.post, "/api/v1/public/polls/:token/options", .token, proposeByAPI),
        ]
    }

    private var zones: Zones { installation.world.zones }
    private var now: Instant { installation.world.now }
    private var voting: VoteOnPoll { VoteOnPoll(installation) }

    struct Found: Sendable {
        let poll: Poll
        let link: Link
        let scope: Scope
        let workspaceName: WorkspaceName
        let voters: [PollVoter]
        let freedom: PollFreedom
        /// What came of it, as it is now; nil while it is not decided.
        var meeting: Booking?
        /// Whose own address it is; nil at the open one.
        let voter: PollVoter?

        var answered: [PollVoter] { voters.filter { $0.votedAt != nil } }
        /// Nobody else's words are shown where the host wants that.
        var shown: [PollVoter]? { poll.rules.hidesVotes ? nil : answered }
    }

    /// - Throws: `PollRefusal.unknown`.
    private func find(_ request: Request) async throws -> Found {
        let token = try request.parameter("token")
        guard let found = try await LookUps(database: installation.database).poll(token: token) else {
            throw PollRefusal.unknown
        }
        let (scope, now, zones) = (Scope(workspace: found.workspace, actor: .visitor), now, zones)
        return try await installation.database.read(scope) { tx in
            guard let poll = try PollStore.find(found.poll, scope: scope, in: tx),
                let link = try LinkStore.find(poll.link, scope: scope, in: tx)
            else { throw PollRefusal.unknown }
            let voters = try PollVoterStore.all(of: poll.id, scope: scope, in: tx)
            let voter = found.voter.flatMap { id in voters.first { $0.id == id } }
            guard poll.rules.anyone || voter != nil else { throw PollRefusal.unknown }
            return Found(
                poll: poll, link: link, scope: scope, workspaceName: try LinkStore.workspaceName(scope: scope, in: tx),
                voters: voters,
                freedom: try PollFreedom(poll, zone: zones.zone(poll.zone) ?? .utc, now: now, in: tx),
                meeting: try poll.booking.flatMap { try BookingStore.find($0, scope: scope, in: tx) }, voter: voter)
        }
    }

    // MARK: The page

    private func show(_ request: Request) async throws -> Answer {
        let found = try await find(request)
        var page = page(found, request, request.query, form: FormToken(world: installation.world))
        page.wasKept = request.query["done"] == "kept"
        return .page(page.html, status: page.status)
    }

    private func page(_ found: Found, _ request: Request, _ data: FormData, form: FormToken) -> PollVotePage {
        let ask = PickerAsk(data, zones: zones, now: now)
        let own = found.voter?.zone.flatMap(zones.zone)
        return PollVotePage(
            found: found, token: (try? request.parameter("token")) ?? "", ask: ask,
            zone: ask.zone ?? own ?? zones.zone(found.poll.zone) ?? .utc, namesZone: ask.zone != nil || own != nil,
            zones: ask.choosesZone ? zones.names : [],
            near: ask.unknownZone.map { zones.near($0, now: now) } ?? [],
            form: form.text(keyring: installation.keyring), now: now)
    }

    private func vote(_ request: Request) async throws -> Answer {
        let (found, data) = (try await find(request), try request.form())
        let token = try request.parameter("token")
        guard let form = FormToken(data["form"], keyring: installation.keyring) else {
            return .redirect(Path("/poll/\(token)"))
        }
        var page = page(found, request, data, form: form)
        var fields = Fields(form: data)
        let ballot = ballot(&fields, found, zone: page.zone)
        page.filled = fields.filled
        if page.over != nil { return tooLate(page) }
        guard fields.errors.isEmpty else { return .page(page.html, status: 422) }
        do {
            if let voter = found.voter {
                _ = try await voting.again(ballot, by: voter, on: found.poll, scope: found.scope)
                return .redirect(page.address(of: token).path([("done", "kept")]))
            }
            let isProgram = !(data[Decoy.field] ?? "").isEmpty
            let isBlocked = try await isBlocked(ballot, found, request)
            if isProgram || isBlocked {
                return .page(PollDecoyPage(found: found, email: ballot.email).html)
            }
            // Another address on the same form is another person, or the one that was meant.
            let whose = sha256(Array(Account.folded(ballot.email).utf8)).prefix(8).map { String($0, radix: 16) }
            let key = RequestKey(text: "\(form.key)-\(whose.joined())", request: "poll form")
            let reply = try await first(ballot, found, key: key, request)
            let own = (try? JSON(reading: reply.body))?["url"]?.string.map { String($0.suffix(43)) } ?? token
            return .redirect(page.address(of: own).path([("done", "kept")]))
        } catch let refusal as PollRefusal {
            if [.closed, .decided, .unknown].contains(refusal) {
                return tooLate(self.page(try await find(request), request, data, form: form))
            }
            page.alert = BookingRoutes.alert(refusal.message)
            return .page(page.html, status: refusal.status)
        } catch let refusal as DoorRefusal {
            page.alert = BookingRoutes.alert(refusal.message)
            return refusal.headers.reduce(.page(page.html, status: refusal.status)) { $0.header($1.0, $1.1) }
        }
    }

    /// Where it is only closed, the page's own head says so.
    private func tooLate(_ page: PollVotePage) -> Answer {
        var page = page
        if page.over == .decided { page.alert = BookingRoutes.alert(PollRefusal.decided.message) }
        return .page(page.html, status: page.status)
    }

    private func propose(_ request: Request) async throws -> Answer {
        let (found, data) = (try await find(request), try request.form())
        var page = page(found, request, data, form: FormToken(world: installation.world))
        let back = page.address(of: try request.parameter("token"))
        if page.over != nil { return tooLate(page) }
        guard let voter = found.voter, voter.votedAt != nil, found.poll.rules.takesProposals else {
            return .redirect(back.path())
        }
        var fields = Fields(form: data)
        let moment = proposed(&fields, found.poll, zone: page.zone)
        page.proposing = fields.filled
        guard let moment, fields.errors.isEmpty else { return .page(page.html, status: 422) }
        do {
            try await voting.propose(moment, by: voter, on: found.poll, scope: found.scope)
            return .redirect(back.path([("done", "kept")]))
        } catch let refusal as PollRefusal where ![.closed, .decided, .unknown].contains(refusal) {
            page.alert = BookingRoutes.alert(refusal.message)
            return .page(page.html, status: refusal.status)
        }
    }

    /// As long as the first of the host's own, in the zone of the page.
    private func proposed(_ fields: inout Fields, _ poll: Poll, zone: Zone) -> PollMoment? {
        let date = fields.date("day", label: plain("Day"))
        var moment = date.map { PollMoment.day($0) }
        if poll.kind == .times {
            let at = fields.parsed(
                "at", label: plain("Start"), { ClockText.minutes($0).flatMap { $0 < 1_440 ? $0 : nil } },
                plain("Write a time such as 9:30 or 14:00."))
            moment = date.flatMap { date in
                at.map { at in
                    .time(OneOff.Time(
                        start: zone.instant(of: LocalTime(date: date, secondOfDay: at * 60)),
                        minutes: poll.usualMinutes))
                }
            }
        }
        guard let moment else { return nil }
        checkRange(moment, "day", &fields, poll)
        return moment
    }

    private func checkRange(_ moment: PollMoment, _ field: String, _ fields: inout Fields, _ poll: Poll) {
        let end = moment.end(in: zones.zone(poll.zone) ?? .utc)
        if end <= now || end > now.adding(days: Poll.mostAhead) {
            fields.fail(field, "out_of_range", plain("Pick a day from today to a year from now."))
        }
    }

    private func isBlocked(_ ballot: PollBallot, _ found: Found, _ request: Request) async throws -> Bool {
        try await Doorkeeper(installation, request).isBlocked(ballot.email, scope: found.scope)
    }

    /// Answers at the open address, if not too many came from there within the hour.
    private func first(
        _ ballot: PollBallot, _ found: Found, key: RequestKey?, _ request: Request
    ) async throws -> Reply {
        let counted = installation.doors.take(
            client: request.client, email: ballot.email, link: found.link.id, most: DoorLimits.votesOfClient,
            now: now)
        guard case .counted(let keys) = counted else { throw counted.refusal }
        do {
            let reply = try await voting.first(ballot, on: found.poll, key: key, scope: found.scope)
            if reply.replayed { installation.doors.giveBack(keys) }
            return reply
        } catch PollRefusal.known {
            // It mails somebody, so it counts.
            throw PollRefusal.known
        } catch {
            installation.doors.giveBack(keys)
            throw error
        }
    }

    /// `name`, `email` at the open address alone, `timezone`, and an answer to one option at least.
    private func ballot(_ fields: inout Fields, _ found: Found, zone: Zone) -> PollBallot {
        let (poll, voter) = (found.poll, found.voter)
        let isNamed = fields.isForm || voter?.name.isEmpty != false || fields.has("name")
        let name = isNamed ? fields.text("name", 1...BookingLimits.name, label: plain("Name")) : voter?.name ?? ""
        let email = voter?.email ?? fields.email("email", label: plain("E-mail"))
        let timezone = BookingReading.timezone(&fields, otherwise: zone, zones: zones)
        var votes: [ID<PollOption>: PollAnswer] = [:]
        if fields.isForm {
            for option in poll.options where fields.has("vote.\(option.id)") {
                votes[option.id] = fields.choice("vote.\(option.id)", otherwise: PollAnswer.no)
            }
        } else {
            let given = fields.list("votes", atMost: Poll.mostOptions, label: plain("Answers")) { vote in
                (vote.id("optionId", of: PollOption.self), vote.choice("answer", otherwise: PollAnswer.no))
            }
            for (id, answer) in given {
                guard let id else { continue }
                votes[id] = answer
                if poll.option(id) == nil {
                    fields.fail("votes", "unknown", plain("This poll has no such option."))
                }
            }
        }
        if votes.isEmpty, fields.errors.allSatisfy({ !$0.field.hasPrefix("vote") }) {
            fields.fail("votes", "missing", plain("Answer for at least one of them."))
        }
        return PollBallot(
            name: name, email: email, zone: timezone, language: Language.current.tag, votes: votes)
    }

    // MARK: For apps

    private func read(_ request: Request) async throws -> Answer { .json(told(try await find(request))) }

    private func told(_ found: Found) -> JSON {
        let (poll, rules) = (found.poll, found.poll.rules)
        return JSON(present: [
            ("title", .string(found.link.rules.title)),
            // Where one meets is told to those who may still come, and in the invitation.
            ("place", poll.state(now: now) == .open ? .string(found.link.rules.firstLocation.openWords) : nil),
            ("state", .string(poll.state(now: now).rawValue)), ("timezone", .string(poll.zone)),
            ("hosts", .array(found.link.hosts.map { ["name": .string($0.name)] })),
            ("deadline", JSON(rules.deadline?.rfc3339())), ("takesProposals", .bool(rules.takesProposals)),
            ("options", .array(poll.options.map { option in
                PollJSON.option(
                    option, poll, zones, tally: found.shown.map { PollTally(of: option.id, $0) },
                    more: [("free", .bool(found.freedom.isAlive(option.id)))])
            })),
            ("answered", found.shown.map { .array($0.map { .string($0.name) }) }),
            ("chosenOptionId", JSON(poll.chosen?.text)), ("votes", found.voter.map(PollJSON.votes)),
        ])
    }

    /// `start`, or `date` where days are asked for.
    private func proposeByAPI(_ request: Request) async throws -> Answer {
        let found = try await find(request)
        try found.poll.checkOpen(now: now)
        var fields = Fields(json: try request.json())
        let moment: PollMoment? = if found.poll.kind == .days {
            fields.date("date", label: plain("Day")).map { .day($0) }
        } else {
            .time(OneOff.Time(start: BookingReading.start(&fields), minutes: found.poll.usualMinutes))
        }
        if let moment { checkRange(moment, "start", &fields, found.poll) }
        try fields.finish()
        guard let voter = found.voter, voter.votedAt != nil, let moment else { throw PollRefusal.unknown }
        try await voting.propose(moment, by: voter, on: found.poll, scope: found.scope)
        return .json(told(try await find(request)), status: 201)
    }

    private func voteByAPI(_ request: Request) async throws -> Answer {
        let found = try await find(request)
        try found.poll.checkOpen(now: now)
        var fields = Fields(json: try request.json())
        let zone = (found.voter?.zone ?? found.poll.zone)
        let ballot = ballot(&fields, found, zone: zones.zone(zone) ?? .utc)
        try fields.finish()
        if let voter = found.voter {
            return .json(try await voting.again(ballot, by: voter, on: found.poll, scope: found.scope))
        }
        let key = try request.idempotencyKey()
        if try await isBlocked(ballot, found, request) { return voting.decoy(ballot, on: found.poll, key: key).answer }
        return try await first(ballot, found, key: key, request).answer
    }
}
