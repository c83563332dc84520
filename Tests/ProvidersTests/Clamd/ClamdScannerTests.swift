/// clamd as the scanner: what it finds, and that whatever it did not look at to the end was not looked at.
import Capabilities
import Fakes
import Scheduling
import Synchronization
import Testing

@testable import Providers

@Suite("clamd")
struct ClamdScannerTests {
    private let world = World(
        clock: Clock { 0 }, entropy: .system, zones: Zones.standard(environment: [:], dataFolder: ""))

    private func draft(_ text: String, bytes: Int = 0) async throws -> any FileDraft {
        let draft = try await FakeFiles().begin(FileName(world))
        try await draft.write(Array(text.utf8) + [UInt8](repeating: 65, count: bytes))
        return draft
    }

    @Test("says what it found, of a file of any length, over a socket and over tcp", arguments: [true, false])
    func verdicts(unix: Bool) async throws {
        let server = try ClamdServer(unix: unix)
        let scanner = ClamdScanner(try ClamdSettings(server.url), seconds: 600)
        #expect(try await scanner.verdict(on: draft("a plan")) == .clean)
        #expect(try await scanner.verdict(on: draft("a plan", bytes: 200_000)) == .clean)
        #expect(try await scanner.verdict(on: draft("EICAR", bytes: 100_000)) == .harmful("Eicar-Signature"))
        #expect(try server.seen().files == [6, 200_006, 100_005])
        #expect(await scanner.answers())
    }

    @Test("that does not answer, hangs up, or says something else has not looked at it",
          arguments: ["SILENT", "HANGUP", "NONSENSE", "LONG"])
    func unknown(what: String) async throws {
        let server = try ClamdServer(unix: false)
        let told = Mutex<[ProviderError]>([])
        let scanner = ClamdScanner(try ClamdSettings(server.url), seconds: what == "SILENT" ? 2 : 600) { error in
            told.withLock { $0.append(error) }
        }
        let draft = try await draft(what, bytes: 1_000_000)
        await #expect(throws: ProviderError.self) { try await scanner.verdict(on: draft) }
        let reasons = told.withLock { $0 }
        #expect(reasons.count == 1)
        if what == "LONG" { #expect(reasons.first?.detail.contains("size limit") ?? false, "\(reasons)") }
    }

    @Test("that is away has not looked at it")
    func away() async throws {
        for url in ["tcp://127.0.0.1:1", "unix:/nowhere/clamd.ctl", "tcp://nobody.invalid:3310"] {
            let scanner = ClamdScanner(try ClamdSettings(url), seconds: 5)
            let draft = try await draft("a plan")
            await #expect(throws: ProviderError.self) { try await scanner.verdict(on: draft) }
            #expect(await scanner.answers() == false)
        }
    }

    @Test("looks at eight at once; some wait for their turn, and more are told to come back")
    func turns() async throws {
        let server = try ClamdServer(unix: true)
        let scanner = ClamdScanner(try ClamdSettings(server.url), seconds: 600)
        let draft = try await draft("SLOW")
        let answers = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<60 {
                group.addTask { await (try? scanner.verdict(on: draft)) == .clean }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        let (taken, seen) = (answers.count { $0 }, try server.seen())
        #expect(taken >= 24 && taken < 60, "\(taken)")
        #expect(seen.files.count == taken)
        #expect(seen.atOnce <= 8)
        #expect(try await scanner.verdict(on: draft) == .clean)
    }

    @Test("is named by one address")
    func settings() throws {
        #expect(try ClamdSettings("unix:/run/clamav/clamd.ctl").place == .path("/run/clamav/clamd.ctl"))
        #expect(try ClamdSettings("tcp://[::1]:3310").place == .host("::1", port: "3310"))
        #expect(try ClamdSettings("tcp://scan.example:3310").host == "scan.example")
        #expect(try ClamdSettings("unix:/x").host == nil)
        for bad in [
            "", "/run/clamd.ctl", "tcp://", "tcp://host", "tcp://host:0", "tcp://host:70000", "tcp://:3310",
            "tcp://a/b:3310", "unix:run/clamd.ctl", "unix:/" + String(repeating: "x", count: 200), "http://a:1",
        ] {
            #expect(throws: ClamdSettingsProblem.self) { try ClamdSettings(bad) }
        }
    }
}
