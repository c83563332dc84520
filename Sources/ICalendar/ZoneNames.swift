/// Which zone a TZID means: other programs write names of their own.
import Scheduling

/// The zones of one file.
struct ZoneNames {
    private let zones: Zones
    private let definitions: [String: Zone]

    init(zones: Zones, definitions: [ZoneDefinition]) {
        self.zones = zones
        var known: [String: Zone] = [:]
        for definition in definitions where known[definition.name] == nil {
            // The database is newer than what a program wrote into a file once, so its own zones come first.
            let zone = Self.zone(of: definition.name, zones) ?? definition.location.flatMap { Self.zone(of: $0, zones) }
                ?? definition.zone()
            if let zone { known[definition.name] = zone }
        }
        self.definitions = known
    }

    /// - Returns: nil where neither the database nor Windows nor the file knows it.
    func zone(_ name: String) -> Zone? { definitions[name] ?? Self.zone(of: name, zones) }

    /// A name of the IANA database, also behind a prefix such as `/freeassociation.sourceforge.net/`; one of Windows;
    /// one of Outlook, such as `(UTC+01:00) Amsterdam, Berlin, Bern`.
    static func zone(of name: String, _ zones: Zones) -> Zone? {
        if let zone = zones.zone(name) { return zone }
        if let windows = WindowsZones.zone(of: name) { return zones.zone(windows) }
        if ["Z", "GMT", "UTC", "tzone://Microsoft/Utc"].contains(name) { return .utc }
        if name.hasPrefix("/") || name.contains("/") { return zoneBehindPrefix(name, zones) }
        if name.hasPrefix("("), let end = name.firstIndex(of: ")") {
            return zoneOfCities(name[name.index(after: end)...], zones)
        }
        return nil
    }

    private static func zoneBehindPrefix(_ name: String, _ zones: Zones) -> Zone? {
        let parts = name.split(separator: "/")
        for count in [3, 2] where parts.count > count {
            if let zone = zones.zone(parts.suffix(count).joined(separator: "/")) { return zone }
        }
        return nil
    }

    private static func zoneOfCities(_ cities: Substring, _ zones: Zones) -> Zone? {
        if let windows = WindowsZones.zone(of: Outlook.standard(cities.trimmed)) { return zones.zone(windows) }
        for city in cities.split(separator: ",") {
            let name = city.trimmed.split(separator: " ").joined(separator: "_")
            if let known = zones.names.first(where: { $0.hasSuffix("/" + name) }) { return zones.zone(known) }
        }
        return nil
    }
}

private enum Outlook {
    /// `Eastern Time (US & Canada)` is the Windows zone `Eastern Standard Time`.
    static func standard(_ name: String) -> String {
        let ends = name.firstRange(of: " Time (US & Canada)") ?? name.firstRange(of: " Time (Canada)")
        return ends.map { name[..<$0.lowerBound] + " Standard Time" } ?? name
    }
}
