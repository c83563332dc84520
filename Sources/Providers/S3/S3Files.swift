/// Files in a bucket of any store that speaks S3; while they come they lie in a folder of this machine.
import Capabilities
import Crypto
import Scheduling

package struct S3Files: FileStore {
    private let api: S3API
    private let drafts: LocalFiles
    private let failed: @Sendable (ProviderError) -> Void

    /// Of a file that is handed out whole, in bytes; more than any that is taken.
    private static let mostBytes = 64 << 20
    /// A page of names: keys have at most 1,024 bytes, which XML may write with six each.
    private static let mostListBytes = 8 << 20

    /// - Parameters:
    ///   - drafts: the folder where files lie until they are finished; whole ones in it are nobody's.
    ///   - clock: signs the requests; stores refuse one that is 15 minutes off.
    ///   - failed: told of every call that was given up.
    package init(
        _ settings: S3Settings, drafts: LocalFiles, clock: Clock,
        failed: @escaping @Sendable (ProviderError) -> Void = { _ in }
    ) {
        self.init(S3API(settings, clock: clock), drafts: drafts, failed: failed)
    }

    init(_ api: S3API, drafts: LocalFiles, failed: @escaping @Sendable (ProviderError) -> Void = { _ in }) {
        (self.api, self.drafts, self.failed) = (api, drafts, failed)
    }

    /// A request costs more time than what it brings.
    package var pieceBytes: Int { 256 << 10 }

    package func put(_ bytes: [UInt8], as name: FileName) async throws(ProviderError) {
        _ = try await told { () throws(S3Fault) in try await put(.bytes(bytes), as: name.text) }
    }

    package func get(_ name: FileName) async throws(ProviderError) -> [UInt8]? {
        let call = S3Call(method: "GET", name: name.text, mostReplyBytes: Self.mostBytes)
        return try await found(call)?.body
    }

    package func begin(_ name: FileName) async throws(ProviderError) -> any FileDraft {
        Draft(files: self, name: name, local: try await drafts.begin(name))
    }

    package func read(
        _ name: FileName, from offset: Int, atMost count: Int
    ) async throws(ProviderError) -> [UInt8]? {
        guard count > 0 else { return [] }
        let range = HTTPHeader("Range", "bytes=\(offset)-\(offset + count - 1)")
        let call = S3Call(method: "GET", name: name.text, headers: [range], mostReplyBytes: count)
        return try await told { () throws(S3Fault) in
            do throws(S3Fault) {
                let reply = try await api.send(call)
                // Some stores answer a range that holds the whole file with all of it; never is it another part.
                guard reply.status == 206 || offset == 0 else { throw .unreadable }
                return reply.body
            } catch .refused(416, _) {
                return []
            } catch .noObject {
                return nil
            }
        }
    }

    package func remove(_ name: FileName) async throws(ProviderError) {
        _ = try await found(S3Call(method: "DELETE", name: name.text))
    }

    package func names(olderThan seconds: Int64) async throws(ProviderError) -> [FileName] {
        // Old halves of files go with it.
        _ = try await drafts.names(olderThan: seconds)
        return try await told { () throws(S3Fault) in
            var (names, next, last) = ([FileName](), nil as String?, nil as String?)
            repeat {
                let page = try await page(after: next)
                names += page.kept.filter { $0.at < page.now.adding(seconds: -seconds) }.map(\.name)
                (last, next) = (next, page.next)
                // A store that turns in a circle would never come to its end.
                guard next == nil || next != last else { throw .unreadable }
            } while next != nil
            return names
        }
    }

    // MARK: Calls

    private func put(_ body: S3Call.Body, as name: String) async throws(S3Fault) {
        let kind = HTTPHeader("Content-Type", "application/octet-stream")
        _ = try await api.send(S3Call(method: "PUT", name: name, headers: [kind], body: body))
    }

    /// Nil when there is no such object.
    private func found(_ call: S3Call) async throws(ProviderError) -> S3Reply? {
        try await told { () throws(S3Fault) in
            do throws(S3Fault) {
                return try await api.send(call)
            } catch .noObject {
                return nil
            }
        }
    }

    private func told<T>(_ work: () async throws(S3Fault) -> T) async throws(ProviderError) -> T {
        do throws(S3Fault) {
            return try await work()
        } catch {
            let error = ProviderError(.unavailable, "the files at \(api.settings): \(error.words)")
            failed(error)
            throw error
        }
    }

    /// What of ours lies below the prefix, not in folders of it.
    private func page(
        after token: String?
    ) async throws(S3Fault) -> (kept: [(name: FileName, at: Instant)], now: Instant, next: String?) {
        let prefix = api.settings.prefix
        var query = [(name: "list-type", value: "2"), ("delimiter", "/"), ("prefix", prefix)]
        query.append(("max-keys", "\(api.patience.mostListed)"))
        if let token { query.append(("continuation-token", token)) }
        let reply = try await api.send(
            S3Call(method: "GET", query: query, mostReplyBytes: Self.mostListBytes))
        // By the store's own clock alone: a file must not look old because ours is wrong.
        guard let document = S3Document(reply.body), let now = reply.date else { throw .unreadable }
        let objects = document.leaves.filter { $0.path.hasPrefix("ListBucketResult/Contents/") }
        let kept = Dictionary(grouping: objects, by: \.group).sorted { $0.key < $1.key }.compactMap { _, parts in
            let texts = Dictionary(parts.map { ($0.path, $0.text) }) { first, _ in first }
            return Self.kept(
                key: texts["ListBucketResult/Contents/Key"], at: texts["ListBucketResult/Contents/LastModified"],
                prefix: prefix)
        }
        // Where even this is missing, it is no list: nobody knows what there is.
        guard let more = document["ListBucketResult/IsTruncated"] else { throw .unreadable }
        guard more == "true" else { return (kept, now, nil) }
        guard let next = document["ListBucketResult/NextContinuationToken"] else { throw .unreadable }
        return (kept, now, next)
    }

    private static func kept(key: String?, at: String?, prefix: String) -> (name: FileName, at: Instant)? {
        guard let key, key.hasPrefix(prefix), let name = FileName(String(key.dropFirst(prefix.count))),
            let at = at.flatMap(Instant.init(rfc3339:))
        else { return nil }
        return (name, at)
    }

    /// A file in the folder, which goes to the bucket when it is whole.
    private struct Draft: FileDraft {
        let files: S3Files
        let name: FileName
        let local: any FileDraft

        func write(_ bytes: [UInt8]) async throws(ProviderError) { try await local.write(bytes) }

        func read(from offset: Int, atMost count: Int) async throws(ProviderError) -> [UInt8] {
            try await local.read(from: offset, atMost: count)
        }

        func finish() async throws(ProviderError) {
            // Read twice, since what is signed is told before the first byte.
            var (count, hash) = (0, SHA256())
            while case let bytes = try await local.read(from: count, atMost: DraftPieces.piece), !bytes.isEmpty {
                hash.update(data: bytes)
                count += bytes.count
            }
            let (total, sum) = (count, S3Signature.hexadecimal(hash.finalize()))
            try await files.told { () throws(S3Fault) in
                try await files.put(.file(local, count: total, hash: sum), as: name.text)
            }
            await local.discard()
        }

        func discard() async { await local.discard() }
    }
}

// MARK: For the doctor

extension S3Files {
    /// Writes, reads, lists and removes an object that is no file.
    /// - Parameter mark: becomes part of its name, so that two who look at once do not meet.
    /// - Returns: what cannot be done, and why; nil when all is well.
    package func trouble(mark: String) async -> String? {
        let (name, bytes) = ("workestra-doctor-\(mark)", Array("workestra".utf8))
        let steps: [(what: String, work: () async throws(S3Fault) -> Bool)] = [
            ("write", { () throws(S3Fault) in
                try await put(.bytes(bytes), as: name)
                return true
            }),
            ("read", { () throws(S3Fault) in
                try await api.send(S3Call(method: "GET", name: name)).body == bytes
            }),
            ("list", { () throws(S3Fault) in
                _ = try await page(after: nil)
                return true
            }),
            ("remove", { () throws(S3Fault) in
                _ = try await api.send(S3Call(method: "DELETE", name: name))
                return true
            }),
        ]
        for step in steps {
            do throws(S3Fault) {
                guard try await step.work() else { return "what was written is not what is read" }
            } catch {
                return "cannot \(step.what): \(error.words)"
            }
        }
        return nil
    }
}
