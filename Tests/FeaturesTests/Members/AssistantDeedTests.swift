/// What an assistant did, told of each thing by itself: in mails of sessions, notes, the log and what concerns several
/// people's meetings; and that nothing is written in somebody's place once they are stopped.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Deeds of assistants")
struct AssistantDeedTests {
    /// Cleo as she is signed in, acting for Bob.
    private func cleo(_ place: AssistantStage) -> Principal { assisting(place.cleo, place) }

    private func assisting(_ member: Member, _ place: AssistantStage) -> Principal {
        let own = place.stage.principal(member)
        return Principal(
            kind: .session, workspace: own.workspace, workspaceName: own.workspaceName, user: own.user, name: own.name,
            permissions: own.permissions, assists: [place.stage.bob])
    }

    private func stop(_ place: AssistantStage) async throws {
        #expect(try await NameAssistant(place.stage.installation).stop(
            place.cleo.account.id, of: place.stage.bob, by: place.bob()))
    }

    @Test("a host's mail of a session says who did it in their place, also when that one is stopped before it leaves",
          arguments: Engine.all)
    func sessions(on engine: Engine) async throws {
        try await AssistantStage.on(engine) { place in
            let (stage, visitor) = (place.stage, place.visitor)
            _ = try await stage.mails()
            let start = ["start": String(stage.at(15, day: 2).seconds)]
            for whose in [place.bobs, place.own] {
                #expect(await visitor.post("/calendar/sessions/\(whose.session)/reschedule", start).status == 303)
            }
            try await stop(place)
            let sent = try await stage.mails().sent
            let bobs = try sent.first { $0.to.address.text == "bob@nordhavn.example" }.wanted("Bob's")
            #expect(bobs.text.contains("Done by Cleo Marsh for Bob Osei.") && bobs.html.contains("Done by Cleo Marsh"))
            let own = try sent.first { $0.to.address.text == "cleo@nordhavn.example" }.wanted("Cleo's")
            #expect(!own.text.contains("Done by"))
        }
    }

    @Test("whatever ends an assistant stands in the log, each one by itself", arguments: Engine.all)
    func log(on engine: Engine) async throws {
        try await AssistantStage.on(engine) { place in
            let (stage, owner) = (place.stage, try await place.owner())
            let (use, change) = (NameAssistant(stage.installation), ChangeMember(stage.installation))
            let fay = try await stage.member("Fay Free"), gus = try await stage.member("Gus Gone")
            func begin() async throws {
                _ = try await use(fay.account.id, of: stage.bob, by: place.bob())
                _ = try await use(gus.account.id, of: fay.account.id, by: stage.principal(fay))
            }
            func ended() async throws -> [String] {
                try await place.log().filter { $0.action == .assistantStopped }.map { row in
                    #expect(row.personName == "Ada Lindqvist" && row.behalfName == nil)
                    #expect([stage.bob.text, fay.account.id.text].contains(row.target))
                    return row.targetName
                }.sorted()
            }
            try await begin()
            try await change.set(role: .viewer, grants: [], of: fay.account.id, by: owner, from: .console)
            #expect(try await ended() == ["Fay Free for Bob Osei"], "a viewer still has an assistant")
            try await change.set(role: .member, grants: [], of: fay.account.id, by: owner, from: .console)
            try await begin()
            try await change.switchOff(fay.account.id, by: owner, from: .console)
            #expect(try await ended()
                == ["Fay Free for Bob Osei", "Fay Free for Bob Osei", "Gus Gone for Fay Free"])
            try await change.switchOn(fay.account.id, by: owner, from: .console)
            try await begin()
            let hand = HandOverMember(stage.installation)
            let wish = HandOverMember.Wish(links: [:], bookings: [:], message: "", removes: true)
            _ = try await hand(wish, try await hand.duties(of: fay.account.id, for: owner), by: owner)
            #expect(try await ended() == Array(repeating: "Fay Free for Bob Osei", count: 3)
                + Array(repeating: "Gus Gone for Fay Free", count: 2))
            #expect(try await place.assistants() == [place.cleo.account.id])
        }
    }

    @Test("a note says for whom it was written, and is theirs to delete when its writer is gone", arguments: Engine.all)
    func notes(on engine: Engine) async throws {
        try await AssistantStage.on(engine) { place in
            let visitor = place.visitor
            let bob = visitor.asked(by: "bob")
            let path = "/calendar/bookings/\(place.bobs.booking)"
            #expect(await visitor.post("\(path)/notes", ["text": "By Cleo."]).status == 303)
            place.stage.clock.move(minutes: 1)
            #expect(await bob.post("\(path)/notes", ["text": "By Bob."]).status == 303)
            let scope = place.stage.scope
            func notes() async throws -> [BookingNote] {
                try await place.stage.database.read(scope) { [booking = place.bobs.booking] tx in
                    try BookingNoteStore.all(of: booking, scope: scope, in: tx)
                }
            }
            let (hers, his) = (try await notes()[0], try await notes()[1])
            #expect(hers.behalf == place.stage.bob && his.behalf == nil)
            #expect(await bob.get(path).text.contains("<bdi>Cleo Marsh for Bob Osei</bdi>"))
            // What he wrote himself is his alone.
            #expect(await visitor.post("\(path)/notes/\(his.id)/deletion", [:]).status == 404)
            try await stop(place)
            #expect(await bob.get(path).text.components(separatedBy: "/deletion").count == 3)
            #expect(await bob.post("\(path)/notes/\(hers.id)/deletion", [:]).status == 303)
            #expect(try await notes().map(\.id) == [his.id])
        }
    }

    @Test("nothing is written in somebody's place once they are stopped, also by a request that runs",
          arguments: Engine.all)
    func runs(on engine: Engine) async throws {
        try await AssistantStage.on(engine) { place in
            let (stage, scope) = (place.stage, cleo(place).scope(on: [place.stage.bob]))
            let out = OutToday(stage.installation)
            let day = Zone.utc.local(at: stage.world.now).date
            let meetings = try await out.meetings(of: stage.bob, on: day, zone: .utc, scope: scope)
            #expect(meetings.count == 3)
            let deeds = Dictionary(meetings.map { ($0.booking.id, (deed: OutDeed.cancel, message: "")) }) { $1 }
            let wish = OutToday.Wish(day: day, closes: false, deeds: deeds)
            let one = try await out(wish, meetings: [meetings[0]], of: stage.bob, key: nil, scope: scope)
            #expect(one.allSatisfy { $0.refusal == nil })
            try await stop(place)
            let rows = try await stage.rows()
            // No refusal that a list would show beside each meeting: it is over.
            await #expect(throws: AssistantStopped.self) {
                try await out(wish, meetings: meetings, of: stage.bob, key: nil, scope: scope)
            }
            await #expect(throws: AssistantStopped.self) {
                try await CancelBooking(stage.installation)(meetings[1].booking.id, scope: scope)
            }
            #expect(try await stage.rows() == rows)
            #expect(try await stage.find(meetings[1].booking.id).state.status == .confirmed)
            // What is her own goes on.
            let own = cleo(place).scope(on: [place.cleo.account.id])
            _ = try await CancelBooking(stage.installation)(place.own.booking, scope: own)
        }
    }

    @Test("what one deed does to several people's things is in somebody's place where it is theirs",
          arguments: Engine.all)
    func objects(on engine: Engine) async throws {
        try await AssistantStage.on(engine) { place in
            let (stage, bob, dan) = (place.stage, place.stage.bob, place.dan.account.id)
            let scope = cleo(place).scope(on: [bob, dan])
            #expect(scope.behalf == bob)
            let turns = try await stage.makeLink("turns", .roundRobin, [HostWish(bob), HostWish(dan)]) {
                $0.series = LinkSeries()
                $0.series?.host = .rotate
            }
            func check(_ id: ID<Booking>, _ count: Int) async throws {
                let theirs = try await stage.find(id).hosts.contains { $0.id == bob }
                let told = try await stage.history(id).map(\.behalf)
                #expect(told == Array(repeating: theirs ? bob : nil, count: count))
            }
            for hour in [16, 16] {
                let reply = try await BookSlot(stage.installation)(
                    stage.request(stage.at(hour, day: 3)) { $0.note = "A note." }, link: turns.id, scope: scope)
                let id = try Booked(reply).id
                try await check(id, 1)
                let notes = try await stage.database.read(stage.scope) { [scope = stage.scope] tx in
                    try BookingNoteStore.all(of: id, scope: scope, in: tx).map(\.behalf)
                }
                #expect(notes == [try await stage.find(id).hosts[0].id == bob ? bob : nil])
            }
            let wish = stage.request(stage.at(13, day: 4)) { $0.series = SeriesWish(count: 4) }
            let series = try BookedSeries(try await BookSlot(stage.installation)(wish, link: turns.id, scope: scope))
            for id in series.ids { try await check(id, 1) }
            _ = try await MoveSeries(stage.installation)(
                series.ids[0], .all, to: stage.at(14, day: 4), scope: scope)
            _ = try await CancelSeries(stage.installation)(series.ids[1], .later, scope: scope)
            let hosts = try await stage.hostsOf(series.ids)
            #expect(Set(hosts) == [bob, dan])
            for (place, id) in series.ids.enumerated() { try await check(id, place == 0 ? 2 : 3) }
            let rows = try await place.log().filter { $0.action == .bookingCancelled }
            for (id, host) in zip(series.ids, hosts).dropFirst() {
                let row = try rows.first { $0.target == id.text }.wanted("row")
                #expect(row.behalfName == (host == bob ? "Bob Osei" : nil))
            }
        }
    }

    @Test("links that follow a template are changed in nobody's place but their host's", arguments: Engine.all)
    func templates(on engine: Engine) async throws {
        try await AssistantStage.on(engine) { place in
            let (stage, bob, dan) = (place.stage, place.stage.bob, place.dan.account.id)
            let template = try await SaveTemplate(stage.installation).create(
                place.bobs.link.id, TemplateWish(locked: [.duration], people: [dan]), scope: stage.adas)
            let made = try template.managed.first.wanted("Dan's").link
            // Templates are for admins to change; one of them assists Bob.
            let amir = try await stage.member("Amir Admin", role: .admin)
            _ = try await NameAssistant(stage.installation)(amir.account.id, of: bob, by: place.bob())
            let scope = assisting(amir, place).scope(on: [bob])
            try await stage.lengthen(place.bobs.link.id, to: 45, scope: scope)
            let rows = try await place.log().filter { $0.action == .linkChanged }
            #expect(rows.first { $0.target == place.bobs.link.id.text }?.behalfName == "Bob Osei")
            let follower = try rows.first { $0.target == made.text }.wanted("follower")
            #expect(follower.personName == "Amir Admin" && follower.behalfName == nil)
        }
    }

    @Test("lists hold whom somebody acts for and who can be named, and read nobody else", arguments: Engine.all)
    func lists(on engine: Engine) async throws {
        try await AssistantStage.on(engine) { place in
            let (stage, scope) = (place.stage, place.stage.scope)
            let vera = try await stage.member("Vera Viewer", role: .viewer)
            let elsewhere = try await stage.neighbour().user
            let (bob, cleo, dan) = (stage.bob, place.cleo.account.id, place.dan.account.id)
            let workspace = stage.workspace
            let (named, nobody, first, all) = try await stage.database.read(scope) { tx in
                (
                    try AccountStore.members([dan, bob, elsewhere], of: workspace, in: tx).map(\.account.id),
                    try AccountStore.members([], of: workspace, in: tx).map(\.account.id),
                    try AccountStore.working(in: workspace, without: [bob], atMost: 2, in: tx).map(\.account.id),
                    try AccountStore.working(in: workspace, without: [bob], atMost: 9, in: tx).map(\.account.id)
                )
            }
            #expect(named == [bob, dan] && nobody.isEmpty)
            #expect(first == [stage.ada, cleo] && all == [stage.ada, cleo, dan] && !all.contains(vera.account.id))
            // One's own schedules take no place from the others in a list that ends.
            let acts: Set<ID<User>> = [bob, cleo]
            let listed = try await stage.database.read(scope) { tx in
                try ScheduleStore.list(of: acts, without: cleo, limit: 1, after: nil, scope: scope, in: tx)
            }
            #expect(listed.map(\.owner) == [bob])
        }
    }

    @Test("a day out and offered times of the assisted person, by page and by API; of nobody else",
          arguments: Engine.all)
    func days(on engine: Engine) async throws {
        try await AssistantStage.on(engine) { place in
            let (stage, visitor, path) = (place.stage, place.visitor, "/api/v1/out-today")
            let bob = JSON.string(stage.bob.text)
            let day = await visitor.call("GET", "\(path)?user=\(stage.bob)")
            let listed = day.json["meetings"]?.array?.compactMap { $0["bookingId"]?.string } ?? []
            #expect(listed.contains(place.bobs.booking.text) && !listed.contains(place.own.booking.text))
            let deed: JSON = ["bookingId": .string(place.bobs.booking.text), "deed": "cancel"]
            let done = await visitor.call("POST", path, ["user": bob, "meetings": [deed]], key: "one")
            #expect(done.status == 200 && done.json["meetings"]?[0]?["done"] == true, "\(done.text)")
            #expect(try await stage.history(place.bobs.booking).last?.behalf == stage.bob)
            let row = try await place.log().first { $0.action == .awayAdded }.wanted("row")
            #expect(row.personName == "Cleo Marsh" && row.behalfName == "Bob Osei")
            #expect(try await stage.free(place.bobs.link).isEmpty)
            #expect(try await !stage.free(place.own.link).isEmpty)
            let elsewhere = try await stage.neighbour().user
            for stranger in [place.dan.account.id, elsewhere] {
                #expect(await visitor.call("GET", "\(path)?user=\(stranger)").status == 403)
                #expect(await visitor.call("POST", path, ["user": .string(stranger.text)]).status == 403)
            }
            let admin = visitor.asked(by: "ada")
            for id in [elsewhere.text, "x"] {
                #expect(await admin.call("GET", "\(path)?user=\(id)").problemFields == ["user"])
                #expect(await admin.call("POST", path, ["user": .string(id)]).problemFields == ["user"])
            }

            func offer(_ link: Link) async -> Answer {
                await visitor.call("POST", "/api/v1/links/\(link.id)/offers", [
                    "starts": [.string(stage.at(9, day: 2).rfc3339())], "timezone": "UTC",
                    "until": .string(stage.world.now.adding(days: 1).rfc3339()),
                ])
            }
            let kept = await offer(place.bobs.link)
            #expect(kept.status == 201, "\(kept.text)")
            let id = try (kept.json["id"]?.string).flatMap(ID<KeptOffer>.init).wanted("offer")
            // His, so that it does not end when she leaves.
            #expect(try await stage.offer(id).author == stage.bob)
            #expect(await offer(place.dans.link).status == 404)
            let page = "/settings/booking-links/\(place.bobs.link.id)/offers/\(id)"
            #expect(await visitor.get(page).status == 200)
            #expect(await visitor.post("\(page)/release", [:]).status == 303)
            #expect(try await stage.offer(id).state == .released)
        }
    }
}

extension Stage {
    fileprivate func lengthen(_ link: ID<Link>, to minutes: Int, scope: Scope) async throws {
        _ = try await SaveLink(installation).update(link, version: nil, scope: scope) { link in
            var wish = LinkWish(rules: link.rules)
            wish.rules.duration = minutes
            return wish
        }
    }

    /// The first host of each booking.
    fileprivate func hostsOf(_ ids: [ID<Booking>]) async throws -> [ID<User>] {
        var hosts: [ID<User>] = []
        for id in ids { hosts.append(try await find(id).hosts[0].id) }
        return hosts
    }
}
