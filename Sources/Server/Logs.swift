/// Log lines as JSON, one object in each, for programs that collect logs.
import Foundation
import Logging
import Scheduling

/// `{"ts": "2026-12-01T09:30:00.123Z", "level": "info", "msg": "request", "request_id": "req_…", …}`: metadata stand
/// beside the message, numbers as numbers.
struct JSONLog: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.notice
    private let clock: Clock
    private let write: @Sendable (String) -> Void

    /// - Parameter write: gets a line with its end.
    init(clock: Clock = .system, write: @escaping @Sendable (String) -> Void = JSONLog.toStandardError) {
        self.clock = clock
        self.write = write
    }

    static let toStandardError: @Sendable (String) -> Void = { line in
        // One call for each line: lines of several threads must not mix. A log that cannot be written, such as one on
        // a full disk, must not end the program.
        try? FileHandle.standardError.write(contentsOf: Data(line.utf8))
    }

    private static let numbers: Set<String> = ["status", "ms", "attempt"]

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var members = [("ts", quoted(time)), ("level", quoted(event.level.rawValue)),
                       ("msg", quoted(event.message.description))]
        let extra = metadata.merging(event.metadata ?? [:]) { $1 }
        for (name, value) in extra.sorted(by: { $0.key < $1.key }) where !["ts", "level", "msg"].contains(name) {
            let text = "\(value)"
            members.append((name, Self.numbers.contains(name) && Int(text) != nil ? text : quoted(text)))
        }
        write("{\(members.map { "\(quoted($0)):\($1)" }.joined(separator: ","))}\n")
    }

    /// RFC 3339 with milliseconds.
    private var time: String {
        let milliseconds = clock.milliseconds()
        let fraction = String(milliseconds % 1_000 + 1_000).dropFirst()
        return Instant(milliseconds / 1_000).rfc3339().replacing("Z", with: ".\(fraction)Z")
    }

    private func quoted(_ text: String) -> String {
        var line = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": line += "\\\""
            case "\\": line += "\\\\"
            // Also the two separators that some readers take for line ends.
            case _ where scalar.value < 0x20 || [0x7f, 0x2028, 0x2029].contains(scalar.value):
                let digits = String(scalar.value, radix: 16)
                line += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: line.unicodeScalars.append(scalar)
            }
        }
        return line + "\""
    }
}
