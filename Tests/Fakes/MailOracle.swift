/// Mails read by another program: Python's email and icalendar, in Tests/oracles.
import Foundation

package enum MailOracle {
    /// What it did not like, one sentence a line.
    package struct Complaint: Error, CustomStringConvertible {
        package let description: String
    }

    /// What it read in one mail.
    package struct Facts {
        fileprivate let values: [String: Any]

        package func string(_ name: String) -> String? { values[name] as? String }
        package func number(_ name: String) -> Int? { (values[name] as? NSNumber)?.intValue }
        package func strings(_ name: String) -> [String] { values[name] as? [String] ?? [] }
        package var event: Facts? { (values["event"] as? [String: Any]).map(Facts.init) }
        package var attendees: [Facts] { (values["attendees"] as? [[String: Any]] ?? []).map(Facts.init) }
    }

    /// The mails in the order they were sent; throws `Complaint` when a mail program would stumble.
    package static func read(_ mails: [[UInt8]]) throws -> [Facts] {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("mails-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let files = try mails.enumerated().map { number, bytes in
            let file = folder.appendingPathComponent("\(number).eml")
            try Data(bytes).write(to: file)
            return file.path
        }

        let process = Python.process("mail_oracle.py", files)
        let output = Pipe(), complaints = folder.appendingPathComponent("complaints")
        _ = FileManager.default.createFile(atPath: complaints.path, contents: nil)
        process.standardOutput = output
        process.standardError = try FileHandle(forWritingTo: complaints)
        try process.run()
        let read = output.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw Complaint(description: try String(contentsOf: complaints, encoding: .utf8))
        }
        return try read.split(separator: 0x0A).map { line in
            Facts(values: try JSONSerialization.jsonObject(with: line) as? [String: Any] ?? [:])
        }
    }
}

package enum Python {
    /// `WORKESTRA_TEST_PYTHON` names the interpreter with the packages of the tests.
    package static func process(_ script: String, _ arguments: [String]) -> Process {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        let process = Process()
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = [ProcessInfo.processInfo.environment["WORKESTRA_TEST_PYTHON"] ?? "python3"]
            + [tests.appendingPathComponent("oracles/\(script)").path] + arguments
        return process
    }
}
