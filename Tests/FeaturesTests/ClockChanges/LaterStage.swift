/// The stage after a government changed its clocks: the same database, other zone files.
import Database
import Foundation
import Scheduling

@testable import Features

/// A folder of zone files whose version can be replaced.
final class ZoneFolder: Sendable {
    let directory: URL
    let zones: Zones

    /// Berlin keeps the clock of `city`.
    init(_ version: String, berlinAs city: String) throws {
        directory = FileManager.default.temporaryDirectory.appending(path: "zones-\(UUID().uuidString)")
        zones = Zones(directory: directory.path())
        try FileManager.default.createDirectory(
            at: directory.appending(path: "Europe"), withIntermediateDirectories: true)
        try replace(version, berlinAs: city)
    }

    deinit { try? FileManager.default.removeItem(at: directory) }

    func replace(_ version: String, berlinAs city: String) throws {
        let berlin = directory.appending(path: "Europe/Berlin")
        try? FileManager.default.removeItem(at: berlin)
        try FileManager.default.copyItem(at: URL(filePath: "\(Stage.zones.directory)/Europe/\(city)"), to: berlin)
        try Data("# version \(version)\n".utf8).write(to: directory.appending(path: "tzdata.zi"))
    }
}

extension Stage {
    func with(_ folder: ZoneFolder) -> Stage {
        var later = self
        later.installation = Installation(
            database: database, world: World(clock: world.clock, entropy: world.entropy, zones: folder.zones),
            keyring: installation.keyring, address: installation.address, mailFrom: installation.mailFrom)
        return later
    }
}
