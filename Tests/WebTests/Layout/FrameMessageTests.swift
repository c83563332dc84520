/// The words of framed pages are those of the fixture that the packages are tested with, too.

import Foundation
import Testing
@testable import Web

@Suite struct FrameMessageTests {
    private static let fixture = URL(filePath: #filePath).deletingLastPathComponent()
        .appending(path: "../../../packages/messages.json").standardizedFileURL

    @Test("every event of a page is a message of the fixture, and the other way about")
    func agrees() throws {
        let json = try JSON(reading: Array(try Data(contentsOf: Self.fixture)))
        let told = (json["told"]?.array ?? []).filter { $0["read"] == .bool(true) }.compactMap { $0["message"] }
        let names = Set(told.compactMap { $0["type"]?.string })
        let own = ["ready", "height", "close"]
        #expect(names.subtracting(own).allSatisfy { FrameEvent.Kind(rawValue: $0) != nil })
        let kinds: [FrameEvent.Kind] = [
            .slotSelected, .bookingConfirmed, .bookingPending, .rescheduled, .cancelled, .error,
        ]
        #expect(Set(kinds.map(\.rawValue)) == names.subtracting(own))
        for message in told {
            guard let name = message["type"]?.string, let kind = FrameEvent.Kind(rawValue: name),
                let data = message["data"] else { continue }
            let query = Query([("embed", "1"), ("origin", "https://a.example")])
            let frame = Frame(query, of: "intro", in: ["https://a.example"].compactMap { SiteOrigin($0) }, ours: "x")
            let html = Frame.$current.withValue(frame) {
                Layout.publicPage(title: "T", workspaceName: "W", event: FrameEvent(kind, data), "").text
            }
            let written = HTML(text: data.text).text
            #expect(html.contains("data-frame-event=\"\(name)\" data-frame-data=\"\(written)\""), "\(name)")
        }
        #expect(FrameEvent.error("slot_taken").data == ["code": "slot_taken"])
    }
}
