/// The public holidays of the world, read from the text that `bin/holidays` writes.
import Foundation
import Scheduling
import Web

/// A public holiday on a date.
package struct Holiday: Hashable, Sendable {
    package var date: LocalDate
    /// In the language of the country.
    package var name: String
    /// In English.
    package var englishName: String

    /// `Grunnlovsdag · Constitution Day`; once where both are the same.
    package var bothNames: String { name == englishName ? name : "\(name) · \(englishName)" }
}

/// Countries, their regions and their holidays, for the years the file has.
package struct HolidayCalendar: Sendable {
    package struct Country: Hashable, Sendable {
        package var code: String
        package var name: String
        package var regions: [Region] = []
    }

    package struct Region: Hashable, Sendable {
        package var code: String
        package var name: String
    }

    /// One line of the file: a holiday with its regions and days.
    private struct Line: Sendable {
        var name: String
        var englishName: String
        /// Empty = everywhere; "-" = also for whom no region is chosen.
        var regions: Set<String>
        /// Month and day of every year, as `101` for 1 January.
        var yearly: [Int]
        var dates: [LocalDate]
    }

    /// By name.
    package private(set) var countries: [Country] = []
    package private(set) var years = 0...0
    private var lines: [String: [Line]] = [:]

    /// The file inside the program.
    package static let shared = HolidayCalendar(HolidayFile.text)

    /// What cannot be read is left out: the file is ours, and a test reads every line of it.
    package init(_ text: String) {
        for line in text.split(separator: "\n") {
            let columns = line.split(separator: "\t", omittingEmptySubsequences: false).map(String.init)
            switch (columns.first, columns.count) {
            case ("workestra-holidays", 5...):
                if let first = Int(columns[2]), let last = Int(columns[3]), first <= last { years = first...last }
            case ("C", 3): countries.append(Country(code: columns[1], name: columns[2]))
            case ("R", 3) where !countries.isEmpty:
                countries[countries.count - 1].regions.append(Region(code: columns[1], name: columns[2]))
            case ("D", 5): add(columns)
            default: break
            }
        }
        // Åland stands with the A, not after Z.
        countries.sort { $0.name.folding(options: .diacriticInsensitive, locale: nil)
            < $1.name.folding(options: .diacriticInsensitive, locale: nil) }
    }

    private mutating func add(_ columns: [String]) {
        guard let country = countries.last?.code else { return }
        var line = Line(
            name: columns[1], englishName: columns[2].isEmpty ? columns[1] : columns[2],
            regions: Set(columns[3].split(separator: ",").map(String.init)), yearly: [], dates: [])
        for day in columns[4].split(separator: " ") {
            guard let number = Int(day) else { continue }
            let (year, month) = (2_000 + number / 10_000, number / 100 % 100)
            if day.utf8.count == 4 {
                line.yearly.append(number)
            } else if let date = LocalDate(year: year, month: month, day: number % 100) {
                line.dates.append(date)
            }
        }
        lines[country, default: []].append(line)
    }

    package func country(_ code: String) -> Country? { countries.first { $0.code == code } }

    /// The holidays of a country, with those of a region if one is given, in order of time.
    package func holidays(
        country: String, region: String, from first: LocalDate, through last: LocalDate
    ) -> [Holiday] {
        let place = region.isEmpty ? "-" : region
        var found: [Holiday] = []
        for line in lines[country] ?? [] where line.regions.isEmpty || line.regions.contains(place) {
            let yearly = line.yearly.flatMap { number in
                years.compactMap { LocalDate(year: $0, month: number / 100, day: number % 100) }
            }
            for date in yearly + line.dates where first <= date && date <= last {
                found.append(Holiday(date: date, name: line.name, englishName: line.englishName))
            }
        }
        return found.sorted { ($0.date, $0.name) < ($1.date, $1.name) }
    }
}
