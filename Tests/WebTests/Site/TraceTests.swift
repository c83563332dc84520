/// Traces: what a caller names is taken and passed on, and what is none is ignored.
import Testing
@testable import Web

struct TraceTests {
    private static let id = "0af7651916cd43dd8448eb211c80319c"
    private static let sound = "00-\(id)-b7ad6b7169203331-01"

    @Test("the trace is kept and gets a part of our own")
    func taken() throws {
        let trace = try #require(Trace(Self.sound))
        #expect(trace.id == Self.id)
        #expect(trace.header(span: [1, 2, 3, 4, 5, 6, 7, 255]) == "00-\(Self.id)-01020304050607ff-01")
        #expect(Trace("01-\(Self.id)-b7ad6b7169203331-00-later")?.id == Self.id)
    }

    @Test("anything else is none", arguments: [
        nil, "", "00", "x", "00-\(id)-b7ad6b7169203331", "00-\(id)-b7ad6b7169203331-01-more",
        "ff-\(id)-b7ad6b7169203331-01",
        "00-00000000000000000000000000000000-b7ad6b7169203331-01", "00-\(id)-0000000000000000-01",
        "00-\(id.uppercased())-b7ad6b7169203331-01", "00-\(id.dropLast())-b7ad6b7169203331-01",
        "00-\(id)-b7ad6b716920333é-01",
    ] as [String?])
    func none(header: String?) {
        #expect(Trace(header) == nil)
    }

    @Test("a request's trace is in its log line, in its answer, and there for what the route calls")
    func request() async throws {
        let seen = Route(.get, "/seen", .open) { _ in .text(Trace.current?.id ?? "none") }
        let fixture = SiteFixture(more: [seen])
        let answer = await fixture.site.answer(RawRequest("GET", "/seen", headers: ["traceparent": Self.sound]))
        #expect(String(decoding: answer.body, as: UTF8.self) == Self.id)
        #expect(answer[header: "traceparent"]?.hasPrefix("00-\(Self.id)-") == true)
        #expect(answer[header: "traceparent"] != Self.sound)
        #expect(fixture.lines.all.last?.1["trace_id"] == "\(Self.id)")

        let plain = await fixture.site.answer(RawRequest("GET", "/seen"))
        #expect(plain[header: "traceparent"] == nil && fixture.lines.all.last?.1["trace_id"] == nil)
        #expect(String(decoding: plain.body, as: UTF8.self) == "none")
    }
}
