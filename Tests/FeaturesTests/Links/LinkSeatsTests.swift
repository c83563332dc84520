/// The places of a link as a form and as JSON: one set of rules, stored and told again.
import Database
import Scheduling
import Testing
import Web

@testable import Features

struct LinkSeatsTests: ReadsLinks {
    private func form(_ more: (String, String)...) -> LinkFormReading {
        let fields = [("title", "Intro"), ("locations.0.kind", "custom"), ("durationMinutes", "30")]
        return LinkFormReading(FormData(fields + more), zone: .utc, entropy: .seeded(1))
    }

    @Test("one place unless somebody says otherwise, eight for a group that says nothing")
    func usual() {
        #expect(read(["title": "Intro"]).rules?.seats == LinkSeats())
        #expect(rules("kind", "group")?.seats.capacity == 8)
        #expect(read(["title": "Intro", "kind": "group", "capacity": 3]).rules?.seats.capacity == 3)
        #expect(read(["title": "Intro", "kind": "round_robin", "capacity": 2]).rules?.seats.capacity == 2)
        #expect(form(("kind", "group"), ("capacity", "1")).wish?.rules.seats.capacity == 8)
        #expect(form(("capacity", "12")).wish?.rules.seats.capacity == 12)
    }

    @Test("whole numbers from 1 to 1000; a group has at least two", arguments: [
        .int(0), .int(1001), .int(-1), .double(2.5), "many", .null, [3], true, .int(Int64.max),
    ] as [JSON])
    func bounds(_ wrong: JSON) {
        #expect(errors("capacity", wrong).first?.hasPrefix("capacity ") == true)
    }

    @Test("the ends of the range pass, and a group of one is refused")
    func ends() {
        #expect(rules("capacity", 1)?.seats.capacity == 1 && rules("capacity", 1000)?.seats.capacity == 1000)
        #expect(read(["title": "Intro", "kind": "group", "capacity": 1]).errors == ["capacity out_of_range"])
        for wrong in ["0", "1001", "eight", "2.5", "3\u{7}", "", "99999999999999999999"] {
            let reading = form(("capacity", wrong))
            #expect(reading.wish == nil && reading.filled["capacity"] == wrong, "\(wrong)")
            #expect(reading.filled.errors.map(\.field) == ["capacity"], "\(wrong)")
        }
    }

    @Test("names are shown only where somebody asks for it; an unticked box of the form hides the places")
    func shown() {
        let both = read(["title": "Intro", "showsSeats": false, "showsNames": true]).rules?.seats
        #expect(both?.showsSeats == false && both?.showsNames == true)
        #expect(errors("showsNames", "perhaps").first?.hasPrefix("showsNames ") == true)
        #expect(form(("capacity", "3")).wish?.rules.seats.showsSeats == false)
        #expect(form(("capacity", "3"), ("showsSeats", "on")).wish?.rules.seats.showsSeats == true)
        let rules = form(("capacity", "3"), ("showsSeats", "on"), ("showsNames", "on")).wish?.rules
        #expect(rules.map { LinkFields.filled($0).values["showsNames"] } == "on")
    }

    @Test("they are kept, told by the API and patched one by one", arguments: Engine.all)
    func kept(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let ada = try Visitor(stage, who: "ada")
            let made = await ada.call("POST", "/api/v1/links", [
                "title": "Class", "slug": "class", "kind": "group", "capacity": 4, "showsNames": true,
            ])
            #expect(made.status == 201, "\(made.text)")
            #expect(made.json["capacity"]?.int == 4 && made.json["kind"]?.string == "group")
            #expect(made.json["showsSeats"] == .bool(true) && made.json["showsNames"] == .bool(true))
            let id = try (made.json["id"]?.string).wanted("id")
            let patched = await ada.call("PATCH", "/api/v1/links/\(id)", ["showsSeats": false])
            #expect(patched.json["capacity"]?.int == 4 && patched.json["showsSeats"] == .bool(false))
            let open = await ada.call("GET", "/api/v1/public/links/class")
            #expect(open.json["capacity"]?.int == 4)
            let editor = await ada.get("/settings/booking-links/\(id)")
            #expect(editor.field("capacity") == "4")
            let wrong = await ada.call("PATCH", "/api/v1/links/\(id)", ["capacity": 1])
            #expect(wrong.status == 422 && wrong.problemFields == ["capacity"])
        }
    }
}
