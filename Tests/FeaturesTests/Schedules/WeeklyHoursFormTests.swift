/// The form of weekly hours: what it reads, what it refuses, and that it comes back as it was typed.
import Features
import Scheduling
import Testing
import Web

struct WeeklyHoursFormTests {
    private func read(_ fields: [(String, String)]) -> (weekly: [[Window]]?, hours: WeeklyHours) {
        var hours = WeeklyHours(form: FormData(fields))
        return (hours.weekly(), hours)
    }

    @Test("stored hours come out of the form as they went in")
    func roundTrip() throws {
        var weekly = Schedule.defaultWeekly
        weekly[1] = [Window(opens: 540, closes: 720), Window(opens: 780, closes: 1_020)]
        weekly[5] = [Window(opens: 1_320, closes: 1_560)]
        weekly[6] = [Window(opens: 0, closes: 1_440)]
        let fields = controls(in: WeeklyHours(weekly).html.text)
        #expect(read(fields).weekly == weekly)
        // A closed day keeps times ready and is closed all the same.
        #expect(fields.contains { $0 == ("sun_1_from", "09:00") })
    }

    /// What stands in Monday's fields, which field is wrong, and words of its message.
    struct Wrong: Sendable {
        let times: [[String]]
        let field: String
        let words: String

        var fields: [(String, String)] {
            let pairs = times.enumerated().flatMap { index, row -> [(String, String)] in
                [("mon_\(index + 1)_from", row[0]), ("mon_\(index + 1)_to", row[1])]
            }
            return [("mon_open", "on")] + pairs
        }
    }

    private static let wrong: [Wrong] = [
        Wrong(times: [], field: "mon_1_from", words: "no times"),
        Wrong(times: [["nine", "17:00"]], field: "mon_1_from", words: "such as 09:00"),
        Wrong(times: [["09:00", ""]], field: "mon_1_to", words: "such as 17:00"),
        Wrong(times: [["09:00", "08:00"]], field: "mon_1_to", words: "not after 09:00"),
        Wrong(times: [["24:00", "25:00"]], field: "mon_1_from", words: "such as 09:00"),
        Wrong(times: [["09:00", "48:01"]], field: "mon_1_to", words: "such as 17:00"),
        Wrong(times: [["09:00", "12:00"], ["11:00", "13:00"]], field: "mon_2_from", words: "overlap 09:00–12:00"),
    ]

    @Test("an open day needs times that make sense; each mistake stands at its field", arguments: wrong)
    func mistakes(wrong: Wrong) {
        let (weekly, hours) = read(wrong.fields)
        #expect(weekly == nil)
        #expect(hours.errors.map(\.field) == [wrong.field])
        #expect(hours.errors.first?.message.contains(wrong.words) ?? false)
        let html = hours.html.text
        #expect(html.contains("id=\"f-\(wrong.field)-error\"") && html.contains("aria-invalid=\"true\""))
        for (name, value) in wrong.fields where !value.isEmpty {
            #expect(controls(in: html).contains { $0 == (name, value) })
        }
    }

    @Test("closed days are closed whatever stands in them, midnight may end a day, and blank rows are nothing")
    func reading() {
        let (weekly, _) = read([
            ("mon_1_from", "nonsense"), ("tue_open", "on"), ("tue_1_from", "18:00"), ("tue_1_to", "00:00"),
            ("wed_open", "on"), ("wed_1_from", ""), ("wed_1_to", ""), ("wed_2_from", "13:00"), ("wed_2_to", "26:00"),
            ("thu_open", "on"), ("thu_1_from", "13:00"), ("thu_1_to", "14:00"), ("thu_2_from", "09:00:00"),
            ("thu_2_to", "13:00:00"),
        ])
        let none: [Window] = []
        #expect(weekly == [
            none, none, [Window(opens: 1_080, closes: 1_440)], [Window(opens: 780, closes: 1_560)],
            [Window(opens: 540, closes: 780), Window(opens: 780, closes: 840)], none, none,
        ])
    }

    @Test("an end on the next day is asked for, read, and copied with Monday to other days")
    func nextDay() {
        let typed = [("mon_open", "on"), ("mon_1_from", "22:00"), ("mon_1_to", "02:00"), ("mon_1_next", "on")]
        var (weekly, hours) = read(typed)
        #expect(weekly?[1] == [Window(opens: 1_320, closes: 1_560)])
        #expect(controls(in: hours.html.text).contains { $0 == ("mon_1_next", "on") })
        #expect(!hours.html.text.contains("tue_1_next") && hours.html(asksNextDay: true).text.contains("tue_1_next"))
        hours.copy(1, to: [2, 3])
        let copied = hours.weekly()
        #expect(copied?[2] == weekly?[1] && copied?[3] == weekly?[1] && copied?[4] == [])
        (weekly, _) = read([("mon_open", "on"), ("mon_1_from", "22:00"), ("mon_1_to", "00:00"), ("mon_1_next", "on")])
        #expect(weekly?[1] == [Window(opens: 1_320, closes: 1_440)])
    }

    /// Names and values of what a browser would send of this markup.
    private func controls(in html: String) -> [(String, String)] {
        html.split(separator: "<").filter { $0.hasPrefix("input") }.compactMap { tag in
            let isBox = tag.contains("type=\"checkbox\"")
            guard let name = attribute("name", of: tag), !isBox || tag.contains(" checked") else { return nil }
            return (name, isBox ? "on" : attribute("value", of: tag) ?? "")
        }
    }

    private func attribute(_ name: String, of tag: Substring) -> String? {
        guard let start = tag.firstRange(of: " \(name)=\"")?.upperBound else { return nil }
        return String(tag[start...].prefix { $0 != "\"" })
    }
}
