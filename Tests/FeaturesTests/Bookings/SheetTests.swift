/// Sign-up sheets: places, what is kept, all or nothing, moves, cancellations, and how they end.
import Database
import Fakes
import Logging
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Sign-up sheets")
struct SheetTests {
    @Test("places go one by one; what is taken is the booking's, what is left is kept; the last to leave frees it",
          arguments: Engine.all)
    func places(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            // At night, when no link has times: no engine is asked.
            let made = try await stage.makeSheet([stage.time(22), stage.time(23, places: 2, "Cakes")], most: 2)
            #expect(try await stage.ledger().map(\.kind) == [.placeholder, .placeholder])
            let stranger = try Visitor(stage)
            let page = await stranger.get("/sheet/\(made.token)")
            #expect(page.status == 200 && page.text.contains("2 places left") && page.text.contains("Cakes"))
            #expect(page.text.contains("noindex") && page.text.contains("type=\"checkbox\""))
            // No one-off's address, and no link's.
            #expect(await stranger.get("/one-off/\(made.token)").status == 404)

            let first = await stranger.signUp(made.token, page, made.one.times, email: "anna@berg.example")
            // The list has no address that could be passed on: it is the answer to the form, and again the same.
            #expect(first.status == 200 && first.location.isEmpty, "\(first.text)")
            #expect(first.text.contains("You are signed up") && first.text.ranges(of: "/booking/").count == 2)
            let twice = await stranger.signUp(made.token, page, made.one.times, email: "Anna@berg.example")
            #expect(twice.text.ranges(of: "/booking/").count == 2, "\(twice.text)")
            // Another wish on the same form is not swallowed.
            let more = await stranger.signUp(made.token, page, [made.one.times[1]], email: "anna@berg.example")
            #expect(more.status == 409, "\(more.text)")
            let rows = try await stage.ledger()
            #expect(rows.map(\.kind) == [.booking, .session])

            let after = await stranger.get("/sheet/\(made.token)")
            #expect(after.text.contains("One place left") && after.text.contains("<s>"))
            let again = await stranger.signUp(made.token, after, [made.one.times[1]], email: "ANNA@berg.example")
            #expect(again.status == 409 && again.text.contains("With one address you can sign up 2 times"))
            let fresh = await stranger.get("/sheet/\(made.token)")
            let sooner = await stranger.get("/sheet/\(made.token)")
            let other = await stranger.signUp(made.token, fresh, [made.one.times[1]], email: "bo@berg.example")
            #expect(other.status == 303 && other.location.hasPrefix("/booking/"), "\(other.text)")
            #expect(await stranger.get("/sheet/\(made.token)").text.contains("No time has a place left"))
            let late = await stranger.signUp(made.token, sooner, [made.one.times[1]], email: "cy@berg.example")
            #expect(late.status == 409 && late.text.contains("This time has no place left"))

            let people = try await stage.signUps(made.one)
            #expect(people.count == 3 && people.allSatisfy { $0.source == .sheet && $0.hosts.map(\.id) == [stage.ada] })
            _ = try await CancelBooking(stage.installation)(people[1].id, scope: stage.adas)
            #expect(try await stage.ledger().map(\.kind) == [.booking, .session], "another is still there")
            for booking in [people[0], people[2]] {
                _ = try await CancelBooking(stage.installation)(booking.id, scope: stage.adas)
            }
            let kept = try await stage.ledger()
            #expect(kept.map(\.kind) == [.placeholder, .placeholder])
            #expect(kept.allSatisfy { $0.claim == made.one.id.text })
        }
    }

    @Test("all or nothing: where one of several times is gone, none is taken, and it is said beside the row",
          arguments: Engine.all)
    func atomic(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let made = try await stage.makeSheet([stage.time(20), stage.time(21), stage.time(22)], most: 3)
            let stranger = try Visitor(stage)
            let page = await stranger.get("/sheet/\(made.token)")
            let quick = await stranger.get("/sheet/\(made.token)")
            #expect(await stranger.signUp(made.token, quick, [made.one.times[1]], email: "x@y.example").status == 303)
            let before = try await stage.rows()
            let gone = await stranger.signUp(made.token, page, made.one.times, email: "anna@berg.example")
            #expect(gone.status == 409 && gone.text.contains("anna@berg.example"), "what was typed stays")
            #expect(gone.text.ranges(of: "This time has no place left").count == 2, "above, and beside the row")
            #expect(gone.text.ranges(of: " checked").count == 2)
            #expect(try await stage.rows() == before)
            for wrong in [[], [made.one.times[0], stage.time(3)]] as [[OneOff.Time]] {
                #expect(await stranger.signUp(made.token, page, wrong, email: "anna@berg.example").status == 422)
            }
            let decoy = await stranger.post("/sheet/\(made.token)/sign-ups", [
                "form": page.field("form") ?? "", "times": made.one.times[0].text, "timezone": "Europe/Berlin",
                "attendee.name": "Bot", "attendee.email": "bot@x.example", "website": "x",
            ])
            #expect(decoy.status == 200 && decoy.text.contains("Your wish has arrived"))
            #expect(try await stage.rows() == before)
        }
    }

    @Test("a sign-up moves to another free time of its sheet, however long, and nowhere else", arguments: Engine.all)
    func moves(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            var long = stage.time(23, places: 3)
            long.minutes = 45
            let made = try await stage.makeSheet([stage.time(20), stage.time(21), long])
            let one = try await stage.signUp(made.one, [made.one.times[0]], email: "a@x.example")
            let two = try await stage.signUp(made.one, [made.one.times[1]], email: "b@x.example")
            let stranger = try Visitor(stage)
            let page = await stranger.get("/book/reschedule/\(one.token)")
            #expect(page.text.contains("start=\(long.start.seconds)"), "\(page.text)")
            #expect(!page.text.contains("start=\(made.one.times[1].start.seconds)"), "that is full")
            let question = await stranger.get("/book/reschedule/\(one.token)?start=\(long.start.seconds)&timezone=UTC")
            #expect(question.text.contains("22:00–22:45"), "\(question.text)")
            func move(to start: Instant, _ token: String) async -> Answer {
                await stranger.post("/book/reschedule/\(token)", [
                    "form": question.field("form") ?? "", "start": String(start.seconds), "timezone": "UTC",
                ])
            }
            #expect(await move(to: stage.at(10, day: 1), one.token).status == 409, "the host's hours are not offered")
            #expect(await move(to: made.one.times[1].start, one.token).status == 409)
            let hold = await stranger.call(
                "POST", "/api/v1/public/bookings/\(one.token)/holds",
                ["start": .string(long.start.rfc3339())])
            #expect(hold.status == 409)
            let slots = "/api/v1/public/bookings/\(one.token)/slots?from=2030-01-07&to=2030-01-08"
            #expect(await stranger.call("GET", slots).text.ranges(of: "\"start\"").count == 1)

            let moved = await move(to: long.start, one.token)
            #expect(moved.status == 303, "\(moved.text)")
            let booking = try await stage.find(one.id)
            #expect(booking.state.starts == long.start && booking.state.ends == long.ends && booking.session != nil)
            #expect(try await stage.ledger().map(\.kind) == [.placeholder, .booking, .session])
            // And back: out of the session to a time of one place.
            _ = try await MoveBooking(stage.installation)(
                one.id, to: made.one.times[0].start, scope: stage.attendees)
            #expect(try await stage.ledger().map(\.kind) == [.booking, .booking, .placeholder])
            #expect(try await stage.find(one.id).session == nil)

            try await stage.sheetDeeds.close(made.one.id, scope: stage.adas)
            await #expect(throws: SheetRefusal.closed) {
                _ = try await MoveBooking(stage.installation)(two.id, to: long.start, scope: stage.attendees)
            }
            // Its host may move it to a time of their own.
            _ = try await MoveBooking(stage.installation)(two.id, to: stage.at(14, day: 1), scope: stage.adas)
            #expect(try await stage.find(two.id).state.starts == stage.at(14, day: 1))
        }
    }

    @Test("a whole session is cancelled at once, and its time is kept again; moved it is not", arguments: Engine.all)
    func sessions(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let made = try await stage.makeSheet([stage.time(20, places: 3)])
            let one = try await stage.signUp(made.one, made.one.times, email: "a@x.example")
            _ = try await stage.signUp(made.one, made.one.times, email: "b@x.example")
            let session = try (try await stage.find(one.id)).session.wanted("session")
            await #expect(throws: SessionRefusal.sheet) {
                _ = try await ChangeSession(stage.installation).move(session, to: stage.at(14), scope: stage.adas)
            }
            _ = try await ChangeSession(stage.installation).cancel(session, scope: stage.adas)
            #expect(try await stage.ledger().map(\.kind) == [.placeholder])
            #expect(try await stage.signUps(made.one).isEmpty)
        }
    }

    @Test("closed, nothing is kept and nobody signs up; opened again, it keeps what nobody has", arguments: Engine.all)
    func ends(on engine: Engine) async throws {
        try await Stage.on(engine, ownDatabase: true) { stage in
            let times = [stage.time(9, day: 1), stage.time(10, day: 1), stage.time(11, day: 1)]
            let made = try await stage.makeSheet(times, until: stage.at(12))
            let booked = try await stage.signUp(made.one, [times[0]], email: "a@x.example")
            #expect(!(try await stage.free(day: 1)).contains(stage.at(10, day: 1)))
            try await stage.sheetDeeds.close(made.one.id, scope: stage.adas)
            #expect(try await stage.ledger().map(\.kind) == [.booking])
            let stranger = try Visitor(stage)
            let over = await stranger.get("/sheet/\(made.token)")
            #expect(over.status == 410 && over.text.contains("This sign-up sheet is closed"))
            await #expect(throws: SheetRefusal.closed) {
                _ = try await stage.signUp(made.one, [times[1]], email: "b@x.example")
            }
            try await stage.book(stage.at(10, day: 1))
            try await stage.sheetDeeds.reopen(made.one.id, scope: stage.adas)
            #expect(try await stage.ledger().map(\.kind) == [.booking, .booking, .placeholder])

            // It closes at its minute by time alone, and a job says so; opened again, until its last time begins.
            stage.clock.move(to: stage.at(12))
            #expect(await stranger.get("/sheet/\(made.token)").status == 410)
            let lapse = LapseOneOff(stage.installation)
            let runner = JobRunner(
                database: stage.database, work: [OneOffJobs.lapse: { try await lapse($0) }], world: stage.world,
                logger: Logger(label: "test"))
            try await runner.drain()
            #expect(try await stage.sheet(made.one.id)?.state == .lapsed)
            try await stage.sheetDeeds.reopen(made.one.id, scope: stage.adas)
            #expect(try await stage.sheet(made.one.id)?.expires == stage.at(11, day: 1))
            #expect(try await stage.ledger().map(\.kind) == [.booking, .booking, .placeholder])

            await #expect(throws: SheetHostRefusal.awaited) {
                try await stage.sheetDeeds.delete(made.one.id, scope: stage.adas)
            }
            stage.clock.move(to: stage.at(11, day: 1))
            try await runner.drain()
            #expect(try await stage.sheet(made.one.id)?.state == .lapsed, "a second time")
            await #expect(throws: SheetHostRefusal.past) {
                try await stage.sheetDeeds.reopen(made.one.id, scope: stage.adas)
            }
            try await stage.sheetDeeds.delete(made.one.id, scope: stage.adas)
            #expect(await stranger.get("/sheet/\(made.token)").status == 404)
            #expect(try await stage.find(booked.id).state.status == .confirmed)
        }
    }

    @Test("a host who leaves keeps nothing; a sheet that closed early is known until its last time",
          arguments: Engine.all)
    func leavers(on engine: Engine) async throws {
        try await Stage.on(engine, ownDatabase: true) { stage in
            let far = stage.time(9, day: 200)
            let made = try await stage.makeSheet([stage.time(9, day: 1), far])
            let (scope, ada, installation, now) = (stage.scope, stage.ada, stage.installation, stage.world.now)
            try await stage.database.write(scope) { tx in
                try OneOffs.end(of: ada, installation, from: .console, now: now, scope: scope, in: tx)
            }
            #expect(try await stage.ledger().isEmpty)
            try await stage.database.writeUnscoped { try OneOffStore.prune(now: monday.adding(days: 120), in: $0) }
            #expect(try await stage.sheet(made.one.id) != nil)
            try await stage.database.writeUnscoped { try OneOffStore.prune(now: monday.adding(days: 300), in: $0) }
            #expect(try await stage.sheet(made.one.id) == nil)
        }
    }

    @Test("first names are told only where the host wants it", arguments: Engine.all)
    func names(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            for shows in [false, true] {
                let made = try await stage.makeSheet([stage.time(shows ? 20 : 22, places: 2)], names: shows)
                _ = try await stage.signUp(made.one, made.one.times, email: "a@x.example")
                let page = try await Visitor(stage).get("/sheet/\(made.token)")
                #expect(page.text.contains("Yuko") == shows && !page.text.contains("Hasegawa"))
                #expect(page.text.contains("Everybody with this address reads your first name") == shows)
            }
        }
    }

    @Test("a host's move to a time of a closed sheet gives it no more places than it has", arguments: Engine.all)
    func hostMoves(engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let made = try await stage.makeSheet([stage.time(11, day: 1, places: 5), stage.time(14, day: 1, places: 2)])
            let (big, small) = (made.one.times[0], made.one.times[1])
            let first = try await stage.signUp(made.one, [big], email: "a@x.example")
            try await stage.sheetDeeds.close(made.one.id, scope: stage.adas)
            _ = try await MoveBooking(stage.installation)(first.id, to: small.start, scope: stage.adas)
            try await stage.sheetDeeds.reopen(made.one.id, scope: stage.adas)
            let stranger = try Visitor(stage)
            var got: [Int] = []
            for email in ["b@x.example", "c@x.example", "d@x.example"] {
                let page = await stranger.get("/sheet/\(made.token)")
                got.append(await stranger.signUp(made.token, page, [small], email: email).status)
            }
            #expect(got == [303, 409, 409])
        }
    }
}

extension Stage {
    func time(_ hour: Int, day: Int = 0, places: Int = 1, _ label: String = "") -> OneOff.Time {
        var time = OneOff.Time(start: at(hour, day: day), minutes: 30)
        (time.places, time.label) = (places, label)
        return time
    }

    func makeSheet(
        _ times: [OneOff.Time], most: Int = 1, reserves: Bool = true, names: Bool = false, until: Instant? = nil
    ) async throws -> (one: OneOff, token: String) {
        var wish = OneOffWish(
            title: "Parents’ evening", place: "Room 4", times: times,
            expires: until ?? times.map(\.start).max() ?? at(8, day: 5), reserves: reserves, zone: "Europe/Berlin")
        wish.sheet = SheetWish(note: "Bring a pen.", perAddress: most, showsNames: names)
        let reply = try await MakeOneOff(installation, from: .console)(wish, of: ada, key: nil, scope: adas)
        let json = try JSON(reading: reply.body)
        let id = try (json["id"]?.string).flatMap(ID<OneOff>.init).wanted("id")
        return (try await sheet(id).wanted("sheet"), String((json["url"]?.string ?? "").suffix(43)))
    }

    func sheet(_ id: ID<OneOff>) async throws -> OneOff? {
        let scope = scope
        return try await database.read(scope) { try OneOffStore.find(id, scope: scope, in: $0) }
    }

    var sheetDeeds: ChangeSheet { ChangeSheet(installation, from: .console) }

    func signUps(_ one: OneOff) async throws -> [Booking] {
        let scope = scope
        return try await database.read(scope) { try SheetStore.signUps(on: one.link, scope: scope, in: $0) }
    }

    /// By the door's back: the first of the bookings it leads to.
    func signUp(_ one: OneOff, _ times: [OneOff.Time], email: String) async throws -> (id: ID<Booking>, token: String) {
        let wish = request(times[0].start) { $0.attendee.email = email }
        let reply = try await TakePlaces(installation)(wish, times: times, of: one, scope: scope)
        let told = try JSON(reading: reply.body)["signUps"]?.array?.first
        let id = try (told?["id"]?.string).flatMap(ID<Booking>.init).wanted("id")
        return (id, told?["token"]?.string ?? "")
    }
}

extension Visitor {
    /// Sends the form of a sheet's page.
    func signUp(_ token: String, _ page: Answer, _ times: [OneOff.Time], email: String) async -> Answer {
        await post("/sheet/\(token)/sign-ups", pairs: times.map { ("times", $0.text) } + [
            ("form", page.field("form") ?? ""), ("timezone", "Europe/Berlin"), ("attendee.name", "Anna Berg"),
            ("attendee.email", email),
        ])
    }
}
