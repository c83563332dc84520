/// What an assistant reaches: everything that is the assisted person's to change, nothing of anybody else, and nothing
/// after they were stopped.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Assistants")
struct AssistantTests {
    /// Pages and calls that show what belongs to one person, and to nobody who does not act for them.
    private static let reads = [
        "/calendar/bookings/{booking}", "/calendar/bookings/{booking}/move", "/calendar/bookings/{booking}/spam",
        "/calendar/bookings/{booking}/proposal", "/calendar/bookings/{series}/series", "/calendar/sessions/{session}",
        "/calendar/sessions/{session}/move", "/calendar/bookings/new?link={link}",
        "/calendar/troubleshooter?link={link}",
        "/settings/booking-links/{link}", "/settings/booking-links/{link}/delete",
        "/settings/booking-links/{link}/offer", "/settings/booking-links/{group}/waitlist",
        "/settings/booking-links/new?of={user}", "/calendar/schedules/{schedule}", "/calendar/schedules/new?of={user}",
        "/calendar/schedules/away?of={user}", "/calendar/schedules/holidays?of={user}", "/calendar/out-today?of={user}",
        "/api/v1/links/{link}", "/api/v1/links/{link}/explanation", "/api/v1/links/{group}/waitlist",
        "/api/v1/bookings/{booking}", "/api/v1/bookings/{series}/series", "/api/v1/sessions/{session}",
        "/api/v1/schedules/{schedule}",
    ]

    /// Presses on pages and calls that change it, with what they answer when they are done. The last ends the booking.
    private static let changes: [(method: String, address: String, fields: [String: String], status: Int)] = [
        ("FORM", "/calendar/bookings/{booking}/notes", ["text": "Bring the plan."], 303),
        ("FORM", "/calendar/bookings/{booking}/confirmation", [:], 303),
        ("FORM", "/calendar/bookings/{booking}/rebook", ["message": "", "until": "kept"], 303),
        ("FORM", "/calendar/bookings/{booking}/proposal/withdrawal", [:], 303),
        ("FORM", "/calendar/bookings/{booking}/reschedule", ["start": "{two}"], 303),
        ("FORM", "/calendar/sessions/{session}/reschedule", ["start": "{three}"], 303),
        ("FORM", "/calendar/bookings/{series}/series/cancellation", ["part": "later"], 303),
        ("FORM", "/settings/booking-links/{link}/bookings", [:], 303),
        ("FORM", "/settings/booking-links/{link}/copy", [:], 303),
        ("FORM", "/settings/booking-links/{link}/switch", ["active": "off"], 303),
        ("FORM", "/settings/booking-links/{link}/switch", ["active": "on"], 303),
        ("FORM", "/calendar/schedules/{schedule}/default", [:], 303),
        ("FORM", "/calendar/schedules", ["of": "{user}", "name": "Nights", "timezone": "UTC"], 303),
        ("FORM", "/calendar/schedules/away", [
            "of": "{user}", "kind": "out_of_office", "from": "2030-02-04", "to": "2030-02-05", "timezone": "UTC",
        ], 303),
        ("FORM", "/calendar/schedules/holidays", ["of": "{user}", "country": "DE"], 303),
        ("POST", "/api/v1/schedules", ["name": "Days", "timezone": "UTC", "user": "{user}"], 201),
        ("POST", "/api/v1/time-off", [
            "kind": "out_of_office", "from": "2030-03-04", "to": "2030-03-05", "user": "{user}",
        ], 201),
        ("PATCH", "/api/v1/links/{link}", ["title": "Renamed"], 200),
        ("PATCH", "/api/v1/schedules/{schedule}", ["name": "Renamed"], 200),
        ("FORM", "/calendar/bookings/{booking}/cancellation", ["reason": "Ill."], 303),
        ("FORM", "/calendar/sessions/{session}/cancellation", ["reason": "Ill."], 303),
    ]

    private func press(
        _ change: (method: String, address: String, fields: [String: String], status: Int), _ whose: Belongings,
        _ place: AssistantStage
    ) async -> Answer {
        let stage = place.stage
        let fields = change.fields.mapValues { value in
            whose.address(value).replacing("{two}", with: String(stage.at(11, day: 1).seconds))
                .replacing("{three}", with: String(stage.at(15, day: 2).seconds))
        }
        let address = whose.address(change.address)
        guard change.method != "FORM" else { return await place.visitor.post(address, fields) }
        return await place.visitor.call(
            change.method, address, .object(fields.sorted { $0.key < $1.key }.map { ($0.key, .string($0.value)) }))
    }

    @Test("reads what is theirs and the assisted person's, nobody else's, and only until they are stopped",
          arguments: Engine.all)
    func reads(on engine: Engine) async throws {
        try await AssistantStage.on(engine) { place in
            for address in Self.reads {
                for (whose, status) in [(place.own, 200), (place.bobs, 200), (place.dans, 404)] {
                    let answer = await place.visitor.get(whose.address(address))
                    #expect(answer.status == status, "\(address)")
                }
            }
            let bob = place.visitor.asked(by: "bob")
            #expect(await bob.post("/settings/assistants/\(place.cleo.account.id)/end", [:]).status == 303)
            for address in Self.reads {
                #expect(await place.visitor.get(place.bobs.address(address)).status == 404, "\(address), stopped")
            }
        }
    }

    @Test("changes what is theirs and the assisted person's, and nobody else's", arguments: Engine.all)
    func changes(on engine: Engine) async throws {
        try await AssistantStage.on(engine) { place in
            for change in Self.changes {
                let other = await press(change, place.dans, place).status
                #expect(other == (change.method == "POST" ? 403 : 404), "\(change.address), Dan's")
                for whose in [place.own, place.bobs] {
                    let answer = await press(change, whose, place)
                    #expect(answer.status == change.status, "\(change.address): \(answer.text.suffix(300))")
                }
            }
            let (untouched, ended) = (
                try await place.stage.find(place.dans.booking), try await place.stage.find(place.bobs.booking)
            )
            #expect(untouched.state.version == 1 && ended.state.status == .cancelled)
        }
    }

    @Test("lists hold both, and ask in vain for anybody else's", arguments: Engine.all)
    func lists(on engine: Engine) async throws {
        try await AssistantStage.on(engine) { place in
            let visitor = place.visitor
            func all(_ target: String, _ key: String = "id") async -> Set<String> {
                Set(await visitor.call("GET", target).json["data"]?.array?.compactMap { $0[key]?.string } ?? [])
            }
            let bookings = await all("/api/v1/bookings?limit=200")
            #expect(bookings.isSuperset(of: [place.own.booking.text, place.bobs.booking.text]))
            #expect(!bookings.contains(place.dans.booking.text))
            #expect(await all("/api/v1/bookings?host=\(place.bobs.user)").contains(place.bobs.booking.text))
            #expect(await visitor.call("GET", "/api/v1/bookings?host=\(place.dans.user)").status == 403)
            let links = await all("/api/v1/links")
            #expect(links == Set([place.own, place.bobs].flatMap { [$0.link, $0.group, $0.weekly].map(\.id.text) }))
            #expect(await all("/api/v1/links?host=\(place.bobs.user)").count == 3)
            #expect(await all("/api/v1/links?host=\(place.dans.user)") == [])
            #expect(await all("/api/v1/schedules", "user") == [place.own.user.text, place.bobs.user.text])
            let file = await visitor.get("/calendar/bookings.csv?host=all").text
            #expect(file.contains("Bob Osei") && !file.contains("Dan Wu"))
            let list = await visitor.get("/calendar/bookings?host=all").text
            #expect(list.contains("Bob Osei") && !list.contains("Dan Wu"))
            let calendar = await visitor.get("/calendar/bookings?view=day&date=2030-01-07&host=\(place.bobs.user)").text
            #expect(calendar.contains(place.bobs.booking.text) && !calendar.contains(place.own.booking.text))
            let own = await visitor.get("/calendar/bookings?view=day&date=2030-01-07&host=\(place.dans.user)").text
            #expect(own.contains(place.own.booking.text) && !own.contains(place.dans.booking.text))
            #expect(await visitor.get("/calendar/event-types").text.contains("bob-one"))
            #expect(await !visitor.get("/calendar/event-types").text.contains("dan-one"))
            let choice = await visitor.get("/calendar/bookings/new").text
            #expect(choice.contains(place.bobs.link.id.text) && !choice.contains(place.dans.link.id.text))
            let hours = await visitor.get("/calendar/schedules").text
            #expect(hours.contains(place.bobs.schedule.text) && !hours.contains(place.dans.schedule.text))
        }
    }

    @Test("a link made for the assisted person is theirs, by page and by API; one of two people is for admins",
          arguments: Engine.all)
    func makes(on engine: Engine) async throws {
        try await AssistantStage.on(engine) { place in
            let visitor = place.visitor
            let bob = JSON.string(place.bobs.user.text), cleo = JSON.string(place.own.user.text)
            let made = await visitor.call("POST", "/api/v1/links", ["title": "New", "hosts": [["userId": bob]]])
            #expect(made.status == 201 && made.json["hosts"]?[0]?["userId"] == bob)
            #expect(made.json["hosts"]?.array?.count == 1)
            let together: JSON = [
                "title": "Both", "kind": "collective", "hosts": [["userId": bob], ["userId": cleo]],
            ]
            #expect(await visitor.call("POST", "/api/v1/links", together).status == 403)
            let dans: JSON = ["title": "x", "hosts": [["userId": .string(place.dans.user.text)]]]
            #expect(await visitor.call("POST", "/api/v1/links", dans).status == 403)
            let change: JSON = ["hosts": [["userId": cleo]]]
            #expect(await visitor.call("PATCH", "/api/v1/links/\(place.bobs.link.id)", change).status == 403)

            let form = await visitor.get("/settings/booking-links/new?of=\(place.bobs.user)")
            #expect(form.field("of") == place.bobs.user.text && form.text.contains("New link for Bob Osei"))
            let saved = await visitor.post("/settings/booking-links", [
                "of": place.bobs.user.text, "title": "Second", "slug": "second", "durationMinutes": "30",
                "hoursFrom": place.bobs.schedule.text, "active": "on",
            ])
            #expect(saved.status == 303, "\(saved.text.suffix(400))")
            let page = await visitor.get(String(saved.location.prefix { $0 != "?" })).text
            #expect(page.contains("A link of Bob Osei."))
            #expect(await visitor.asked(by: "bob").get("/calendar/event-types").text.contains("/book/second"))
        }
    }

    @Test("it does not go further: whom they assist or lead, who assists them, and their roles stay theirs")
    func borders() {
        let example = Principal.example
        let (bob, carol): (ID<User>, ID<User>) = (
            ID(milliseconds: 1, random: Array(repeating: 1, count: 10)),
            ID(milliseconds: 2, random: Array(repeating: 2, count: 10)))
        func principal(_ role: Role, leads: Set<ID<User>> = []) -> Principal {
            Principal(
                kind: .session, workspace: example.workspace, workspaceName: "", user: example.user, name: "",
                permissions: Permission.granted(to: role), leads: leads, assists: [bob])
        }
        let member = principal(.member)
        #expect(member.acts == [example.user, bob] && member.reads == [example.user, bob])
        #expect(member.ownKeys == example.user && principal(.admin).ownKeys == nil && principal(.admin).acts == nil)
        let manager = principal(.manager, leads: [carol])
        #expect(manager.acts == [example.user, bob] && manager.reads == [example.user, bob, carol])
        // In whose place: their own before anybody else's.
        #expect(member.scope(on: [bob]).behalf == bob && member.scope(on: [carol, bob]).behalf == bob)
        #expect(member.scope(on: [bob, example.user]).behalf == nil && member.scope(on: [carol]).behalf == nil)
        #expect(principal(.admin).scope(on: [bob]).behalf == bob && principal(.admin).scope(on: [carol]).behalf == nil)
        #expect(member.owner(among: [carol, bob]) == bob && member.owner(among: [carol]) == nil)
    }
}
