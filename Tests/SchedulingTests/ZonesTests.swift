/// Folders of zone files.

import Foundation
import Testing

@testable import Scheduling

@Suite struct ZonesTests {
    @Test("Zones and their aliases are found, and found again as the same object")
    func found() throws {
        let calcutta = try zone("Asia/Calcutta")
        #expect(calcutta.offset(at: Instant(0)) == 19_800)
        #expect(try zone("Asia/Calcutta") === calcutta)
        #expect(try zone("America/Argentina/Ushuaia").name == "America/Argentina/Ushuaia")
        for name in ["UTC", "GMT", "Etc/GMT+12", "EST5EDT", "America/Port-au-Prince"] {
            #expect(zones.zone(name) != nil, "\(name)")
        }
    }

    @Test("What is not a zone's name never reaches the files", arguments: [
        "", "/", "..", "../../etc/passwd", "/etc/localtime", "Europe/../Europe/Berlin", "Europe//Berlin", "Europe/",
        "./UTC", "Europe/Berlin\u{0}", "zone.tab", "tzdata.zi", "posix/UTC", "right/UTC", "localtime", "posixrules",
        "Europe", "europe/berlin ", "Nowhere/At_All", "Europe/Berlin/", "Évreux", "a/b/c/d",
        String(repeating: "a", count: 10_000),
    ])
    func refused(name: String) {
        #expect(zones.zone(name) == nil)
    }

    @Test("The names offered are each country's zones, sorted, and all can be read")
    func names() {
        let names = zones.names
        #expect(names.count > 350)
        #expect(names == names.sorted())
        for name in ["Europe/Berlin", "Europe/Oslo", "Asia/Kolkata", "America/St_Johns", "UTC"] {
            #expect(names.contains(name), "\(name)")
        }
        for name in ["Asia/Calcutta", "US/Eastern", "Factory", "EST5EDT"] {
            #expect(!names.contains(name), "\(name)")
        }
    }

    @Test("The release is known and is 2026b or later")
    func version() throws {
        #expect(try #require(zones.version) >= "2026b")
    }

    @Test("The folder comes from the environment, else from the data folder, else from the system")
    func standard() throws {
        let data = FileManager.default.temporaryDirectory.appending(path: "zones-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: data) }
        let chosen = Zones.standard(environment: ["WORKESTRA_ZONEINFO": "/chosen"], dataFolder: data.path)
        #expect(chosen.directory == "/chosen")
        #expect(Zones.standard(environment: [:], dataFolder: data.path).directory == "/usr/share/zoneinfo")
        try FileManager.default.createDirectory(at: data.appending(path: "zoneinfo"), withIntermediateDirectories: true)
        #expect(Zones.standard(environment: [:], dataFolder: data.path).directory == data.path + "/zoneinfo")
    }

    @Test("Without tables the files themselves are the names, and replaced files count after a reload")
    func replaced() throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "zones-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        try FileManager.default.createDirectory(at: folder.appending(path: "Test"), withIntermediateDirectories: true)
        func put(_ name: String) throws {
            let source = URL(fileURLWithPath: zones.directory).appending(path: name)
            try Data(contentsOf: source).write(to: folder.appending(path: "Test/Town"), options: .atomic)
        }
        try put("Asia/Kathmandu")
        let own = Zones(directory: folder.path)
        #expect(own.names == ["Test/Town", "UTC"])
        #expect(own.version == nil)
        let old = try #require(own.zone("Test/Town"))
        try put("Asia/Tokyo")
        #expect(own.zone("Test/Town") === old)
        own.reload()
        #expect(own.zone("Test/Town")?.offset(at: Instant(1_773_010_800)) == 32_400)
        #expect(old.offset(at: Instant(1_773_010_800)) == 20_700)
    }

    @Test("A folder that does not exist still knows UTC")
    func missing() {
        let none = Zones(directory: "/nowhere")
        #expect(none.zone("UTC") != nil)
        #expect(none.zone("Europe/Berlin") == nil)
        #expect(none.names == ["UTC"])
    }
}
