/// A real SMTP server in another process (aiosmtpd) that keeps what it gets.
import Fakes
import Foundation

final class MailServer {
    let port: Int
    /// The file of the authority that has signed its certificate, if it should be trusted.
    let certificates: String?
    private let folder: URL
    private let process: Process
    private let input = Pipe()

    init(_ options: String...) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("smtp-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        process = Python.process("mail_server.py", [folder.path] + options)
        let output = Pipe()
        process.standardInput = input
        process.standardOutput = output
        // It prints what it thinks of clients that hang up, which is what the tests are about.
        process.standardError = FileHandle.nullDevice
        try process.run()
        var line = Data()
        while !line.contains(0x0A) {
            let piece = output.fileHandleForReading.availableData
            guard !piece.isEmpty else { throw Failure() }
            line += piece
        }
        let facts = try JSONSerialization.jsonObject(with: line) as? [String: Any]
        guard let port = facts?["port"] as? Int else { throw Failure() }
        self.port = port
        certificates = facts?["ca"] as? String
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    struct Failure: Error, CustomStringConvertible {
        let description = "The mail server did not start: is aiosmtpd installed for WORKESTRA_TEST_PYTHON?"
    }

    /// The mails as they came, oldest first.
    var mails: [[UInt8]] {
        names(".eml").compactMap { try? Array(Data(contentsOf: folder.appendingPathComponent($0))) }
    }

    var envelopes: [[String: Any]] {
        names(".json").compactMap { name in
            let data = try? Data(contentsOf: folder.appendingPathComponent(name))
            return data.flatMap { try? JSONSerialization.jsonObject(with: $0) as? [String: Any] }
        }
    }

    var connections: Int {
        let text = try? String(contentsOf: folder.appendingPathComponent("connections"), encoding: .utf8)
        return text.flatMap(Int.init) ?? 0
    }

    private func names(_ ending: String) -> [String] {
        let all = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return all.filter { $0.hasSuffix(ending) }.sorted()
    }
}
