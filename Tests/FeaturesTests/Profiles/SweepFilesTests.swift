/// Files without a row: a sweep finds them, a deleted workspace takes its own with it, and nothing else is touched.
import Capabilities
import Fakes
import Logging
import Scheduling
import Testing

@testable import Database
@testable import Features

struct SweepFilesTests {
    /// Gives somebody a picture the way an upload does: the file, then the row.
    private func show(_ test: TestSite, of member: Member) async throws -> FileName {
        let picture = ProfilePicture(file: FileName(test.installation.world), kind: .png)
        try await test.files.put([1], as: picture.file)
        try await test.installation.database.writeUnscoped { tx in
            try ProfileStore.set(picture: picture, of: member.account.id, in: tx)
        }
        return picture.file
    }

    private func drain(_ test: TestSite) async throws {
        let removal = RemoveFile(files: test.files)
        try await JobRunner(
            database: test.installation.database, work: [RemoveFile.kind: { try await removal($0) }],
            world: test.installation.world, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        ).drain()
    }

    @Test("what no row names goes, also among many; what a row names stays, also of who is switched off",
          arguments: Engine.all)
    func orphans(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            let (ada, bo) = (try await test.addPerson(), try await test.addPerson("bo@example.com", role: .member))
            let shown = [try await show(test, of: ada), try await show(test, of: bo)]
            try await database.writeUnscoped { tx in
                _ = try tx.run("UPDATE account SET active = \(false) WHERE id = \(bo.account.id)")
            }
            for _ in 0..<1_001 { try await test.files.put([2], as: FileName(test.installation.world)) }

            let sweep = SweepFiles(test.installation, files: test.files)
            #expect(try await sweep() == 1_001)
            #expect(test.files.names == Set(shown))
            #expect(try await sweep() == 0)

            test.files.failAlways(with: ProviderError(.unavailable, "asked to fail"))
            await #expect(throws: ProviderError.self) { try await sweep() }
            test.files.failAlways(with: nil)
            #expect(test.files.names == Set(shown))
        }
    }

    @Test("a restored installation lets nothing go before it is confirmed: another may still use the same place",
          arguments: Engine.all)
    func restored(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            let younger = FileName(test.installation.world)
            try await test.files.put([1], as: younger)
            try await database.writeUnscoped { try $0.markRestored(test.installation.world.now) }
            let sweep = SweepFiles(test.installation, files: test.files)
            #expect(try await sweep() == 0)
            #expect(test.files.names == [younger])
            _ = try await database.writeUnscoped { try $0.confirmRestore(now: test.installation.world.now) }
            #expect(try await sweep() == 1)
        }
    }

    @Test("a deleted workspace takes the pictures of its own people with it, those being replaced too",
          arguments: Engine.all)
    func deletion(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            let only = try await test.addPerson("only@example.com", workspace: "A")
            let both = try await test.addPerson("both@example.com", workspace: "A")
            try await test.addPerson("both@example.com", workspace: "B")
            _ = try await show(test, of: only)
            let kept = try await show(test, of: both)
            let save = SavePicture(test.installation, files: test.files)
            let scope = Scope(workspace: only.workspace, actor: .user(only.account.id))
            let picture = try Picture(reading: SamplePicture.png())
            try await save(picture, of: only.account.id, scope: scope)
            #expect(test.files.names.count == 3)

            _ = try await test.operate.deleteWorkspace("A")
            #expect(test.files.names.count == 3, "files go after the commit, by jobs")
            try await drain(test)
            #expect(test.files.names == [kept])
        }
    }

    @Test("a file is let go once and for all: doing the job again changes nothing, a name that is none ends it")
    func again() async throws {
        try await withDatabase(.sqlite) { database in
            let test = try TestSite(database)
            let name = FileName(test.installation.world)
            func job(_ subject: String) -> Job {
                Job(id: test.installation.world.id(), kind: RemoveFile.kind, workspace: nil, subject: subject,
                    version: 1, payload: "{}", attempt: 1, maxAttempts: 12, notAfter: nil, leaseToken: "t")
            }
            let removal = RemoveFile(files: test.files)
            try await test.files.put([1], as: name)
            #expect(try await removal(job(name.text)) == .done)
            #expect(try await removal(job(name.text)) == .done)
            #expect(test.files.names.isEmpty)
            #expect(try await removal(job("../../etc/passwd")) == .dead("no name of a file"))
            test.files.failAlways(with: ProviderError(.unavailable, "asked to fail"))
            guard case .retry = try await removal(job(name.text)) else {
                Issue.record("a place out of order is tried again")
                return
            }
        }
    }
}
