/// A zone by what people type: countries, distances, abbreviations, the names of places in their own language.
import Scheduling
import Testing

@testable import Features

struct ZoneSearchTests {
    @Test("what means one zone is taken, whatever it is called", arguments: [
        ("Japan", "Asia/Tokyo"), ("JST", "Asia/Tokyo"), ("東京", "Asia/Tokyo"), ("Tokio", "Asia/Tokyo"),
        ("日本", "Asia/Tokyo"), ("Tok", "Asia/Tokyo"), ("Germany", "Europe/Berlin"),
        ("münchen", "Europe/Berlin"), ("Москва", "Europe/Moscow"), ("uk", "Europe/London"),
        ("new york", "America/New_York"), ("Europe / Oslo", "Europe/Oslo"), ("UTC+5:45", "Asia/Kathmandu"),
        ("gmt+0545", "Asia/Kathmandu"), ("กรุงเทพ", "Asia/Bangkok"), ("القاهرة", "Africa/Cairo"),
    ])
    func taken(_ typed: String, _ zone: String) async throws {
        try await Stage.on(.sqlite) { stage in
            #expect(stage.zones.meant(by: typed, now: stage.world.now)?.name == zone)
        }
    }

    @Test("what may mean several is asked about, the likeliest first", arguments: [
        ("USA", ["America/New_York", "America/Chicago", "America/Denver"]), ("UTC+9", ["Asia/Tokyo"]),
        ("PST", ["America/Los_Angeles"]), ("Brazil", ["America/Sao_Paulo"]),
        ("España", ["Europe/Madrid"]), ("+01:00", []), ("utc−3", []),
    ])
    func asked(_ typed: String, _ zones: [String]) async throws {
        try await Stage.on(.sqlite) { stage in
            let near = stage.zones.near(typed, now: stage.world.now)
            #expect(near.count > 1 && near.count <= 6, "\(near.map(\.name))")
            #expect(stage.zones.meant(by: typed, now: stage.world.now) == nil)
            for zone in zones { #expect(near.map(\.name).contains(zone), "\(near.map(\.name))") }
        }
    }

    @Test("nonsense means nothing", arguments: [
        "UTC+25", "UTC+9:99", "UTC+", "+", "UTC+9:00:00", "UTC+-9", "+99999", "<b>", "zz", "XYZ", " ", "\u{0}",
    ])
    func nothing(_ typed: String) async throws {
        try await Stage.on(.sqlite) { stage in
            #expect(stage.zones.meant(by: typed, now: stage.world.now) == nil)
        }
    }

    @Test("every place of ours leads to a zone there is, and every country has one")
    func places() async throws {
        try await Stage.on(.sqlite) { stage in
            let zones = stage.zones
            for (zone, names) in PlaceNames.cities {
                for name in names.split(separator: " ") {
                    let meant = zones.meant(by: String(name), now: stage.world.now)?.name
                    #expect(meant == zone, "\(name)")
                }
            }
            for (code, names) in PlaceNames.countries {
                let country = try #require(zones.countries.first { $0.code == code }, "\(code)")
                for name in names.split(separator: " ") {
                    let near = zones.near(String(name), now: stage.world.now)
                    #expect(try country.zones.contains(near.first.wanted("zone").name), "\(name)")
                }
            }
            #expect(zones.countries.count > 240 && zones.country(of: "Europe/Oslo") == "NO")
            #expect(zones.country(of: "UTC") == nil && zones.clocks.contains("Asia/Tokyo"))
        }
    }
}
