/// Lengths, booking windows, travel, limits and hours by the attendee's clock, as a form and as JSON: one set of rules.
import Database
import Scheduling
import Testing
import Web

@testable import Features

struct LinkRhythmReadingTests: ReadsLinks {
    private let entropy = Entropy.seeded(1)

    private func form(_ more: [(String, String)]) -> LinkFormReading {
        let fields = [("title", "Intro"), ("locations.0.kind", "custom"), ("durationMinutes", "30")]
        return LinkFormReading(
            FormData(fields.filter { field in !more.contains { $0.0 == field.0 } } + more), zone: .utc,
            entropy: entropy)
    }

    private func mistakes(_ more: (String, String)...) -> [String] {
        form(more).filled.errors.map { "\($0.field) \($0.code)" }
    }

    @Test("the first length is the usual one, the others are kept in order")
    func lengths() {
        let several = rules("durationMinutes", [45, 60, 15])
        #expect(several?.duration == 45 && several?.rhythm.otherLengths == [15, 60])
        #expect(several?.lengths == [45, 15, 60] && several?.lengthWords == "15\u{a0}min, 45\u{a0}min or 60\u{a0}min")
        #expect(rules("durationMinutes", 20)?.lengths == [20] && rules("durationMinutes", [20])?.lengths == [20])
        let nine: JSON = [5, 6, 7, 8, 9, 10, 11, 12, 13]
        for wrong: JSON in [[], [4], [30, 481], [30, 30], [30, "x"], [.double(30.5)], "long", .null, nine] {
            #expect(errors("durationMinutes", wrong).first?.hasPrefix("durationMinutes") == true, "\(wrong.text)")
        }
        var base = Stage.rules
        base.rhythm.otherLengths = [60]
        #expect(read(["durationMinutes": [60]], over: base).rules?.lengths == [60])
        #expect(read(["title": "Other"], over: base).rules?.lengths == [30, 60])
    }

    @Test("a form has the usual length in one field and the others in a list as people write it")
    func otherLengths() {
        #expect(form([("otherDurations", "60, 45;15 30")]).wish?.rules.lengths == [30, 15, 45, 60])
        #expect(form([("otherDurations", " ")]).wish?.rules.lengths == [30])
        for wrong in ["4", "481", "an hour", "45.5", "60 min", "-60", "5 6 7 8 9 10 11 12", "60\u{7}"] {
            #expect(mistakes(("otherDurations", wrong)) == ["otherDurations invalid"], "\(wrong)")
        }
        #expect(mistakes(("otherDurations", String(repeating: "6 ", count: 60))) == ["otherDurations too_long"])
        #expect(form([("otherDurations", "an hour")]).filled["otherDurations"] == "an hour")
    }

    @Test("a booking window counts all days, working days or days with a free time", arguments: [
        ("rolling_days", LinkWindow.rollingDays(5)), ("rolling_business_days", .rollingBusinessDays(5)),
        ("bookable_days", .bookableDays(5)),
    ])
    func windows(kind: String, window: LinkWindow) {
        #expect(rules("window", ["kind": .string(kind), "days": 5])?.window == window)
        #expect(form([("window.kind", kind), ("window.days", "5"), ("window.from", "")]).wish?.rules.window == window)
        for wrong: JSON in [0, 731, "x", .null] {
            #expect(errors("window", ["kind": .string(kind), "days": wrong]).first?.hasPrefix("window.days") == true)
        }
        var base = Stage.rules
        base.window = window
        let more = read(["window": ["days": 9]], over: base).rules?.window
        #expect(more == window.reaching(9) && more != .rollingDays(5))
    }

    @Test("travel and pauses are kept within their bounds")
    func travel() {
        for name in ["travelBeforeMinutes", "travelAfterMinutes"] {
            #expect(errors(name, 0).isEmpty && errors(name, 480).isEmpty)
            #expect(errors(name, -1) == ["\(name) out_of_range"] && errors(name, 481) == ["\(name) out_of_range"])
            #expect(errors(name, "far") == ["\(name) invalid"] && mistakes((name, "far")) == ["\(name) invalid"])
            #expect(mistakes((name, "")).isEmpty)
        }
        #expect(rules("gapRule", "sum")?.rhythm.gapRule == .sum && errors("gapRule", "both") == ["gapRule invalid"])
        #expect(rules("firstOfDay", true)?.rhythm.firstOfDay == true)
        #expect(rules("besideFirst", true)?.rhythm.besideFirst == true)
        #expect(errors("firstOfDay", "yes") == ["firstOfDay invalid"])
        #expect(errors("besideFirst", 1) == ["besideFirst invalid"])
    }

    @Test("a limit says whose, in which time, and how many or how long")
    func limits() {
        let two = rules("limits", [
            ["scope": "link", "per": "day", "count": 3],
            ["scope": "attendee", "per": "open", "count": 1, "minutes": 60],
        ])
        #expect(two?.rhythm.limits == [
            Limit(.link, per: .day, count: 3), Limit(.attendee, per: .open, count: 1, minutes: 60),
        ])
        #expect(rules("limits", [])?.rhythm.limits == [])
        let wrong: [(JSON, String)] = [
            (["per": "day", "count": 1], "scope missing"), (["scope": "", "per": "day", "count": 1], "scope missing"),
            (["scope": "link", "count": 1], "per missing"), (["scope": "link", "per": "day"], "count missing"),
            (["scope": "link", "per": "year", "count": 1], "per invalid"),
            (["scope": "us", "per": "day", "count": 1], "scope invalid"),
            (["scope": "link", "per": "day", "count": 0], "count out_of_range"),
            (["scope": "link", "per": "day", "count": 1001], "count out_of_range"),
            (["scope": "link", "per": "day", "minutes": 29], "minutes out_of_range"),
            (["scope": "link", "per": "day", "minutes": 44_641], "minutes out_of_range"),
            (["scope": "link", "per": "day", "minutes": "x"], "minutes invalid"),
            (["scope": "team", "per": "day", "count": 1], "scope invalid"),
            (["scope": "link", "per": "day", "count": 1, "more": 1], "more unknown"),
        ]
        for (limit, mistake) in wrong { #expect(errors("limits", [limit]) == ["limits.0.\(mistake)"], "\(limit.text)") }
        let day: JSON = ["scope": "link", "per": "day", "count": 1]
        #expect(errors("limits", [day, day]) == ["limits.1.per invalid"])
        #expect(errors("limits", .array(Array(repeating: day, count: 11))) == ["limits too_many"])
        #expect(errors("limits", "none") == ["limits invalid"])
    }

    @Test("a limit below one meeting is refused, also when the meeting becomes longer")
    func tooSmall() {
        var base = Stage.rules
        base.rhythm.limits = [Limit(.link, per: .day, minutes: 45)]
        #expect(read(["durationMinutes": [60]], over: base).errors == ["durationMinutes out_of_range"])
        #expect(read(["durationMinutes": [60, 45]], over: base).errors.isEmpty)
    }

    @Test("rows of a form without anything in them are no limits; the others keep their place in messages")
    func rows() {
        func row(_ index: Int, _ scope: String, _ count: String) -> [(String, String)] {
            [
                ("limits.\(index).scope", scope), ("limits.\(index).per", "day"), ("limits.\(index).count", count),
                ("limits.\(index).minutes", ""),
            ]
        }
        let second = form(row(0, "", "") + row(1, "host", "2"))
        #expect(second.wish?.rules.rhythm.limits == [Limit(.host, per: .day, count: 2)])
        #expect(form(row(0, "", "")).wish?.rules.rhythm.limits == [])
        let wrong = form(row(0, "", "") + row(1, "host", "many") + row(2, "", "4"))
        #expect(wrong.filled.errors.map(\.field) == ["limits.1.count", "limits.2.scope"])
        #expect(wrong.filled["limits.1.count"] == "many" && wrong.filled["limits.2.count"] == "4")
        #expect(form(row(0, "team", "1")).filled.errors.map(\.field) == ["limits.0.scope"])
    }

    @Test("hours by the attendee's clock are a week with at least one open day, or none at all")
    func bookerHours() {
        let hours = rules("bookerHours", ["mon": [["09:00", "12:00"]]])?.rhythm.bookerHours
        #expect(hours?[1] == [Window(opens: 540, closes: 720)] && hours?.joined().count == 1)
        #expect(errors("bookerHours", [:]) == ["bookerHours missing"])
        for wrong: JSON in ["nine", [1], ["mon": "nine"], ["mon": [["12:00", "09:00"]]], ["monday": []]] {
            #expect(errors("bookerHours", wrong) == ["bookerHours invalid"], "\(wrong.text)")
        }
        var base = Stage.rules
        base.rhythm.bookerHours = hours
        #expect(read(["bookerHours": .null], over: base).rules?.rhythm.bookerHours == nil)
        #expect(read(["title": "x"], over: base).rules?.rhythm.bookerHours == hours)
        let own = [("bookerHoursFrom", "own"), ("booker_tue_open", "on"), ("booker_tue_1_from", "10"),
                   ("booker_tue_1_to", "17")]
        #expect(form(own).wish?.rules.rhythm.bookerHours?[2] == [Window(opens: 600, closes: 1_020)])
        #expect(form([("bookerHoursFrom", "any")] + own.dropFirst()).wish?.rules.rhythm.bookerHours == nil)
        #expect(mistakes(("bookerHoursFrom", "own")) == ["bookerHoursFrom missing"])
        let late = form(own.dropLast() + [("booker_tue_1_to", "late")])
        #expect(late.filled.errors.map(\.field) == ["booker_tue_1_to"])
        #expect(late.bookerHours.html.text.contains("value=\"late\""))
    }

    @Test("what the form shows of such a link, sent back as it is, is that link")
    func roundTrip() {
        var rules = Stage.rules
        rules.window = .bookableDays(10)
        rules.rhythm.otherLengths = [45, 60]
        (rules.rhythm.gapRule, rules.rhythm.travelBefore, rules.rhythm.travelAfter) = (.sum, 20, 25)
        (rules.rhythm.firstOfDay, rules.rhythm.besideFirst) = (true, true)
        rules.rhythm.limits = [Limit(.link, per: .week, count: 4), Limit(.host, per: .month, minutes: 600)]
        let sent = LinkFields.filled(rules).values.map { ($0.key, $0.value) }
        let read = LinkFormReading(FormData(sent), zone: .utc, entropy: entropy)
        #expect(read.wish?.rules == rules, "\(read.filled.errors)")
    }
}
