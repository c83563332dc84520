/// A bucket that is slow, broken, locked or far away: what is tried again, what is said, and that nothing is lost.
import Capabilities
import Crypto
import Fakes
import Foundation
import Scheduling
import Synchronization
import Testing

@testable import Providers

/// Few at once: each has a store of its own.
@Suite("Files in a bucket", .serialized)
struct S3FilesTests {
    private static let world = World(
        clock: .system, entropy: .system, zones: Zones.standard(environment: [:], dataFolder: ""))

    private struct Stage {
        let server: S3Server
        let files: S3Files
        let folder: String
        let told: @Sendable () -> [ProviderError]

        var drafts: [String] { (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? [] }
    }

    private func with(
        _ more: [String: String] = [:], _ patience: S3Patience = quick, clock: Clock = .system,
        _ body: (Stage) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(component: "s3-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let server = try S3Server()
        let settings = try #require(try S3Settings(server.settings(prefix: "ours").merging(more) { $1 }))
        let told = Mutex<[ProviderError]>([])
        let files = S3Files(
            S3API(settings, clock: clock, patience: patience), drafts: LocalFiles(folder: folder)
        ) { error in told.withLock { $0.append(error) } }
        try await body(Stage(server: server, files: files, folder: folder) { told.withLock { $0 } })
    }

    private static var quick: S3Patience {
        var patience = S3Patience()
        (patience.idleSeconds, patience.totalSeconds, patience.fileSeconds) = (60, 120, 120)
        patience.pauses = [.milliseconds(10), .milliseconds(20)]
        return patience
    }

    private func sent(_ stage: Stage, _ name: FileName, bytes: Int = 3_000_000) async throws -> any FileDraft {
        let draft = try await stage.files.begin(name)
        try await draft.write([UInt8](repeating: 65, count: bytes))
        return draft
    }

    private func failure(_ work: () async throws -> Void) async -> ProviderError? {
        do {
            try await work()
            return nil
        } catch {
            return error as? ProviderError
        }
    }

    @Test("are what another client finds: whole, without a type, a name or a mark of ours")
    func object() async throws {
        try await with { stage in
            let name = FileName(Self.world)
            try await sent(stage, name).finish()
            let objects = try stage.server.objects()
            let object = try #require(objects["ours/\(name)"])
            #expect(objects.count == 1 && object.bytes == 3_000_000)
            #expect(object.hash == S3Signature.hash([UInt8](repeating: 65, count: 3_000_000)))
            #expect(object.type == "application/octet-stream" && object.metadata.isEmpty)
            let seen = try stage.server.seen()
            #expect(seen.map(\.method) == ["PUT"] && seen.map(\.bytes) == [3_000_000])
            #expect(stage.drafts.isEmpty)
        }
    }

    @Test("are sent, read, listed and removed although the store fails twice", arguments: [
        ["503 SlowDown", "503"], ["500 InternalError", "503"], ["closes", "closes"], ["cut request", "closes"],
        ["cut reply", "cut reply"], ["429", "502"],
    ])
    func again(faults: [String]) async throws {
        try await with { stage in
            let name = FileName(Self.world)
            try stage.server.fail(faults)
            try await sent(stage, name).finish()
            #expect(try stage.server.objects()["ours/\(name)"]?.bytes == 3_000_000)
            #expect(stage.drafts.isEmpty)
            try stage.server.fail(faults)
            #expect(try await stage.files.get(name)?.count == 3_000_000)
            try stage.server.fail(faults)
            #expect(try await stage.files.read(name, from: 2_999_998, atMost: 9)?.count == 2)
            try stage.server.fail(faults)
            #expect(try await stage.files.names(olderThan: -60) == [name])
            try stage.server.fail(faults)
            try await stage.files.remove(name)
            #expect(try stage.server.objects().isEmpty && stage.told().isEmpty)
        }
    }

    @Test("are given up after three tries, and the draft stays until it is thrown away", arguments: ["503", "closes"])
    func givenUp(fault: String) async throws {
        try await with { stage in
            let name = FileName(Self.world)
            let draft = try await sent(stage, name)
            try stage.server.fail([fault, fault, fault])
            let error = await failure { try await draft.finish() }
            #expect(error?.reason == .unavailable && error?.passes == true)
            #expect(try stage.server.seen().map(\.status) == [fault, fault, fault])
            #expect(stage.told() == [error].compactMap { $0 })
            #expect(stage.drafts == ["\(name).new"])
            #expect(try stage.server.objects().isEmpty)
            // It may go better a moment later.
            try await draft.finish()
            #expect(stage.drafts.isEmpty)
        }
    }

    @Test("are not tried again where the store says no, and the reason is told without a secret", arguments: [
        ("403 AccessDenied", "let it list"), ("403 SignatureDoesNotMatch", "S3_SECRET_ACCESS_KEY"),
        ("403 InvalidAccessKeyId", "S3_ACCESS_KEY_ID"), ("404 NoSuchBucket", "S3_BUCKET"),
        ("403 RequestTimeTooSkewed", "time server"), ("301 PermanentRedirect", "S3_REGION"),
        ("400 AuthorizationHeaderMalformed", "S3_REGION"), ("400 EntityTooLarge", "400 (EntityTooLarge)"),
        ("409 <b>", "409"), ("403", "let it list"),
    ])
    func refused(fault: String, words: String) async throws {
        try await with { stage in
            let name = FileName(Self.world)
            let draft = try await sent(stage, name, bytes: 10)
            let calls: [() async throws -> Void] = [
                { try await draft.finish() },
                { _ = try await stage.files.get(name) },
                { _ = try await stage.files.read(name, from: 0, atMost: 9) },
                { try await stage.files.remove(name) },
                { _ = try await stage.files.names(olderThan: 0) },
            ]
            for call in calls {
                try stage.server.fail([fault])
                let error = await failure(call)
                #expect(error?.reason == .unavailable && error?.detail.contains(words) == true, "\(error as Any)")
                #expect(error?.detail.contains(S3Server.secret) == false && error?.detail.contains("<") == false)
                #expect(try stage.server.seen().count == 1)
            }
        }
    }

    @Test("wait for a store that says nothing as long as they may, and no longer")
    func silent() async throws {
        var patience = Self.quick
        // Long enough for a busy machine to answer in.
        patience.idleSeconds = 10
        try await with([:], patience) { stage in
            let name = FileName(Self.world)
            try stage.server.fail(["stall"])
            try await stage.files.put([1], as: name)
            #expect(try stage.server.seen().map(\.status) == ["stall", "200"])
        }
        (patience.idleSeconds, patience.totalSeconds) = (600, 10)
        try await with([:], patience) { stage in
            let name = FileName(Self.world)
            try stage.server.fail(["stall"])
            let error = await failure { try await stage.files.put([1], as: name) }
            #expect(error?.detail.hasSuffix("it did not answer in time") == true, "\(error as Any)")
            #expect(try stage.server.seen().map(\.status) == ["stall"])
            #expect(try await stage.files.get(name) == nil)
        }
    }

    @Test("are away when the store is, or when what answers is none")
    func away() async throws {
        try await with(["S3_ENDPOINT": "http://127.0.0.1:1"]) { stage in
            let name = FileName(Self.world)
            let error = await failure { try await stage.files.put([1], as: name) }
            #expect(error?.detail.contains("cannot be reached") == true, "\(error as Any)")
        }
        try await with(["S3_ENDPOINT": "https://nobody.invalid"]) { stage in
            let error = await failure { 
                _ = try await stage.files.get(FileName(Self.world))
            }
            #expect(error?.detail.contains("cannot be reached") == true, "\(error as Any)")
        }
        try await with { stage in
            // An empty list would say that there is nothing, not that nobody knows.
            for fault in ["garbage", "circle"] {
                try stage.server.fail([fault, fault, fault, fault])
                let error = await failure { _ = try await stage.files.names(olderThan: 0) }
                #expect(error?.detail.contains("cannot be read") == true, "\(error as Any)")
            }
            // What a proxy says is no file, nor is one kept by it.
            let name = FileName(Self.world)
            let calls: [() async throws -> Void] = [
                { try await stage.files.put([1], as: name) }, { _ = try await stage.files.get(name) },
                { _ = try await stage.files.read(name, from: 0, atMost: 99) },
            ]
            for call in calls {
                try stage.server.fail(["garbage"])
                #expect(await failure(call)?.detail.contains("cannot be read") == true)
            }
        }
    }

    @Test("that cannot be read here are not sent, and not tried again")
    func lostDraft() async throws {
        try await with { stage in
            let name = FileName(Self.world)
            let draft = try await sent(stage, name)
            try FileManager.default.removeItem(atPath: "\(stage.folder)/\(name).new")
            let error = await failure { try await draft.finish() }
            #expect(error?.reason == .unavailable)
            #expect(try stage.server.seen().isEmpty && stage.server.objects().isEmpty)
        }
    }

    @Test("are listed page by page, those of folders below and of others beside left alone")
    func pages() async throws {
        var patience = Self.quick
        patience.mostListed = 2
        try await with([:], patience) { stage in
            var kept: Set<FileName> = []
            for _ in 0..<5 {
                let name = FileName(Self.world)
                try await stage.files.put([1], as: name)
                kept.insert(name)
            }
            let stranger = FileName(Self.world)
            for place in ["", "ours/below/", "ours-too/", "other/"] { try stage.server.put("\(place)\(stranger)") }
            #expect(try await Set(stage.files.names(olderThan: -60)) == kept)
            #expect(try await stage.files.names(olderThan: 60).isEmpty)
            #expect(try await stage.files.get(stranger) == nil)
            try await stage.files.remove(stranger)
            #expect(try stage.server.objects().count == 9)
        }
    }

    @Test("share a few connections, used again, however many come at once")
    func together() async throws {
        try await with { stage in
            let names = (0..<60).map { _ in FileName(Self.world) }
            await withTaskGroup(of: Bool.self) { group in
                for name in names {
                    group.addTask {
                        (try? await stage.files.put([UInt8](repeating: 1, count: 50_000), as: name)) != nil
                    }
                }
                #expect(await group.reduce(0) { $0 + ($1 ? 1 : 0) } == 60)
            }
            let lines = Set(try stage.server.seen().map(\.line))
            #expect(lines.count <= 16)
            #expect(try stage.server.objects().count == 60)
        }
    }

    @Test("those who wait for their turn and are cancelled leave the line, and others get their turn")
    func turns() async {
        let turns = S3Turns(most: 1)
        #expect(await turns.take())
        let (left, next) = (Task { await turns.take() }, Task { await turns.take() })
        left.cancel()
        #expect(await left.value == false)
        await turns.end()
        #expect(await next.value)
        await turns.end()
        #expect(await turns.take())
    }

    @Test("have a doctor who tries all that is done with them, and says what is wrong in words")
    func doctor() async throws {
        try await with { stage in
            #expect(await stage.files.trouble(mark: "1") == nil)
            #expect(try stage.server.objects().isEmpty)
            for (number, what) in ["write", "read", "list", "remove"].enumerated() {
                try stage.server.fail([String](repeating: "", count: number) + ["403 AccessDenied"])
                let trouble = await stage.files.trouble(mark: "1")
                #expect(trouble?.hasPrefix("cannot \(what): the key may not") == true, "\(trouble ?? "none")")
            }
            try stage.server.goAhead(seconds: 2_000)
            #expect(await stage.files.trouble(mark: "1")?.contains("time server") == true)
        }
        for (name, value, words) in [
            ("S3_SECRET_ACCESS_KEY", "another", "is not that of the key"), ("S3_ACCESS_KEY_ID", "OTHER", "not know"),
            ("S3_REGION", "us-east-1", "set S3_REGION to eu-test-1"), ("S3_BUCKET", "nowhere", "no such bucket"),
        ] {
            try await with([name: value]) { stage in
                let trouble = await stage.files.trouble(mark: "1")
                #expect(trouble?.hasPrefix("cannot write: ") == true, "\(trouble ?? "none")")
                #expect(trouble?.contains(words) == true, "\(trouble ?? "none")")
            }
        }
    }
}
