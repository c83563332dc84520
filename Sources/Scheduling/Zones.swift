/// The zones of one folder of zone files, read when first asked for.

import Synchronization

/// A folder of TZif files such as `/usr/share/zoneinfo`, or the `tzdata` package of PyPI unpacked.
///
/// Zones stay in memory once read. After the files were replaced, ``reload()`` makes later look-ups read the new ones;
/// `Zone` values already handed out keep the old rules.
package final class Zones: Sendable {
    package let directory: String
    private let loaded = Mutex(Loaded())

    private struct Loaded {
        var zones: [String: Zone] = [:]
        var names: [String]?
        /// What was in the folder when the first zone was read, or when it was last looked at.
        var version: String?
        var edition = 0
    }

    package init(directory: String) {
        self.directory = directory
    }

    /// The folder the settings point at: `WORKESTRA_ZONEINFO`, else `zoneinfo` in the data folder where there is one,
    /// else `/usr/share/zoneinfo`.
    package static func standard(environment: [String: String], dataFolder: String) -> Zones {
        if let chosen = environment["WORKESTRA_ZONEINFO"], !chosen.isEmpty { return Zones(directory: chosen) }
        let fetched = dataFolder + "/zoneinfo"
        return Zones(directory: namesInFolder(fetched) == nil ? "/usr/share/zoneinfo" : fetched)
    }

    /// The zone of that IANA name, an alias such as `Asia/Calcutta` included; nil if there is none.
    ///
    /// The name may come from anywhere: what is not shaped like a zone's name never reaches the file system.
    package func zone(_ name: String) -> Zone? {
        guard Zones.isZoneName(name) else { return nil }
        if let zone = loaded.withLock({ $0.zones[name] }) { return zone }
        guard let zone = read(name) else { return nil }
        return loaded.withLock { loaded in
            if loaded.zones.isEmpty { loaded.version = version }
            if let earlier = loaded.zones[name] { return earlier }
            loaded.zones[name] = zone
            return zone
        }
    }

    /// Counts how often files were replaced: what was worked out with the zones of an earlier edition no longer holds.
    package var edition: Int { loaded.withLock { $0.edition } }

    /// Forgets what was read, so that replaced files take effect.
    package func reload() {
        loaded.withLock { $0 = Loaded(edition: $0.edition + 1) }
    }

    /// The same if the folder holds another version than the one that is in use.
    /// - Returns: the new version, or nil when it is the same.
    package func reloadIfReplaced() -> String? {
        guard let version else { return nil }
        return loaded.withLock { loaded in
            defer { loaded.version = version }
            guard let before = loaded.version, before != version else { return nil }
            loaded = Loaded(edition: loaded.edition + 1)
            return version
        }
    }

    /// The release of the zone data, e.g. `2026f`; nil if the folder does not tell.
    package var version: String? {
        if let rules = readFile(directory + "/tzdata.zi", limit: 1 << 20) {
            let words = rules.prefix { $0 != UInt8(ascii: "\n") }.split(separator: UInt8(ascii: " "))
            if words.count == 3, words[1].elementsEqual("version".utf8) {
                return String(decoding: words[2], as: UTF8.self)
            }
        }
        let text = readFile(directory + "/+VERSION", limit: 64).map { String(decoding: $0, as: UTF8.self) }
        return text?.split(whereSeparator: \.isWhitespace).first.map(String.init)
    }

    /// The names worth offering to a person, sorted: each country's zones (`Europe/Oslo`, although it keeps the clock
    /// of Berlin) and `UTC`, without old aliases. From `zone.tab`, else `zone1970.tab`, else every file.
    package var names: [String] {
        if let names = loaded.withLock({ $0.names }) { return names }
        let listed = namesListed(in: "zone.tab") ?? namesListed(in: "zone1970.tab") ?? namesOfFiles(under: "")
        let names = Set(listed + ["UTC"]).sorted().filter { zone($0) != nil }
        loaded.withLock { $0.names = names }
        return names
    }

    func namesListed(in table: String) -> [String]? {
        guard let bytes = readFile(directory + "/" + table, limit: 1 << 20) else { return nil }
        let lines = bytes.split(separator: UInt8(ascii: "\n")).filter { $0.first != UInt8(ascii: "#") }
        return lines.compactMap { line in
            let columns = line.split(separator: UInt8(ascii: "\t"))
            return columns.count >= 3 ? String(decoding: columns[2], as: UTF8.self) : nil
        }
    }

    /// Zone names are at most three folders deep (`America/Argentina/Ushuaia`), which also bounds a looping link.
    private func namesOfFiles(under folder: String, depth: Int = 1) -> [String] {
        (namesInFolder(directory + "/" + folder) ?? []).flatMap { name in
            let path = folder + name
            let below = depth < 3 ? namesOfFiles(under: path + "/", depth: depth + 1) : []
            return below.isEmpty ? [path] : below
        }
    }

    private func read(_ name: String) -> Zone? {
        guard let bytes = readFile(directory + "/" + name, limit: 1 << 18), let table = ZoneTable(tzif: bytes) else {
            return name == "UTC" ? .utc : nil
        }
        return Zone(name: name, table: table)
    }

    /// Letters, digits, `_`, `+` and `-` in at most three parts. The folders `posix` and `right` hold copies, and
    /// `localtime` is a setting of the machine, not a zone.
    private static func isZoneName(_ name: String) -> Bool {
        let parts = name.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard name.utf8.count <= 64, parts.count <= 3, !["localtime", "posixrules"].contains(name),
              !name.hasPrefix("posix/"), !name.hasPrefix("right/")
        else { return false }
        return parts.allSatisfy { part in
            part.first?.isLetter == true && part.allSatisfy { $0.isLetter || $0.isDigit || "_+-".utf8.contains($0) }
        }
    }
}
