/// The zone somebody means: a city, a country, `UTC+9`, `JST`, or the name of a place in its own language.
import Foundation
import Scheduling

extension Zones {
    /// The zone of a name, a city or a country as a person types it: `lisbon`, `Europe / Oslo`, `Japan`, `東京`.
    /// Where one zone alone may be meant, it is that one.
    func meant(by typed: String, now: Instant) -> Zone? {
        guard typed.count <= 64 else { return nil }
        let wanted = Self.folded(typed)
        guard !wanted.isEmpty else { return nil }
        let name = names.first { Self.folded($0) == wanted } ?? names.first { Self.city($0) == wanted }
            ?? PlaceNames.cities.first { Self.names($0.names).contains(wanted) }?.zone
        if let name { return zone(name) }
        let near = near(typed, now: now)
        return near.count == 1 ? near[0] : nil
    }

    /// Zones that what was typed may mean; the likeliest first.
    func near(_ typed: String, now: Instant) -> [Zone] {
        let wanted = Self.folded(typed)
        guard typed.count <= 64, wanted.count > 1 else { return [] }
        let country = country(wanted, now: now)
        if !country.isEmpty { return country }
        let clock = clock(wanted, now: now)
        if !clock.isEmpty { return clock }
        let cities = names.filter { $0.contains("/") }.map { ($0, Self.city($0)) }
        let found = cities.filter { $0.1.hasPrefix(wanted) } + cities.filter { NearMiss.distance($0.1, wanted) == 1 }
            + cities.filter { wanted.count > 3 && $0.1.contains(wanted) }
        var seen: Set<String> = []
        let names = found.filter { seen.insert($0.1).inserted }.map(\.0)
        return Array(biggestFirst(names).prefix(4).compactMap(zone))
    }

    /// The clocks of a country, one zone for each.
    private func country(_ wanted: String, now: Instant) -> [Zone] {
        let code = PlaceNames.countries.first { Self.names($0.names).contains(wanted) }?.code
        let found = countries.first { code == nil ? Self.folded($0.name) == wanted : $0.code == code }
        return Array(distinct(biggestFirst(found?.zones ?? []).compactMap(zone), now: now).prefix(6))
    }

    /// `utc+9` and `jst`: the zones that are that far from UTC, or call their clock so, now or half a year from now.
    private func clock(_ wanted: String, now: Instant) -> [Zone] {
        let all = clocks.compactMap(zone)
        if let offset = Self.offset(wanted) {
            let found = all.filter { $0.offset(at: now) == offset }
            // A clock with a name is kept by more people than one without.
            let named = found.filter { $0.abbreviation(at: now).first?.isLetter == true }
            return Array((named + found.filter { !named.contains($0) }).prefix(4))
        }
        guard (3...5).contains(wanted.utf8.count) else { return [] }
        return Array(all.filter { zone in
            [now, now.adding(days: 182)].contains { zone.abbreviation(at: $0).lowercased() == wanted }
        }.prefix(4))
    }

    /// The zones most people of a clock live in before all others.
    private func biggestFirst(_ names: [String]) -> [String] {
        let big = Set(clocks)
        return names.filter(big.contains) + names.filter { !big.contains($0) }
    }

    /// The first zone of each clock: two that read the same in every month of a year are one.
    private func distinct(_ zones: [Zone], now: Instant) -> [Zone] {
        var seen: Set<[Int]> = []
        return zones.filter { zone in
            seen.insert((0..<12).map { zone.offset(at: now.adding(days: 30 * $0)) }).inserted
        }
    }

    /// Seconds of `utc+9`, `gmt-3:30` or `+0530`.
    private static func offset(_ text: String) -> Int? {
        var rest = text[...]
        for prefix in ["utc", "gmt"] where rest.hasPrefix(prefix) { rest = rest.dropFirst(3) }
        guard let sign = rest.first, "+-−".contains(sign) else { return nil }
        let figures = rest.dropFirst().split(separator: ":", omittingEmptySubsequences: false)
        guard (1...2).contains(figures.count), figures.allSatisfy({ (1...4).contains($0.utf8.count) }),
            let numbers = figures.map({ Int($0) }) as? [Int], numbers.allSatisfy({ $0 >= 0 })
        else { return nil }
        let isJoined = figures.count == 1 && figures[0].count > 2
        let hours = isJoined ? numbers[0] / 100 : numbers[0]
        let minutes = isJoined ? numbers[0] % 100 : numbers.count > 1 ? numbers[1] : 0
        guard hours <= 14, minutes < 60 else { return nil }
        return (sign == "+" ? 1 : -1) * (hours * 3600 + minutes * 60)
    }

    private static func city(_ name: String) -> String { folded(String(name.split(separator: "/").last ?? "")) }

    private static func folded(_ name: String) -> String {
        name.folding(options: [.diacriticInsensitive, .caseInsensitive], locale: nil)
            .filter { !$0.isWhitespace && $0 != "_" }
    }

    private static func names(_ words: String) -> [String] { words.split(separator: " ").map { folded(String($0)) } }
}
