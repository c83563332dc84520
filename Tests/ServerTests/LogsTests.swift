/// JSON log lines: one object in each, whatever the texts hold.
import Foundation
import Logging
import Synchronization
import Testing

@testable import Server

struct LogsTests {
    private final class Lines: Sendable {
        let all = Mutex<[String]>([])
        func add(_ line: String) { all.withLock { $0.append(line) } }
    }

    private func line(_ message: Logger.Message, _ metadata: Logger.Metadata) throws -> [String: Any] {
        let lines = Lines()
        var logger = Logger(label: "test") { _ in JSONLog { lines.add($0) } }
        logger.logLevel = .info
        logger[metadataKey: "always"] = "there"
        logger.debug("not this one")
        logger.info(message, metadata: metadata)
        let written = lines.all.withLock { $0 }
        let only = try #require(written.first)
        #expect(written.count == 1 && only.hasSuffix("}\n") && only.count { $0 == "\n" } == 1)
        return try #require(JSONSerialization.jsonObject(with: Data(only.utf8)) as? [String: Any])
    }

    @Test("time, level and message come first, metadata beside them, numbers as numbers")
    func shape() throws {
        let line = try line("request", ["status": "200", "ms": "12", "route": "/book/:slug", "request_id": "req_1"])
        #expect(line["level"] as? String == "info" && line["msg"] as? String == "request")
        #expect(line["status"] as? Int == 200 && line["ms"] as? Int == 12)
        #expect(line["route"] as? String == "/book/:slug" && line["always"] as? String == "there")
        let time = try #require(line["ts"] as? String)
        #expect(time.hasSuffix("Z") && time.count == 24)
    }

    @Test("no text begins a line of its own, and none takes the place of the message")
    func injection() throws {
        let evil = "a\"b\\c\n{\"level\":\"error\"}\r\u{0}\u{7f}\u{2028}🦊"
        let line = try line("\(evil)", ["reason": "\(evil)", "msg": "other", "status": "x1"])
        #expect(line["msg"] as? String == evil && line["reason"] as? String == evil)
        #expect(line["status"] as? String == "x1")
    }
}
