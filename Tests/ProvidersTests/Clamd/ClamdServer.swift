/// A small clamd in another process, which tells what it got.
import Fakes
import Foundation

final class ClamdServer {
    /// As `CLAMD_URL` has it.
    let url: String
    private let process: Process
    private let input = Pipe()
    private let output = Pipe()
    private let folder: URL

    init(unix: Bool) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("c\(UUID().uuidString.prefix(8))")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let path = "\(folder.path)/clamd.ctl"
        process = Python.process("clamd_server.py", unix ? [path] : [])
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        let facts = try Self.line(output)
        url = unix ? "unix:\(path)" : "tcp://127.0.0.1:\(facts["port"] as? Int ?? 0)"
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
        try? FileManager.default.removeItem(at: folder)
    }

    struct Silent: Error {}

    /// The bytes of each file that came whole, and how many came at one time.
    func seen() throws -> (files: [Int], atOnce: Int) {
        try input.fileHandleForWriting.write(contentsOf: Data("\n".utf8))
        let facts = try Self.line(output)
        return (facts["files"] as? [Int] ?? [], facts["atOnce"] as? Int ?? 0)
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
