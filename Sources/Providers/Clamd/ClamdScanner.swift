/// ClamAV's daemon as the scanner of files: what it has not looked at to the end has not been looked at.
import Capabilities
import Dispatch

package struct ClamdScanner: FileScanner {
    /// Of a file that is handed on at a time, in bytes.
    private static let piece = 65_536
    /// Connecting and talking make a thread wait; those that answer requests must not.
    private static let queue = DispatchQueue(label: "scanner", attributes: .concurrent)

    private let settings: ClamdSettings
    private let seconds: Int
    private let turns = ScanTurns()
    private let failed: @Sendable (ProviderError) -> Void

    /// - Parameters:
    ///   - seconds: for one file, from connecting to the answer.
    ///   - failed: told whenever a file could not be looked at.
    package init(
        _ settings: ClamdSettings, seconds: Int = 30, failed: @escaping @Sendable (ProviderError) -> Void = { _ in }
    ) {
        (self.settings, self.seconds, self.failed) = (settings, seconds, failed)
    }

    package func verdict(on file: any FileDraft) async throws(ProviderError) -> FileVerdict {
        do throws(ProviderError) {
            guard await turns.take() else { throw ProviderError(.unavailable, "too many files wait for clamd") }
            let result = await looked(at: file)
            await turns.end()
            return try result.get()
        } catch {
            failed(error)
            throw error
        }
    }

    /// Whether it can be reached and is ready.
    package func answers() async -> Bool {
        let (settings, seconds) = (settings, seconds)
        let reply = try? await Self.apart { () throws(ProviderError) in
            let connection = try ClamdConnection(settings, seconds: seconds)
            defer { connection.close() }
            try connection.command("PING")
            return try connection.reply()
        }
        return reply == "PONG"
    }

    private func looked(at file: any FileDraft) async -> Result<FileVerdict, ProviderError> {
        do throws(ProviderError) {
            let (settings, seconds) = (settings, seconds)
            let connection = try await Self.apart { () throws(ProviderError) in
                try ClamdConnection(settings, seconds: seconds)
            }
            defer { connection.close() }
            var offset = 0
            try await Self.apart { () throws(ProviderError) in try connection.command("INSTREAM") }
            while true {
                let bytes = try await file.read(from: offset, atMost: Self.piece)
                try await Self.apart { () throws(ProviderError) in try connection.send(bytes) }
                // The empty piece is the end.
                guard !bytes.isEmpty else { break }
                offset += bytes.count
            }
            let reply = try await Self.apart { () throws(ProviderError) in try connection.reply() }
            return .success(try Self.verdict(reply))
        } catch {
            return .failure(error)
        }
    }

    /// `stream: OK`, `stream: Eicar-Signature FOUND`, or why it was not looked at.
    private static func verdict(_ reply: String) throws(ProviderError) -> FileVerdict {
        if reply == "stream: OK" { return .clean }
        let (start, end) = ("stream: ", " FOUND")
        guard reply.hasPrefix(start), reply.hasSuffix(end), reply.count > start.count + end.count else {
            throw ProviderError(.misunderstood, "clamd answered “\(reply.prefix(200))”")
        }
        return .harmful(String(reply.dropFirst(start.count).dropLast(end.count)))
    }

    private static func apart<T: Sendable>(
        _ work: @escaping @Sendable () throws(ProviderError) -> T
    ) async throws(ProviderError) -> T {
        let result: Result<T, ProviderError> = await withCheckedContinuation { done in
            queue.async { done.resume(returning: Result(catching: work)) }
        }
        return try result.get()
    }
}

/// Few files at once, as clamd has few threads; of those who would wait for long, each is told to come back.
private actor ScanTurns {
    private static let most = 8
    private static let mostWaiting = 16

    private var taken = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// - Returns: false when too many wait already.
    func take() async -> Bool {
        if taken < Self.most {
            taken += 1
            return true
        }
        guard waiting.count < Self.mostWaiting else { return false }
        await withCheckedContinuation { waiting.append($0) }
        return true
    }

    /// To be called once for each turn that was taken; the turn is the next one's.
    func end() {
        if waiting.isEmpty { taken -= 1 } else { waiting.removeFirst().resume() }
    }
}
