/// A store that speaks S3, in another process: it checks signatures, tells what it got, and misbehaves when told.
import Foundation
import Synchronization

package final class S3Server: Sendable {
    package let port: Int
    private let process: Process
    private let input = Pipe()
    private let output = Pipe()
    /// One order and its answer at a time.
    private let turn = Mutex(())

    package init() throws {
        process = Python.process("s3_server.py", [])
        process.standardInput = input
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        try process.run()
        guard let port = try Self.line(output)["port"] as? Int else { throw Silent() }
        self.port = port
    }

    deinit {
        try? input.fileHandleForWriting.close()
        process.waitUntilExit()
    }

    package struct Silent: Error {}

    /// As the oracle has them.
    package static let secret = "sEcRet/of+the=tests"

    /// What the program is told to keep its files here.
    package func settings(prefix: String = "") -> [String: String] {
        [
            "S3_ENDPOINT": "http://127.0.0.1:\(port)", "S3_BUCKET": "files", "S3_REGION": "eu-test-1",
            "S3_ACCESS_KEY_ID": "WORKESTRATESTKEY", "S3_SECRET_ACCESS_KEY": Self.secret, "S3_PREFIX": prefix,
        ]
    }

    /// What becomes of the next requests, of which an empty word is none.
    package func fail(_ faults: [String]) throws { _ = try order(["fault": faults]) }

    package struct Request {
        package let method: String
        package let path: String
        package let status: String
        package let bytes: Int
        /// The port it came from.
        package let line: String
    }

    /// What came since the last time.
    package func seen() throws -> [Request] {
        (try order(["seen": true])["seen"] as? [[String: Any]] ?? []).map { fact in
            Request(
                method: fact["method"] as? String ?? "", path: fact["path"] as? String ?? "",
                status: fact["status"] as? String ?? "", bytes: fact["bytes"] as? Int ?? 0,
                line: "\(fact["line"] ?? "")")
        }
    }

    package struct Object {
        package let bytes: Int
        /// In hexadecimal.
        package let hash: String
        package let type: String
        package let metadata: [String: String]
    }

    /// What another client finds, by key.
    package func objects() throws -> [String: Object] {
        (try order(["objects": true])["objects"] as? [String: [String: Any]] ?? [:]).mapValues { fact in
            Object(
                bytes: fact["bytes"] as? Int ?? 0, hash: fact["sha256"] as? String ?? "",
                type: fact["type"] as? String ?? "", metadata: fact["meta"] as? [String: String] ?? [:])
        }
    }

    /// Another client's object.
    package func put(_ key: String) throws { _ = try order(["put": key]) }

    package func age(_ key: String, days: Double) throws { _ = try order(["age": key, "days": days]) }

    /// - Parameter seconds: how far the store's clock is ahead.
    package func goAhead(seconds: Int) throws { _ = try order(["late": seconds]) }

    private func order(_ order: [String: Any]) throws -> [String: Any] {
        let line = try JSONSerialization.data(withJSONObject: order) + Data("\n".utf8)
        return try turn.withLock { _ in
            try input.fileHandleForWriting.write(contentsOf: line)
            return try JSONSerialization.jsonObject(with: Self.bytes(output)) as? [String: Any] ?? [:]
        }
    }

    private static func line(_ output: Pipe) throws -> [String: Any] {
        try JSONSerialization.jsonObject(with: bytes(output)) as? [String: Any] ?? [:]
    }

    private static func bytes(_ output: Pipe) throws -> Data {
        var line = Data()
        while !line.contains(0x0A) {
            let piece = output.fileHandleForReading.availableData
            guard !piece.isEmpty else { throw Silent() }
            line += piece
        }
        return line
    }
}
