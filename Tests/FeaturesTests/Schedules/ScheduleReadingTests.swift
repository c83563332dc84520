/// Schedules as forms and programs write them: what is taken, and what is said about the rest.
import Scheduling
import Testing
import Web

@testable import Features

struct ScheduleReadingTests {
    private func read(_ json: JSON, isNew: Bool = true) -> (wish: ScheduleWish, wrong: [String]) {
        var fields = Fields(json: json)
        var wish = ScheduleReading.read(&fields, isNew: isNew, zones: Stage.zones)
        wish.overrides = ScheduleReading.overrides(json: &fields)
        let wrong = (try? fields.finish()) == nil ? fields.errors.map(\.field) : []
        return (wish, wrong)
    }

    private func day(_ text: String) throws -> LocalDate { try LocalDate(text).wanted(text) }

    @Test("a program's schedule is read whole, past midnight and closed dates too")
    func whole() throws {
        let (wish, wrong) = read([
            "name": " Nights ", "timezone": "Asia/Kathmandu", "weekly": ["fri": [["22:00", "26:00"]]],
            "overrides": [
                ["date": "2026-12-24", "windows": []],
                ["date": "2026-12-31", "windows": [["13:00", "24:00"], ["09:00", "12:00"]]],
            ],
        ])
        #expect(wrong.isEmpty)
        #expect(wish.name == "Nights" && wish.zone == "Asia/Kathmandu")
        #expect(wish.weekly?[5] == [Window(opens: 1_320, closes: 1_560)] && wish.weekly?[1] == [])
        #expect(try wish.overrides == [
            day("2026-12-24"): [],
            day("2026-12-31"): [Window(opens: 540, closes: 720), Window(opens: 780, closes: 1_440)],
        ])
    }

    @Test("a patch reads only what came")
    func patch() {
        let (wish, wrong) = read(["timezone": "UTC"], isNew: false)
        #expect(wrong.isEmpty && wish.name == nil && wish.weekly == nil && wish.overrides == nil)
        let stored = Schedule(id: ID(milliseconds: 0, random: [UInt8](repeating: 1, count: 10)), name: "Kept",
                              zone: "Asia/Tokyo", weekly: Schedule.defaultWeekly)
        #expect(wish.over(stored).name == "Kept" && wish.over(stored).zone == "UTC")
    }

    /// A body and the fields that are wrong in it.
    struct Wrong: Sendable {
        let json: JSON
        let fields: [String]

        init(_ json: JSON, _ fields: String...) { (self.json, self.fields) = (json, fields) }

        /// A good name and zone, and more.
        static func more(_ name: String, _ value: JSON, _ fields: String...) -> Wrong {
            Wrong(json: .object([("name", "a"), ("timezone", "UTC"), (name, value)]), fields: fields)
        }

        private init(json: JSON, fields: [String]) { (self.json, self.fields) = (json, fields) }
    }

    private static let wrong: [Wrong] = [
        Wrong(["timezone": "UTC"], "name"), Wrong(["name": "a"], "timezone"),
        Wrong(["name": "a\nb", "timezone": "UTC"], "name"), Wrong(["name": "a", "timezone": "Mars/Base"], "timezone"),
        Wrong(["name": "a", "timezone": 1], "timezone"),
        Wrong(["name": ["a"], "timezone": "../etc/passwd"], "name", "timezone"),
        .more("weekly", "mon", "weekly"), .more("weekly", ["mon": [["17:00", "09:00"]]], "weekly"),
        .more("weekly", ["mon": [["09:00", "12:00"], ["11:00", "13:00"]]], "weekly"),
        .more("overrides", "x", "overrides"),
        .more("overrides", [["date": "2026-02-30", "windows": []]], "overrides.0.date"),
        .more("overrides", [["date": "2026-02-03"]], "overrides.0.windows"),
        .more("overrides", [["date": "2026-02-03", "windows": [["9", "10"]]]], "overrides.0.windows"),
        .more("overrides", [["date": "2026-02-03", "windows": []], ["date": "2026-02-03", "windows": []]],
              "overrides.1.date"),
        .more("overrides", [["date": "2026-02-03", "windows": [], "why": 1]], "overrides.0.why"),
        .more("nonsense", 1, "nonsense"),
    ]

    @Test("every wrong field is named", arguments: wrong)
    func refuses(wrong: Wrong) {
        #expect(read(wrong.json).wrong == wrong.fields)
    }

    @Test("a name and a list that are too long are refused")
    func tooLong() {
        #expect(read(["name": .string(String(repeating: "a", count: 121)), "timezone": "UTC"]).wrong == ["name"])
        let many = JSON.array((0...Schedule.mostOverrides).map { number in
            ["date": .string(LocalDate(daysSince1970: 20_000 + number).description), "windows": []]
        })
        #expect(read(["name": "a", "timezone": "UTC", "overrides": many]).wrong == ["overrides"])
    }

    @Test("times of a date are read as people write them", arguments: [
        ("", []), (" ", []), ("09:00-12:00", [(540, 720)]), ("9:00 – 12:00; 13:00—17:30", [(540, 720), (780, 1_050)]),
        ("22:00-26:00", [(1_320, 1_560)]), ("20:00-00:00", [(1_200, 1_440)]), ("20:00-24:00", [(1_200, 1_440)]),
        ("13:00-14:00, 09:00-10:00", [(540, 600), (780, 840)]),
    ] as [(String, [(Int, Int)])])
    func times(text: String, windows: [(Int, Int)]) throws {
        #expect(try DayTimes.read(text) == windows.map { Window(opens: $0.0, closes: $0.1) })
    }

    @Test("times that make no sense are told apart", arguments: [
        ("17:00-09:00", "is not after"), ("09:00", "Write times"), ("a-b", "Write times"), ("09:00-25", "Write times"),
        ("25:00-26:00", "Write times"), ("09:00-49:00", "Write times"), ("09:00-12:00, 11:00-13:00", "overlap"),
        ("09:00-09:00", "is not after"), ("1-2-3", "Write times"),
    ])
    func wrongTimes(text: String, words: String) {
        do throws(TimesMistake) {
            _ = try DayTimes.read(text)
            Issue.record("\(text) was taken")
        } catch {
            #expect(error.message.contains(words))
        }
    }

    @Test("the form's rows: blank ones say nothing, ticked ones go, wrong ones stay as typed")
    func rows() throws {
        let data = FormData([
            ("overrides.0.date", "2026-12-24"), ("overrides.0.times", ""),
            ("overrides.1.date", "2026-12-25"), ("overrides.1.times", "10:00-11:00"), ("overrides.1.remove", "on"),
            ("overrides.2.date", ""), ("overrides.2.times", ""),
            ("overrides.3.date", ""), ("overrides.3.times", "10:00-11:00"),
            ("overrides.4.date", "2026-12-26"), ("overrides.4.times", "noon"),
        ])
        var fields = Fields(form: data)
        let overrides = ScheduleReading.overrides(form: &fields)
        #expect(try overrides == [day("2026-12-24"): []])
        #expect(fields.errors.map(\.field) == ["overrides.3.date", "overrides.4.times"])
        #expect(fields.filled["overrides.4.times"] == "noon")
    }

    @Test("times are written as they can be read again")
    func writes() throws {
        let windows = [Window(opens: 540, closes: 720), Window(opens: 1_320, closes: 1_560)]
        #expect(DayTimes.write(windows) == "09:00–12:00, 22:00–26:00")
        #expect(try DayTimes.read(DayTimes.write(windows)) == windows)
    }
}
