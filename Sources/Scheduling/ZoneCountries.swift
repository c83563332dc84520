/// The countries of the zone files, and one zone for each clock that is kept somewhere now.

/// A country or territory with its zones.
package struct ZoneCountry: Hashable, Sendable {
    /// Two letters of ISO 3166: `JP`.
    package let code: String
    /// In English: `Japan`.
    package let name: String
    /// The names of its zones, the one most people live in first.
    package let zones: [String]
}

extension Zones {
    /// Every country with its zones, from `iso3166.tab` and `zone.tab`; none where the folder lacks them.
    package var countries: [ZoneCountry] {
        let rows = columns(of: "zone.tab").filter { $0.count >= 3 }
        let zones = Dictionary(grouping: rows, by: { $0[0] }).mapValues { $0.map { $0[2] } }
        return columns(of: "iso3166.tab").compactMap { columns in
            guard columns.count >= 2, let found = zones[columns[0]] else { return nil }
            return ZoneCountry(code: columns[0], name: columns[1], zones: found)
        }
    }

    /// The country a zone lies in: its two letters of ISO 3166; nil for `UTC` and other zones of no country.
    package func country(of zone: String) -> String? {
        columns(of: "zone.tab").first { $0.count >= 3 && $0[2] == zone }?[0]
    }

    /// One zone for each clock there is now, each the one most people live in; from `zonenow.tab`.
    package var clocks: [String] { namesListed(in: "zonenow.tab") ?? [] }

    private func columns(of table: String) -> [[String]] {
        guard let bytes = readFile(directory + "/" + table, limit: 1 << 20) else { return [] }
        return bytes.split(separator: UInt8(ascii: "\n")).filter { $0.first != UInt8(ascii: "#") }.map { line in
            line.split(separator: UInt8(ascii: "\t")).map { String(decoding: $0, as: UTF8.self) }
        }
    }
}
