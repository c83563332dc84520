/// Many instants of a zone, each as RFC 3339 says it.
import Testing

@testable import Scheduling

struct InstantWriterTests {
    @Test("every text is that of the instant alone, in whatever order, through jumps of the clock", arguments: [
        "UTC", "Europe/Berlin", "America/St_Johns", "Australia/Lord_Howe", "Africa/Monrovia", "Pacific/Apia",
    ])
    func same(_ name: String) throws {
        let zone = try zone(name)
        var writer = InstantWriter(zone)
        var line = Array("at 0000-00-00T00:00:00+00:00.".utf8)
        var entropy: UInt64 = 7
        var seconds: Int64 = 1_890_000_000
        for turn in 0..<20_000 {
            entropy = entropy &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            // Steps of some minutes, now and then somewhere else, years before 1970 included.
            seconds = turn % 500 == 0 ? Int64(entropy >> 31) - 4_000_000_000 : seconds + Int64(entropy >> 52) - 400
            var place = line.mutableSpan
            writer.write(Instant(seconds), over: &place, at: 3)
            let text = Instant(seconds).rfc3339(in: zone)
            #expect(String(decoding: line, as: UTF8.self) == "at \(text).")
            #expect(writer.date.description == String(text.prefix(10)))
        }
    }
}
