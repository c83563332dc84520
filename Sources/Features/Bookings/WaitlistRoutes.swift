/// The addresses of a waitlist for those who wait: joining it, and the page their mail leads to.
import Database
import Scheduling
import Web

package struct WaitlistRoutes: Sendable {
    let installation: Installation
    private let booking: BookingRoutes

    package init(_ installation: Installation) {
        (self.installation, booking) = (installation, BookingRoutes(installation))
    }

    package var routes: [Route] {
        [
            Route(.get, "/book/:slug/waitlist", .open, show),
            Route(.post, "/book/:slug/waitlist", .open, join),
            Route(.get, "/book/waitlist/:token", .token, look),
            Route(.post, "/book/waitlist/:token/taking", .token, take),
            Route(.post, "/book/waitlist/:token/refusal", .token, refuse),
            Route(.post, "/book/waitlist/:token/leaving", .token, leave),
        ] + WaitlistHostRoutes(installation).routes
    }

    private var world: World { installation.world }

    // MARK: Joining

    private func show(_ request: Request) async throws -> Answer {
        try await booking.visiting(request, request.query) { visit in
            guard let page = try await page(visit) else {
                return .redirect(visit.link.path.adding(query: visit.carried.pairs))
            }
            if request.query["done"] != nil {
                return .page(WaitlistJoinedPage(form: page).html)
            }
            // Nobody has to wait: the times say so themselves.
            guard try await page.isWanted(installation, scope: visit.scope) else {
                return .redirect(page.times)
            }
            var filled = page
            filled.filled = Filled(values: visit.carried.values(for: visit.link))
            return .page(filled.html)
        }
    }

    /// Nil where the address names neither a day nor a time.
    private func page(_ visit: BookingRoutes.Visit) async throws -> WaitlistPage? {
        let (link, scope, ask) = (visit.link, visit.scope, visit.ask)
        guard link.rules.waitlist.isOn, ask.start != nil || ask.day != nil else { return nil }
        let (name, schedule) = try await installation.database.read(scope) { tx in
            (
                try LinkStore.workspaceName(scope: scope, in: tx),
                try ScheduleStore.find(link.schedule, scope: scope, in: tx)
            )
        }
        let zone = ask.zone ?? schedule.flatMap { world.zones.zone($0.zone) } ?? .utc
        var page = WaitlistPage(
            link: link, workspaceName: name, start: ask.start, day: ask.start == nil ? ask.day : nil,
            minutes: link.rules.length(asked: ask.duration), zone: zone, clock: ask.clock,
            form: FormToken(world: world).text(keyring: installation.keyring), carried: visit.carried)
        if link.rules.door.botDefence == .proofOfWork { page.challenge = Challenge(link.id, installation) }
        return page
    }

    private func join(_ request: Request) async throws -> Answer {
        let data = try request.form()
        return try await booking.visiting(request, data) { visit in
            guard var page = try await page(visit), FormToken(data["form"], keyring: installation.keyring) != nil else {
                return .redirect(visit.link.path.adding(query: visit.carried.pairs))
            }
            var fields = Fields(form: data)
            var wish = WaitlistReading.person(&fields, zone: page.zone, zones: world.zones)
            (wish.start, wish.day, wish.minutes) = (page.start, page.day, page.minutes)
            wish.proof = Proof(data["proof"], page.link.id, installation)
            page.filled = fields.filled
            guard fields.errors.isEmpty else { return .page(page.html, status: 422) }
            do {
                if let answer = try await atDoor(wish, data, page, visit, request) { return answer }
                try await Doorkeeper(installation, request).wait(wish, on: visit.link, scope: visit.scope)
            } catch WaitlistRefusal.notFull {
                return .redirect(page.times)
            } catch let refusal as DoorRefusal {
                page.refused = refusal.message
                return refusal.headers.reduce(.page(page.html, status: refusal.status)) { $0.header($1.0, $1.1) }
            } catch let refusal as WaitlistRefusal {
                page.refused = refusal.message
                return .page(page.html, status: refusal.status)
            }
            return .redirect(page.done)
        }
    }

    /// What somebody sees who does not come in, or not yet; nil for whoever may wait.
    private func atDoor(
        _ wish: WaitlistWish, _ data: FormData, _ page: WaitlistPage, _ visit: BookingRoutes.Visit, _ request: Request
    ) async throws -> Answer? {
        let (link, scope) = (visit.link, visit.scope)
        let isProgram = !(data[Decoy.field] ?? "").isEmpty
        let isBlocked = try await Doorkeeper(installation, request).isBlocked(wish.email, scope: scope)
        // An answer like any other, and nobody waits.
        if isProgram || isBlocked { return .redirect(page.done) }
        guard link.needsCode(wish.proof) else { return nil }
        let typed = EmailCode.typed(data["emailCode"])
        var proof = EmailProof.none
        if !typed.isEmpty, data["again"] == nil {
            proof = try await EmailProof.check(typed, wish.email, link: link.id, installation, scope: scope)
        }
        if proof == .proven { return nil }
        var page = page
        if proof == .wrong {
            page.filled.errors.append(contentsOf: DoorRefusal.wrongCode.fields)
        } else {
            try await AskEmailCode(installation)(wish.email, link: link, language: Language.current, scope: scope)
            page.filled.values["emailCode"] = nil
        }
        page.codeSentTo = wish.email
        return .page(page.html, status: proof == .wrong ? 422 : 200)
    }
}

extension WaitlistRoutes {
    // MARK: The page of an entry

    /// Whose token the address has.
    private func person(_ request: Request) async throws -> (WaitingPerson, Scope) {
        let lookUps = LookUps(database: installation.database)
        guard let found = try await lookUps.waitlistToken(try request.parameter("token")) else {
            throw WaitlistRefusal.unknownToken
        }
        let scope = Scope(workspace: found.workspace, actor: .attendee)
        let person = try await installation.database.read(scope) { tx in
            try WaitingPerson.load(found.entry, installation, scope: scope, in: tx)
        }
        guard let person else { throw WaitlistRefusal.unknownToken }
        return (person, scope)
    }

    private func here(_ request: Request) throws -> Path {
        Path("/book/waitlist/\(try request.parameter("token"))")
    }

    private func look(_ request: Request) async throws -> Answer {
        let (person, _) = try await person(request)
        let token = try request.parameter("token")
        return try await person.link.spoken(among: installation.languages) {
            .page(WaitingPage(person: person, token: token, now: world.now).html)
        }
    }

    /// To the ordinary form with the time that is kept: questions, codes and approval are the same for everybody.
    private func take(_ request: Request) async throws -> Answer {
        let (person, _) = try await person(request)
        let (link, entry, token) = (person.link, person.entry, try request.parameter("token"))
        guard let offer = entry.offer, world.now < offer.until else { return .redirect(try here(request)) }
        let form = FormToken(keptBy: offer.hold.offerToken(of: token))
        var extra = Kept(link, installation).pairs([("attendee.name", entry.name), ("attendee.email", entry.email)])
        if entry.minutes != link.rules.duration { extra.append(("duration", String(entry.minutes))) }
        let address = PickerAddress(
            base: Path("/book/\(link.rules.slug)/details"), zone: link.rules.look.locksZone ? nil : entry.zone,
            clock: .usual, extra: extra)
        return .redirect(address.path([
            ("start", String(offer.start.seconds)), ("form", form.text(keyring: installation.keyring)),
        ]))
    }

    private func refuse(_ request: Request) async throws -> Answer { try await end(request, as: .refused) }
    private func leave(_ request: Request) async throws -> Answer { try await end(request, as: .left) }

    private func end(_ request: Request, as state: WaitlistState) async throws -> Answer {
        let (person, scope) = try await person(request)
        do {
            try await EndEntry(installation)(person.entry.id, as: state, scope: scope)
        } catch WaitlistRefusal.over {
            // Pressed late: the page says what has become of it.
        }
        return .redirect(try here(request))
    }
}

/// Reads who wants to wait, from the page's form or the API's body.
enum WaitlistReading {
    static func person(_ fields: inout Fields, zone: Zone?, zones: Zones) -> WaitlistWish {
        let name = fields.text("attendee.name", 1...BookingLimits.name, label: plain("Name"))
        let email = fields.email("attendee.email", label: plain("E-mail"))
        let locale = fields.optionalText("attendee.locale", atMost: 35, label: plain("Language"))
        let known = BookingReading.timezone(&fields, otherwise: zone, zones: zones)
        return WaitlistWish(
            name: name, email: email, zone: zones.zone(known) ?? .utc, language: locale ?? Language.current.tag)
    }
}

extension Doorkeeper {
    /// Puts somebody on the list, if not too much was asked for from there within the hour.
    func wait(_ wish: WaitlistWish, on link: Link, scope: Scope) async throws {
        let counted = installation.doors.take(
            client: client, email: wish.email, link: link.id, now: installation.world.now)
        guard case .counted(let keys) = counted else { throw counted.refusal }
        do {
            try await JoinWaitlist(installation)(wish, link: link.id, scope: scope)
        } catch {
            installation.doors.giveBack(keys)
            throw error
        }
    }

    /// For programs: refuses unless the address is proved, where the link asks for that.
    /// - Returns: whether they may wait; somebody who is turned away is told the same.
    func admit(_ wish: WaitlistWish, code: String?, to link: Link, scope: Scope) async throws -> Bool {
        if try await isBlocked(wish.email, scope: scope) { return false }
        guard link.needsCode(wish.proof) else { return true }
        let typed = EmailCode.typed(code)
        guard !typed.isEmpty else {
            if link.rules.door.verifiesEmail { throw DoorRefusal.codeRequired }
            throw DoorRefusal.proofRequired(Challenge(link.id, installation))
        }
        let proof = try await EmailProof.check(typed, wish.email, link: link.id, installation, scope: scope)
        guard proof == .proven else { throw DoorRefusal.wrongCode }
        return true
    }
}
