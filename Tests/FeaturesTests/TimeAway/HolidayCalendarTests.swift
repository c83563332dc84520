/// The holidays inside the program beside those of the package they were made from.
import Foundation
import Scheduling
import Testing
import Web

@testable import Features

struct HolidayCalendarTests {
    private let calendar = HolidayCalendar.shared

    /// Every member of the European Union and the rest of the countries that must be there.
    private static let wanted = [
        "AT", "BE", "BG", "CY", "CZ", "DE", "DK", "EE", "ES", "FI", "FR", "GR", "HR", "HU", "IE", "IT", "LT", "LU",
        "LV", "MT", "NL", "PL", "PT", "RO", "SE", "SI", "SK", "US", "CA", "AU", "CH", "GB", "IN", "JP", "BR", "NO",
        "ZA", "KE", "MX", "KR", "SG", "NZ", "IL", "TR", "UA", "AR",
    ]

    @Test("every line of the file is read, and the countries are there by name")
    func reads() {
        let lines = HolidayFile.text.split(separator: "\n")
        let kinds = Dictionary(grouping: lines) { $0.split(separator: "\t").first.map(String.init) ?? "" }
        #expect(Set(kinds.keys) == ["workestra-holidays", "C", "R", "D"])
        #expect(calendar.countries.count == kinds["C"]?.count)
        #expect(calendar.countries.map(\.regions.count).reduce(0, +) == kinds["R"]?.count)
        #expect(calendar.countries.count >= 60 && calendar.years == 2_025...2_032)
        // Åland stands with the A.
        let names = calendar.countries.map { $0.name.replacing("Å", with: "A") }
        #expect(names == names.sorted() && names.count == Set(names).count)
        for code in Self.wanted { #expect(calendar.country(code) != nil, "\(code)") }
        #expect(calendar.country("US")?.regions.count ?? 0 >= 50)
    }

    @Test("a holiday has its country's name and an English one")
    func names() throws {
        let day = try LocalDate("2026-10-03").wanted("day")
        let found = calendar.holidays(country: "DE", region: "", from: day, through: day)
        #expect(found == [Holiday(date: day, name: "Tag der Deutschen Einheit", englishName: "German Unity Day")])
        #expect(calendar.holidays(country: "XX", region: "", from: day, through: day).isEmpty)
    }

    @Test("regions have their own days, and none has those of all")
    func regions() throws {
        let day = try LocalDate("2026-01-06").wanted("day")
        let has: (String) -> Bool = { region in
            !HolidayCalendar.shared.holidays(country: "DE", region: region, from: day, through: day).isEmpty
        }
        #expect(has("BY") && !has("BE") && !has(""))
    }

    @Test("46 countries with all their regions agree with Python's holidays, 2025 to 2032")
    func oracle() throws {
        let places = Self.wanted.flatMap { code in
            [(code, "")] + (calendar.country(code)?.regions ?? []).map { (code, $0.code) }
        }
        let ours = Set(try places.flatMap { code, region in
            calendar.holidays(
                country: code, region: region, from: try LocalDate("2025-01-01").wanted("day"),
                through: try LocalDate("2032-12-31").wanted("day")
            ).map { "\(code)\t\(region.isEmpty ? "-" : region)\t\($0.date)" }
        })
        let asked = places.map { "\($0.0)\t\($0.1.isEmpty ? "-" : $0.1)" }.joined(separator: "\n") + "\n"
        let theirs = Set(try python(asked).split(separator: "\n").map(String.init))

        print("holidays: \(places.count) places, \(theirs.count) days")
        #expect(places.count > 200 && theirs.count > 10_000)
        let (missing, tooMany) = (theirs.subtracting(ours).sorted(), ours.subtracting(theirs).sorted())
        #expect(missing.isEmpty, "\(missing.prefix(10))")
        #expect(tooMany.isEmpty, "\(tooMany.prefix(10))")
    }

    private func python(_ asked: String) throws -> String {
        let here = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        // Not resolved: a link to the system's Python would leave the environment.
        let root = here.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let own = root.appending(path: ".venv/bin/python")
        let python = Process()
        python.executableURL = FileManager.default.isExecutableFile(atPath: own.path)
            ? own : URL(fileURLWithPath: "/usr/bin/env")
        let script = [here.appending(path: "holiday_oracle.py").path, "2025", "2032"]
        python.arguments = python.executableURL == own ? script : ["python3"] + script
        let file = FileManager.default.temporaryDirectory.appending(path: "holidays-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(asked.utf8).write(to: file)
        let output = Pipe()
        python.standardInput = try FileHandle(forReadingFrom: file)
        python.standardOutput = output
        try python.run()
        let bytes = try output.fileHandleForReading.readToEnd() ?? Data()
        python.waitUntilExit()
        try #require(python.terminationStatus == 0, "holiday_oracle.py failed")
        return String(decoding: bytes, as: UTF8.self)
    }

    @Test("days off are holidays that are not worked, and half days from noon")
    func daysOff() throws {
        let date: (String) throws -> LocalDate = { try LocalDate($0).wanted($0) }
        var choice = HolidayChoice(country: "DE")
        choice.worked = [try date("2026-12-25")]
        choice.halfDays = [try MonthDay("12-24").wanted("day"), try MonthDay("12-26").wanted("day")]
        let off = choice.daysOff(from: try date("2026-12-20"), through: try date("2027-01-01"))
        #expect(off == [
            try date("2026-12-24"): DayOff(.holiday, from: 720), try date("2026-12-26"): DayOff(.holiday, from: 720),
            try date("2027-01-01"): DayOff(.holiday),
        ])
    }
}
