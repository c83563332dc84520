/// Sheets at their edges: what a host moves away, one address too often, a closed sheet, names, hours that come twice.
import Database
import Fakes
import Scheduling
import Synchronization
import Testing
import Web

@testable import Features

@Suite("Sign-up sheets at their edges")
struct SheetEdgeTests {
    @Test("two sign-ups that a host moves to one time of no sheet do not meet", arguments: Engine.all)
    func apart(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let made = try await stage.makeSheet([stage.time(20, places: 5), stage.time(21)], names: true)
            let one = try await stage.signUp(made.one, [made.one.times[0]], email: "a@x.example")
            let two = try await stage.signUp(made.one, [made.one.times[1]], email: "b@x.example")
            let own = stage.at(14, day: 1)
            _ = try await MoveBooking(stage.installation)(one.id, to: own, scope: stage.adas)
            #expect(try await stage.find(one.id).session == nil)
            let page = try await Visitor(stage, who: "ada").get("/calendar/bookings/\(two.id)/move?day=2030-01-08")
            let starts = page.buttons("start")
            #expect(!starts.contains("\(own.seconds)") && starts.contains("\(stage.at(15, day: 1).seconds)"))
            let before = try await stage.rows()
            let refused = try await refusal {
                _ = try await MoveBooking(stage.installation)(two.id, to: own, scope: stage.adas)
            }
            #expect(refused != nil)
            #expect(try await stage.rows() == before)
        }
    }

    @Test("what a host proposes at a time of a sheet has the places of that time, anywhere else one",
          arguments: Engine.all)
    func proposed(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let big = stage.time(11, day: 1, places: 3)
            let made = try await stage.makeSheet(
                [big, stage.time(12, day: 1), stage.time(13, day: 1), stage.time(20, day: 1, places: 5)],
                reserves: false)
            let ones = [made.one.times[1], made.one.times[2]]
            for (time, (start, capacity)) in zip(ones, [(big.start, 3), (stage.at(15, day: 2), nil as Int?)]) {
                let id = try await stage.signUp(made.one, [time], email: "\(start.seconds)@x.example").id
                try await stage.propose(id, [start])
                let proposal = try (try await stage.proposals(id).first).wanted("proposal")
                try await stage.accept(proposal.id, of: id, start)
                let session = try await stage.find(id).session
                let (scope, now) = (stage.scope, stage.world.now)
                let found = try await stage.database.read(scope) { tx in
                    try session.flatMap { try SeatStore.find($0, now: now, scope: scope, in: tx) }
                }
                #expect(found?.capacity == capacity)
            }
        }
    }

    @Test("an address that is corrected counts like one that is typed", arguments: Engine.all)
    func corrected(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let made = try await stage.makeSheet([stage.time(20), stage.time(21)])
            let visitor = try Visitor(stage)
            _ = try await stage.signUp(made.one, [made.one.times[0]], email: "b@x.example")
            let two = try await stage.signUp(made.one, [made.one.times[1]], email: "a@x.example")
            let before = try await stage.rows()
            let answer = await visitor.post("/booking/\(two.token)/address", ["email": "B@x.example"])
            #expect(answer.status == 422 && answer.text.contains("With one address you can sign up once"))
            #expect(answer.field("email") == "B@x.example")
            #expect(try await stage.rows() == before)
            let sound = await visitor.post("/booking/\(two.token)/address", ["email": "c@x.example"])
            #expect(sound.status == 303, "\(sound.text)")
        }
    }

    @Test("one address is one on both engines, whatever the letters", arguments: Engine.all)
    func folded(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let made = try await stage.makeSheet([stage.time(20), stage.time(21)])
            _ = try await stage.signUp(made.one, [made.one.times[0]], email: "a@ÄRZTE.example")
            await #expect(throws: SheetRefusal.enough(most: 1)) {
                _ = try await stage.signUp(made.one, [made.one.times[1]], email: "A@ärzte.example")
            }
        }
    }

    @Test("what is past or has another meeting is not called full, and a closed sheet says that it is",
          arguments: Engine.all)
    func words(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let times = [stage.time(9, day: 1), stage.time(10, day: 1), stage.time(11, day: 1), stage.time(12, day: 1)]
            let made = try await stage.makeSheet(times, reserves: false)
            let one = try await stage.signUp(made.one, [times[1]], email: "a@x.example")
            try await stage.book(stage.at(11, day: 1))
            stage.clock.move(to: stage.at(9, day: 1))
            let visitor = try Visitor(stage)
            let page = await visitor.get("/sheet/\(made.token)")
            #expect(page.text.ranges(of: "</s> no longer free").count == 2)
            #expect(page.text.ranges(of: "</s> Full").count == 1)
            let open = await visitor.get("/book/reschedule/\(one.token)")
            #expect(open.text.contains("start=\(times[3].start.seconds)"))
            try await stage.sheetDeeds.close(made.one.id, scope: stage.adas)
            let closed = await visitor.get("/book/reschedule/\(one.token)")
            #expect(closed.text.contains("This sign-up sheet is closed") && !closed.text.contains("No other time"))
        }
    }

    @Test("a sign-up moves onto a time of its sheet that its own lies across", arguments: Engine.all)
    func across(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let made = try await stage.makeSheet([stage.time(9, day: 1), stage.time(14, day: 1)], reserves: false)
            let one = try await stage.signUp(made.one, [made.one.times[0]], email: "a@x.example")
            _ = try await MoveBooking(stage.installation)(one.id, to: stage.at(14, 15, day: 1), scope: stage.adas)
            let (scope, now, booking) = (stage.scope, stage.world.now, try await stage.find(one.id))
            let choice = try await stage.database.read(scope) { tx in
                try SheetMove.choice(for: booking, now: now, scope: scope, in: tx)
            }
            #expect(choice?.times == made.one.times)
            _ = try await MoveBooking(stage.installation)(
                one.id, to: made.one.times[1].start, scope: stage.attendees)
            #expect(try await stage.find(one.id).state.starts == made.one.times[1].start)
        }
    }

    @Test("those who wait hear of it when a sheet is deleted, or its host leaves", arguments: Engine.all)
    func waiting(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let hours = [[]] + [[Window]](repeating: [Window(opens: 540, closes: 600)], count: 5) + [[]]
            let link = try await stage.makeLink("wanted", hours: hours) { $0.waitlist.isOn = true }
            for minute in [0, 30] { try await stage.seat("A\(minute)", stage.at(9, minute, day: 1), on: link) }
            try await stage.wait("Cleo", on: link, day: 1)
            let (one, other) = (
                try await stage.makeSheet([stage.time(20)]).one, try await stage.makeSheet([stage.time(21)]).one)
            try await stage.sheetDeeds.delete(one.id, scope: stage.adas)
            let (scope, ada, installation, now) = (stage.adas, stage.ada, stage.installation, stage.world.now)
            try await stage.database.write(scope) { tx in
                try OneOffs.end(of: ada, installation, from: .console, now: now, scope: scope, in: tx)
            }
            for sheet in [one, other] {
                let cause = "%|\(sheet.id)|%"
                let looks = try await stage.database.lookUp { tx in
                    try tx.all("""
                        SELECT subject FROM job WHERE kind = \(WaitlistJobs.look) AND dedupe_key LIKE \(cause)
                        """) { try $0["subject"] as String }
                }
                #expect(looks == [link.id.text])
            }
            let log = try await stage.database.lookUp { tx in
                try tx.all("SELECT action FROM audit WHERE target = \(other.id) ORDER BY id") {
                    try $0["action"] as String
                }
            }
            #expect(log.contains("sheet_closed"), "\(log)")
        }
    }

    @Test("first names end at any space, and an address is none")
    func names() {
        #expect(SheetStore.firstName(of: "山田\u{3000}太郎") == "山田")
        #expect(SheetStore.firstName(of: "Müller\u{a0}Anna") == "Müller")
        #expect(SheetStore.firstName(of: "anna@berg.example") == nil)
        #expect(SheetStore.firstName(of: "Anna Berg") == "Anna")
    }

    @Test("of two times at the hour that comes twice each says which it is; no other does")
    func twice() throws {
        let zone = try Stage.zones.zone("Europe/Berlin").wanted("zone")
        let date = try LocalDate("2030-10-27").wanted("date")
        let first = zone.instant(of: LocalTime(date: date, secondOfDay: 2 * 3_600))
        let starts = [first, first.adding(hours: 1), first.adding(hours: 2)]
        #expect(starts.map { TimeWords.offset($0, in: zone, among: starts) } == [" (UTC+2)", " (UTC+1)", ""])
    }

    @Test("a run goes on until midnight, and a tampered form has each time once", arguments: Engine.all)
    func midnight(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            for until in ["24:00", "00:00"] {
                let run = await ada.post("/calendar/sheets", pairs: [
                    ("csrf", "csrf-ada"), ("deed", "add"), ("day", "2030-01-08"), ("from", "23:00"),
                    ("until", until), ("minutes", "30"), ("places", "1"),
                ])
                let times = run.values("times")
                #expect(times.count == 2, "\(until): \(run.text)")
                let twice = await ada.post("/calendar/sheets", pairs: [("csrf", "csrf-ada"), ("deed", "add")]
                    + (times + times).map { ("times", $0) })
                #expect(twice.values("times").count == 2)
            }
        }
    }

    @Test("several picks of one form count as several at the door")
    func door() {
        let (limits, now) = (DoorLimits(), monday)
        func take(_ times: Int) -> DoorLimits.Verdict {
            limits.take(client: [1], email: "a@x.example", link: Link.example.id, most: 200, times: times, now: now)
        }
        guard case .counted(let keys) = take(6), case .full = take(6) else { Issue.record("not counted"); return }
        limits.giveBack(keys)
        guard case .counted = take(10), case .full = take(1) else { Issue.record("not given back"); return }
    }

    @Test("a list of sheets reads no more for many than for few, and tells no places that are left",
          arguments: Engine.all)
    func cost(on engine: Engine) async throws {
        let statements = Statements()
        try await withDatabaseURL(engine, .reused) { url in
            var options = DatabaseOptions()
            options.isTest = true
            options.observe = { event in
                if case .read(let count) = event { statements.add(count) }
            }
            let database = try await Database.open(url, options)
            do {
                let stage = try await Stage(database)
                let ada = try Visitor(stage, who: "ada")
                var costs: [Int] = []
                for number in 0..<3 {
                    _ = try await stage.makeSheet([stage.time(10 + number, day: 2, places: 3)])
                    let before = statements.total
                    let list = await ada.call("GET", "/api/v1/sheets")
                    let times = list.json["data"]?.array?.first?["times"]?.array
                    #expect(times?.first?["places"]?.int == 3 && times?.first?["placesLeft"] == nil, "\(list.text)")
                    costs.append(statements.total - before)
                }
                #expect(costs[0] > 0 && Set(costs).count == 1, "\(costs)")
                await database.close()
            } catch {
                await database.close()
                throw error
            }
        }
    }
}

private final class Statements: Sendable {
    private let count = Mutex(0)

    var total: Int { count.withLock { $0 } }

    func add(_ more: Int) { count.withLock { $0 += more } }
}
