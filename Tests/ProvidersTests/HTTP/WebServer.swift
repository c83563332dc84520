/// Somebody else's web server in another process, which tells what it got.
import Fakes
import Foundation

final class WebServer {
    let port: Int
    /// The file of the authority that has signed its certificate, if it should be trusted.
    let authority: String?
    private let process: Process
    private let input = Pipe()
    private let output = Pipe()

    init(_ arguments: String...) throws {
        process = Python.process("web_server.py", arguments)
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let facts = try Self.line(output)
        guard let port = facts["port"] as? Int else { throw Silent() }
        (self.port, authority) = (port, facts["ca"] as? String)
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    struct Silent: Error {}

    struct Seen {
        let connections: [String: Int]
        let requests: [[String: Any]]
    }

    func seen() throws -> Seen {
        try input.fileHandleForWriting.write(contentsOf: Data("\n".utf8))
        let facts = try Self.line(output)
        return Seen(
            connections: facts["connections"] as? [String: Int] ?? [:],
            requests: facts["requests"] as? [[String: Any]] ?? [])
    }

    private static func line(_ output: Pipe) throws -> [String: Any] {
        var line = Data()
        while !line.contains(0x0A) {
            let piece = output.fileHandleForReading.availableData
            guard !piece.isEmpty else { throw Silent() }
            line += piece
        }
        return try JSONSerialization.jsonObject(with: line) as? [String: Any] ?? [:]
    }
}
