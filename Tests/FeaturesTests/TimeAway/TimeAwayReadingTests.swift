/// Days away and holidays as forms and programs write them.
import Scheduling
import Testing
import Web

@testable import Features

struct TimeAwayReadingTests {
    private let today = LocalDate(daysSince1970: 21_921)

    private func read(_ json: JSON) -> (wish: TimeAwayWish?, wrong: [String]) {
        var fields = Fields(json: json)
        let wish = TimeAwayReading.read(&fields, today: today, zones: Stage.zones)
        let wrong = (try? fields.finish()) == nil ? fields.errors.map(\.field) : []
        return (wish, wrong)
    }

    @Test("out of office and trips are read whole")
    func whole() throws {
        let bob = ID<User>(milliseconds: 5, random: [UInt8](repeating: 2, count: 10))
        let office = read([
            "kind": "out_of_office", "from": "2030-01-07", "to": "2030-01-09", "reason": "Ski & sun",
            "redirectTo": .string(bob.text),
        ])
        #expect(office.wrong.isEmpty && office.wish?.reason == "Ski & sun" && office.wish?.colleague == bob)
        #expect(office.wish?.from == today && office.wish?.to == today.adding(days: 2) && office.wish?.zone == nil)
        let trip = read(["kind": "trip", "from": "2030-02-01", "to": "2030-02-01", "timezone": "Asia/Tokyo"])
        #expect(trip.wrong.isEmpty && trip.wish?.kind == .trip && trip.wish?.zone == "Asia/Tokyo")
    }

    /// A body that is wrong in one field.
    struct Wrong: Sendable {
        let json: JSON
        let field: String

        init(_ json: JSON, _ field: String) { (self.json, self.field) = (json, field) }

        /// Two days of that kind, but for one member.
        static func but(_ name: String, _ value: JSON, _ field: String? = nil, trip: Bool = false) -> Wrong {
            let kind: JSON = trip ? "trip" : "out_of_office"
            var members: [(String, JSON)] = [("kind", kind), ("from", "2030-01-07"), ("to", "2030-01-08")]
            if trip { members.append(("timezone", "UTC")) }
            members.removeAll { $0.0 == name }
            return Wrong(.object(members + [(name, value)]), field ?? name)
        }
    }

    private static let wrong: [Wrong] = [
        .but("kind", .null), .but("kind", "sick"), .but("from", .null), .but("to", "soon"), .but("to", "2030-01-06"),
        Wrong(["kind": "out_of_office", "from": "2029-01-01", "to": "2030-01-05"], "to"),
        Wrong(["kind": "out_of_office", "from": "2034-12-01", "to": "2035-01-09"], "to"),
        .but("to", "2032-01-08"), .but("from", 20_300_107), .but("timezone", "UTC"), .but("redirectTo", "me"),
        .but("user", "lnk_x"), .but("reason", "a\u{202e}b"), .but("timezone", .null, trip: true),
        .but("timezone", "Moon/Base", trip: true),
        .but("redirectTo", .string(ID<User>(milliseconds: 5, random: [UInt8](repeating: 2, count: 10)).text),
             trip: true),
        .but("more", 1, trip: true),
    ]

    @Test("every wrong field is named", arguments: wrong)
    func refuses(wrong: Wrong) {
        #expect(read(wrong.json).wrong == [wrong.field])
    }

    @Test("a reason has room for two hundred characters")
    func reason() {
        let body: (Int) -> JSON = { count in
            ["kind": "out_of_office", "from": "2030-01-07", "to": "2030-01-07",
             "reason": .string(String(repeating: "é", count: count))]
        }
        #expect(read(body(200)).wrong.isEmpty && read(body(201)).wrong == ["reason"])
    }

    private func holidays(_ pairs: [(String, String)]) -> (choice: HolidayChoice??, wrong: [String]) {
        var fields = Fields(form: FormData(pairs))
        let choice = TimeAwayReading.holidays(&fields)
        return (choice, fields.errors.map(\.field))
    }

    @Test("a choice of holidays is read with its exceptions; no country means none")
    func choice() throws {
        let (choice, wrong) = holidays([
            ("country", "DE"), ("region", "BY"), ("worked", "2030-01-06"), ("worked", "2030-05-01"),
            ("halfDays", "12-24, 12-31;2-29"),
        ])
        #expect(wrong.isEmpty)
        let days = try ["12-24", "12-31", "02-29"].map { try MonthDay($0).wanted($0) }
        let worked = try ["2030-01-06", "2030-05-01"].map { try LocalDate($0).wanted($0) }
        #expect(choice == HolidayChoice(country: "DE", region: "BY", worked: Set(worked), halfDays: Set(days)))
        #expect(holidays([("country", ""), ("halfDays", "")]).choice == .some(nil))
    }

    private static let wrongHolidays: [([(String, String)], String)] = [
        ([("country", "XX")], "country"), ([("country", "DE"), ("region", "CA")], "region"),
        ([("country", "DE"), ("worked", "today")], "worked"), ([("country", "DE"), ("halfDays", "24.12.")], "halfDays"),
        ([("country", "DE"), ("halfDays", "13-01")], "halfDays"),
        ([("country", "DE"), ("halfDays", "2-30")], "halfDays"),
        ([("country", String(repeating: "D", count: 99))], "country"), ([("halfDays", "x")], "halfDays"),
        ([("country", "D\u{7}E")], "country"),
    ]

    @Test("wrong holidays are named", arguments: wrongHolidays)
    func refusesHolidays(pairs: [(String, String)], field: String) {
        let (choice, wrong) = holidays(pairs)
        #expect(wrong == [field])
        #expect(choice == nil)
    }

    @Test("a day of every year is a month and a day that exist", arguments: [
        ("12-24", "12-24"), ("1-2", "01-02"), ("02-29", "02-29"), ("02-30", nil), ("00-10", nil), ("12-", nil),
        ("12-24-1", nil), ("+1-02", nil), ("", nil),
    ] as [(String, String?)])
    func monthDay(text: String, written: String?) {
        #expect(MonthDay(text)?.description == written)
        #expect(MonthDay("02-29")?.date(in: 2_026) == nil && MonthDay("02-29")?.date(in: 2_028) != nil)
    }
}
