/// Links that need a room: what is offered, which room a booking gets, and what a move and a cancellation do to it.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Rooms of bookings")
struct RoomTests {
    private func rooms(of id: ID<Booking>, _ stage: Stage) async throws -> [String] {
        try await stage.find(id).resources.map(\.name)
    }

    private func rows(_ room: BookableResource, _ stage: Stage) async throws -> [LedgerRow] {
        let (scope, now) = (stage.scope, stage.world.now)
        return try await stage.database.read(scope) { tx in
            try tx.ledger(of: [room.id.text], from: monday.adding(days: -1), to: monday.adding(days: 14), now: now)
        }
    }

    @Test("a booking takes the first room that is free, under its own claim; without one there is no time",
          arguments: Engine.all)
    func taken(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (fjord, aula) = (try await stage.makeRoom("Fjord"), try await stage.makeRoom("Aula"))
            let needs = [LinkNeed([fjord.id, aula.id])]
            let link = try await stage.makeLink("one") { $0.needs = needs }
            let other = try await stage.makeLink("two", host: stage.bob) { $0.needs = needs }
            let more = try await stage.people(1)
            let third = try await stage.makeLink("three", host: more[0]) { $0.needs = needs }
            let first = try await stage.book(stage.at(9), on: link)
            let second = try await stage.book(stage.at(9), on: other)
            let names = [try await rooms(of: first.id, stage), try await rooms(of: second.id, stage)]
            #expect(names == [["Fjord"], ["Aula"]])
            #expect(first.json["resources"]?[0]?["name"]?.string == "Fjord")
            let row = try #require(try await rows(fjord, stage).first)
            #expect(row.claim == first.id.text && row.ref == first.id.text && row.kind == .booking)
            let free = try await stage.free(third)
            #expect(!free.contains(stage.at(9)) && free.contains(stage.at(9, 30)))
            let refused = try await refusal { try await stage.book(stage.at(9), on: third) }
            #expect(refused?.code == "slot_taken" && refused?.alternatives.first == stage.at(9, 30))
            let told = try await ExplainDay(stage.installation)(
                third, at: stage.at(9), minutes: 30, reads: nil, scope: stage.adas)
            #expect(told.reason == .busyResource && told.forAll.first?.title == "Fjord, Aula")
            // A cancelled one is free at once.
            _ = try await CancelBooking(stage.installation)(first.id, scope: stage.adas)
            let again = try await stage.book(stage.at(9), on: third)
            let got = try await rooms(of: again.id, stage)
            let contradictions = try await stage.contradictions()
            #expect(got == ["Fjord"] && contradictions == [])
        }
    }

    @Test("what is optional is taken if it is free and never stands in the way", arguments: Engine.all)
    func optional(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let beamer = try await stage.makeRoom("Beamer") { $0.kind = .equipment }
            let needs = [LinkNeed([beamer.id], isRequired: false)]
            let link = try await stage.makeLink("one") { $0.needs = needs }
            let other = try await stage.makeLink("two", host: stage.bob) { $0.needs = needs }
            let first = try await stage.book(stage.at(9), on: link)
            let second = try await stage.book(stage.at(9), on: other)
            let names = [try await rooms(of: first.id, stage), try await rooms(of: second.id, stage)]
            #expect(names == [["Beamer"], []])
        }
    }

    @Test("a hold keeps the room, a move keeps it where it is free, and takes another where it is not",
          arguments: Engine.all)
    func moved(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (fjord, aula) = (try await stage.makeRoom("Fjord"), try await stage.makeRoom("Aula"))
            let link = try await stage.makeLink("one") { $0.needs = [LinkNeed([fjord.id, aula.id])] }
            let other = try await stage.makeLink("two", host: stage.bob) { $0.needs = [LinkNeed([fjord.id])] }
            let held = try await stage.hold(stage.at(9), on: link)
            let holds = try await rows(fjord, stage)
            #expect(holds.map(\.kind) == [.hold])
            let blocked = try await stage.free(other)
            #expect(!blocked.contains(stage.at(9)))
            let booked = try await stage.book(stage.at(9), on: link) { $0.holdToken = held.token }
            try await stage.book(stage.at(11), on: other)
            _ = try await MoveBooking(stage.installation)(booked.id, to: stage.at(9, 30), scope: stage.adas)
            let kept = try await rooms(of: booked.id, stage)
            _ = try await MoveBooking(stage.installation)(booked.id, to: stage.at(11), scope: stage.adas)
            let replaced = try await rooms(of: booked.id, stage)
            _ = try await MoveBooking(stage.installation)(booked.id, to: stage.at(12), scope: stage.adas)
            let stays = try await rooms(of: booked.id, stage)
            #expect(kept == ["Fjord"] && replaced == ["Aula"] && stays == ["Aula"])
            let times = try await rows(aula, stage).map(\.starts)
            let contradictions = try await stage.contradictions()
            #expect(times == [stage.at(12)] && contradictions == [])
        }
    }

    @Test("a room too small, closed or switched off is not taken; guests who are too many are told so",
          arguments: Engine.all)
    func fitting(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let small = try await stage.makeRoom("Small", seats: 1) { room in
                room.hours = Array(repeating: [Window(opens: 600, closes: 720)], count: 7)
            }
            let large = try await stage.makeRoom("Large", seats: 3)
            let link = try await stage.makeLink("one") { $0.needs = [LinkNeed([small.id, large.id])] }
            let early = try await stage.book(stage.at(9), on: link)
            let noon = try await stage.book(stage.at(10), on: link)
            let pair = try await stage.book(stage.at(11), on: link) { $0.guests = ["a@x.example"] }
            var names: [[String]] = []
            for booked in [early, noon, pair] { names.append(try await rooms(of: booked.id, stage)) }
            #expect(names == [["Large"], ["Small"], ["Large"]])
            let invalid = await #expect(throws: Invalid.self) {
                try await stage.book(stage.at(14), on: link) { request in
                    request.guests = ["a@x.example", "b@x.example", "c@x.example"]
                }
            }
            #expect(invalid?.fields.map(\.field) == ["guests"])
            _ = try await SaveResource(stage.installation).update(large.id, scope: stage.adas) { room in
                var room = room
                room.isActive = false
                return room
            }
            let free = try await stage.free(link, day: 1)
            #expect(free.first == stage.at(10, day: 1) && free.last == stage.at(11, 30, day: 1))
            // It still has bookings: it cannot be deleted.
            await #expect(throws: ResourceRefusal.inUse(2)) {
                try await SaveResource(stage.installation).delete(large.id, scope: stage.adas)
            }
        }
    }

    @Test("page, mails and calendar file name the room; a no-show that is taken back has it again",
          arguments: Engine.all)
    func told(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let fjord = try await stage.makeRoom("Fjord") { $0.place = "2nd floor" }
            let link = try await stage.makeLink("one") { rules in
                rules.needs = [LinkNeed([fjord.id])]
                rules.locations = [Location(kind: .address, text: "Fjordgata 9")]
            }
            let booked = try await stage.book(stage.at(9), on: link)
            let mail = FakeMail()
            try await stage.mailRunner(mail).drain()
            #expect(mail.sent.count == 2)
            for sent in mail.sent {
                #expect(sent.text.contains("Room: Fjord, 2nd floor"))
                let file = (sent.invitation?.text ?? "").replacing("\r\n ", with: "")
                #expect(file.contains("LOCATION:Fjordgata 9\\, Fjord\\, 2nd floor"))
            }
            let ada = try Visitor(stage, who: "ada")
            for path in ["/calendar/bookings/\(booked.id)", "/booking/\(booked.token)"] {
                let page = await ada.get(path).text
                #expect(page.contains("Fjord, 2nd floor"), "\(path)")
            }
            let room = await ada.get(fjord.path.text).text
            #expect(room.contains("Yuko Hasegawa"))
            let held = try await stage.contradictions()
            stage.clock.move(to: stage.at(9, 5))
            _ = try await MarkNoShow(stage.installation)(booked.id, scope: stage.adas)
            let away = try await rows(fjord, stage)
            try await MarkNoShow(stage.installation).undo(booked.id, scope: stage.adas)
            let back = try await rows(fjord, stage)
            #expect(held == [] && away.isEmpty && back.count == 1)
        }
    }

    @Test("BookingResourceStore keeps what each booking has", arguments: Engine.all)
    func stored(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let fjord = try await stage.makeRoom("Fjord")
            let car = try await stage.makeRoom("Car") { $0.kind = .vehicle }
            let link = try await stage.makeLink("one") { $0.needs = [LinkNeed([car.id]), LinkNeed([fjord.id])] }
            let booked = try await stage.book(stage.at(9), on: link)
            let other = try await stage.book(stage.at(10))
            let scope = stage.scope
            let found = try await stage.database.read(scope) { tx in
                try BookingResourceStore.all(of: [booked.id, other.id], scope: scope, in: tx)
            }
            #expect(found.mapValues { $0.map(\.name) } == [booked.id: ["Car", "Fjord"]])
        }
    }
}
