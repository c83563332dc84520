/// What the address of a kept time opens on a link with a code, and what it does not.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Kept offers at a door with a code")
struct KeptOfferDoorTests {
    private struct Scene {
        let link: Link
        let id: String
        let addresses: [String]
    }

    private func offer(_ stage: Stage, _ starts: [Instant]) async throws -> Scene {
        let link = try await stage.makeLink("secret") { ($0.title, $0.access.code) = ("Hush", "Sesame") }
        let made = await (try Visitor(stage, who: "ada")).call("POST", "/api/v1/links/\(link.id)/offers", [
            "starts": .array(starts.map { .string($0.rfc3339()) }), "timezone": "Europe/Berlin", "whom": "Anna",
            "until": .string(stage.at(8, day: 1).rfc3339()),
        ])
        #expect(made.status == 201, "\(made.text)")
        let urls = made.json["times"]?.array?.compactMap { $0["url"]?.string } ?? []
        return Scene(
            link: link, id: try (made.json["id"]?.string).wanted("id"),
            addresses: urls.map { String($0.dropFirst("http://meet.example".count)) })
    }

    private func book(_ visitor: Visitor, _ details: Answer, _ start: Instant) async -> Answer {
        await visitor.post("/book/secret/bookings", [
            "form": details.field("form") ?? "", "start": String(start.seconds), "timezone": "Europe/Berlin",
            "attendee.name": "Yuko", "attendee.email": "yuko@kpuh.example",
        ])
    }

    private func asksForCode(_ visitor: Visitor, _ address: String) async -> Bool {
        asksForCode(await visitor.get(address))
    }

    private func asksForCode(_ answer: Answer) -> Bool {
        answer.text.contains("Access code") && !answer.text.contains("Hush")
    }

    @Test("a kept time can be booked without the code, and nothing else: no pass is given away", arguments: Engine.all)
    func onlyThatTime(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (kept, other) = (stage.at(10, day: 2), stage.at(12, day: 2))
            let scene = try await offer(stage, [kept, stage.at(11, day: 2)])
            let visitor = try Visitor(stage)
            let straight = await visitor.get(scene.addresses[0])
            #expect(straight.status == 303 && !straight.location.contains("pass="), "\(straight.location)")
            let details = await visitor.get(straight.location)
            #expect(details.status == 200 && details.text.contains("Hush") && details.field("pass") == nil)
            let form = details.field("form") ?? ""
            #expect(await asksForCode(visitor, "/book/secret"))
            // The form is no key to another time, be it free or not.
            let press = ["start": String(other.seconds), "form": form]
            #expect(await visitor.post("/book/secret/holds", press).status == 401)
            #expect(await visitor.post("/book/secret/holds/extension", press).status == 401)
            #expect(await book(visitor, details, other).status == 401)
            let elsewhere = straight.location.replacing(String(kept.seconds), with: String(other.seconds))
            #expect(await asksForCode(visitor, elsewhere))
            let wrongStart = scene.addresses[0].replacing(/start=[^&]*/, with: "start=\(other.seconds)")
            for address in [wrongStart, scene.addresses[0].replacing("start=", with: "begin=")] {
                #expect(await asksForCode(visitor, address), "\(address)")
            }

            let booked = await book(visitor, details, kept)
            #expect(booked.status == 303 && booked.location.hasPrefix("/booking/"), "\(booked.text)")
            #expect(await book(visitor, details, kept).location == booked.location, "the second press")
            #expect(await visitor.get(straight.location).location == booked.location, "Back")
            for address in scene.addresses {
                let late = await visitor.get(address)
                #expect(asksForCode(late) && late.text.contains("Somebody has picked one of these times already"))
            }
        }
    }

    @Test("an offer that is over opens no door", arguments: Engine.all)
    func over(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let scene = try await offer(stage, [stage.at(10, day: 2)])
            let visitor = try Visitor(stage)
            let details = await visitor.get(await visitor.get(scene.addresses[0]).location)
            let ada = visitor.asked(by: "ada")
            let gone = await ada.call("DELETE", "/api/v1/links/\(scene.link.id)/offers/\(scene.id)")
            #expect(gone.status == 204)
            #expect(await asksForCode(visitor, scene.addresses[0]))
            #expect(await book(visitor, details, stage.at(10, day: 2)).status == 401)
        }
    }

    @Test("past its minute it opens none either, whether its job has run or not", arguments: Engine.all)
    func lapsed(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let scene = try await offer(stage, [stage.at(10, day: 2)])
            let visitor = try Visitor(stage)
            let details = await visitor.get(await visitor.get(scene.addresses[0]).location)
            stage.clock.move(to: stage.at(8, day: 1))
            #expect(await asksForCode(visitor, scene.addresses[0]))
            #expect(await book(visitor, details, stage.at(10, day: 2)).status == 401)
        }
    }
}
