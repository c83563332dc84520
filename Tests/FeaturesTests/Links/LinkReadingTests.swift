/// What somebody wants a link to be, as a form and as JSON: bounds of every field, one set of rules for both.
import Database
import Scheduling
import Testing
import Web

@testable import Features

struct LinkReadingTests {
    private let entropy = Entropy.seeded(1)

    private func read(_ json: JSON, over base: LinkRules? = nil) -> (wish: LinkWish?, errors: [String]) {
        var fields = Fields(json: json)
        let wish = try? LinkReading.read(&fields, over: base, entropy: entropy)
        try? fields.finish()
        return (wish, fields.errors.map { "\($0.field) \($0.code)" })
    }

    private func errors(_ name: String, _ value: JSON) -> [String] {
        read(.object([("title", "Intro"), (name, value)])).errors
    }

    @Test("numbers are kept within their bounds, ends included", arguments: [
        ("stepMinutes", 5, 480), ("alignMinutes", 0, 60), ("offsetMinutes", 0, 480), ("bufferBeforeMinutes", 0, 480),
        ("bufferAfterMinutes", 0, 480), ("durationMinutes", 5, 480),
    ])
    func numbers(name: String, least: Int, most: Int) {
        func value(_ number: Int) -> JSON { name == "durationMinutes" ? [JSON(number)] : JSON(number) }
        #expect(errors(name, value(least)).isEmpty && errors(name, value(most)).isEmpty)
        #expect(errors(name, value(least - 1)).count == 1 && errors(name, value(most + 1)).count == 1)
        #expect(errors(name, "much").count == 1 && errors(name, [1, 2]).count == 1
            && errors(name, .double(7.5)).count == 1)
    }

    @Test("texts are kept within their bounds, to the character")
    func texts() {
        func long(_ count: Int) -> JSON { .string(String(repeating: "ü", count: count)) }
        #expect(read(["title": long(120)]).errors.isEmpty && read(["title": long(121)]).errors == ["title too_long"])
        #expect(read(["title": "  "]).errors == ["title missing"] && read([:]).errors == ["title missing"])
        #expect(read(["title": "a\nb"]).errors == ["title invalid"] && read(["title": 5]).errors == ["title invalid"])
        #expect(errors("description", long(5000)).isEmpty && errors("description", "a\nb").isEmpty)
        #expect(errors("description", long(5001)) == ["description too_long"])
        let question: JSON = ["label": long(301)]
        #expect(errors("questions", [question]) == ["questions.0.label too_long"])
        #expect(errors("locations", [["kind": "custom", "text": long(501)]]) == ["locations.0.text too_long"])
    }

    @Test("a slug of our own pages is reserved, a malformed one invalid, a missing one proposed")
    func slugs() {
        #expect(errors("slug", "cancel") == ["slug reserved"] && errors("slug", "A b") == ["slug invalid"])
        #expect(errors("slug", .string(String(repeating: "x", count: 81))) == ["slug too_long"])
        let proposed = read(["title": "First talk"]).wish
        #expect(proposed?.rules.slug == "first-talk" && proposed?.mayVarySlug == true)
        #expect(read(["title": "First talk", "slug": "own"]).wish?.mayVarySlug == false)
        #expect(read(["title": "Other"], over: Stage.rules).wish?.rules.slug == "intro")
    }

    @Test("notice has a unit, and each unit its most")
    func notice() {
        func notice(_ value: Int, _ unit: String) -> [String] {
            errors("minimumNotice", ["value": JSON(value), "unit": .string(unit)])
        }
        for (unit, most) in [("minute", 525_600), ("hour", 8_760), ("day", 365)] {
            #expect(notice(most, unit).isEmpty && notice(0, unit).isEmpty)
            #expect(notice(most + 1, unit) == ["minimumNotice.value out_of_range"])
        }
        #expect(notice(1, "week") == ["minimumNotice.unit invalid"])
        #expect(read(["minimumNotice": ["value": 2]], over: Stage.rules).wish?.rules.notice
            == MinimumNotice(value: 2, unit: .minute))
    }

    @Test("the window is a number of days or two dates in order, within two years")
    func windows() {
        #expect(read(["title": "a", "window": ["kind": "rolling_days",
            "days": 60]]).wish?.rules.window == .rollingDays(60))
        #expect(errors("window", ["kind": "rolling_days", "days": 731]).count == 1)
        #expect(errors("window", ["kind": "rolling_days"]) == ["window.days missing"])
        func range(_ from: String, _ to: String) -> [String] {
            errors("window", ["kind": "range", "from": .string(from), "to": .string(to)])
        }
        #expect(range("2030-01-01", "2030-01-01").isEmpty && range("2030-01-01", "2032-01-01").isEmpty)
        #expect(range("2030-01-02", "2030-01-01") == ["window.to invalid"])
        #expect(range("2030-01-01", "2032-01-02") == ["window.to invalid"])
        #expect(range("2030-02-30", "x") == ["window.from invalid", "window.to invalid"])
        #expect(errors("window", ["kind": "some_days", "days": 5]) == ["window.kind invalid"])
    }

    @Test("fields, kinds and lists that are not ours are refused by name")
    func unknown() {
        #expect(errors("nonsense", 1) == ["nonsense unknown"])
        #expect(errors("minimumNotice", ["value": 1, "unti": "hour"]) == ["minimumNotice.unti unknown"])
        #expect(errors("questions", [["label": "a", "nonsense": 1]]) == ["questions.0.nonsense unknown"])
        #expect(errors("kind", "sung") == ["kind invalid"] && errors("kind", 1) == ["kind invalid"])
        #expect(errors("questions", "many") == ["questions invalid"])
        #expect(errors("questions", .array((0...20).map { _ in ["label": "a"] })) == ["questions too_many"])
        #expect(errors("hosts", .array([["userId": "nobody"]])) == ["hosts.0.userId invalid"])
        #expect(errors("scheduleId", "lnk_x") == ["scheduleId invalid"])
        #expect(errors("active", "yes please").isEmpty == false || read(["title": "a",
            "active": "x"]).wish?.rules.active == false)
        #expect(read([1]).errors.contains(" invalid"))
    }

    @Test("hours are read as weekly windows, mistakes in words")
    func hours() {
        let wish = read(["title": "a", "hours": ["mon": [["09:00", "12:00"]]]]).wish
        #expect(wish?.hours?[1] == [Window(opens: 540, closes: 720)])
        #expect(errors("hours", ["mon": [["12:00", "09:00"]]]) == ["hours invalid"])
        #expect(errors("hours", "always") == ["hours invalid"])
    }

    @Test("what a change does not name stays as it is")
    func patch() throws {
        var base = Stage.rules
        (base.align, base.offset, base.step, base.description) = (15, 5, 20, "Long.")
        #expect(try read([:], over: base).wish.wanted("wish").rules == base)
        let changed = try read(["bufferAfterMinutes": 10, "stepMinutes": .null, "active": false],
            over: base).wish.wanted("wish")
        base.bufferAfter = 10
        base.step = nil
        base.active = false
        #expect(changed.rules == base && changed.questions == nil && changed.hours == nil)
    }

    @Test("a form and a JSON body with the same words make the same wish")
    func same() throws {
        let id = Question.example.id
        let form = FormData([
            ("title", "Intro"), ("slug", "intro"), ("description", "a\r\nb"), ("durationMinutes", "45"),
            ("stepMinutes", "15"), ("bufferBeforeMinutes", "5"), ("bufferAfterMinutes", "10"),
            ("minimumNotice.value", "2"), ("minimumNotice.unit", "day"), ("window.kind", "range"), ("window.days", ""),
            ("window.from", "2030-01-01"), ("window.to", "2030-02-01"), ("locations.0.kind", "phone_host_calls"),
            ("locations.0.text", "+49 30 1"), ("questions.0.id", id.text), ("questions.0.kind", "textarea"),
            ("questions.0.label", "Why?"), ("questions.0.required", "on"), ("questions.1.label", ""),
            ("questions.1.kind", "text"), ("active", "on"),
        ])
        let json: JSON = [
            "title": "Intro", "slug": "intro", "description": "a\nb", "durationMinutes": [45], "stepMinutes": 15,
            "bufferBeforeMinutes": 5, "bufferAfterMinutes": 10, "minimumNotice": ["value": 2, "unit": "day"],
            "window": ["kind": "range", "from": "2030-01-01", "to": "2030-02-01"],
            "locations": [["kind": "phone_host_calls", "text": "+49 30 1"]],
            "questions": [["id": .string(id.text), "kind": "textarea", "label": "Why?", "required": true]],
            "active": true,
        ]
        var (one, two) = (Fields(form: form), Fields(json: json))
        let a = try LinkReading.read(&one, over: nil, entropy: entropy)
        let b = try LinkReading.read(&two, over: nil, entropy: entropy)
        try two.finish()
        #expect(a.rules == b.rules && a.questions == b.questions && one.errors.isEmpty)
        #expect(a.rules.duration == 45 && a.questions?.count == 1 && a.questions?[0].id == id)
    }

    @Test("a form with mistakes keeps every word that was typed")
    func typed() {
        let typed = ["title": "", "slug": "A b", "durationMinutes": "many", "window.days": "-1",
            "window.kind": "rolling_days"]
        let read = LinkFormReading(FormData(typed.map { ($0.key, $0.value) }), zone: .utc, entropy: entropy)
        #expect(read.wish == nil)
        #expect(typed.allSatisfy { read.filled[$0.key] == $0.value })
        #expect(Set(read.filled.errors.map(\.field)).isSuperset(of: ["title", "slug", "durationMinutes",
            "window.days"]))
    }

    @Test("an unticked box switches a link off, a ticked one on")
    func box() {
        let fields = [("title", "Intro"), ("hoursFrom", "schedule")]
        func read(_ more: [(String, String)] = []) -> LinkWish? {
            LinkFormReading(FormData(fields + more), zone: .utc, entropy: entropy).wish
        }
        #expect(read()?.rules.active == false && read([("active", "on")])?.rules.active == true)
    }
}
