/// Health: what makes an installation unready, and what still works when the disk is nearly full.
import Database
import Fakes
import Foundation
import Testing
import Web

@testable import Server

struct HealthTests {
    private func withFolder<T>(_ body: (String) async throws -> T) async throws -> T {
        let folder = FileManager.default.temporaryDirectory.appending(component: "health-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        return try await body(folder)
    }

    @Test(
        "a disk is low below 256 MB or 5 percent, but never above 2 GB",
        arguments: [(1, 256), (4, 256), (10, 512), (39, 1_996), (40, 2_048), (4_000, 2_048)])
    func low(gigabytes: Int, neededMegabytes: Int) {
        let total = gigabytes << 30
        func disk(_ free: Int) -> Disk { Disk(freeBytes: free, totalBytes: total) }
        #expect(disk(0).neededBytes >> 20 == neededMegabytes)
        let needed = disk(0).neededBytes
        #expect(disk(needed - 1).isLow && !disk(needed).isLow)
    }

    @Test("the reserve takes its room at once and gives it back")
    func reserve() async throws {
        try await withFolder { folder in
            let watch = DiskWatch(folder: folder)
            watch.giveReserveUp()
            watch.makeReserve()
            watch.makeReserve()
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/reserve")
            #expect((attributes[.size] as? NSNumber)?.intValue == DiskWatch.reserveBytes)
            watch.giveReserveUp()
            #expect(!FileManager.default.fileExists(atPath: "\(folder)/reserve"))
        }
        #expect(Disk(at: "/nowhere/at/all") == nil && !DiskWatch(folder: "/nowhere/at/all").isLow)
    }

    @Test("is ready with a migrated database and a key, and says what is missing", arguments: Engine.all)
    func ready(on engine: Engine) async throws {
        try await withFolder { folder in
            let key = "\(folder)/key"
            _ = try Keyring.load(file: key, creating: true)
            func why(_ url: String) async throws -> String? {
                var options = DatabaseOptions()
                options.isTest = true
                let database = try await Database.open(url, options)
                let health = Health(database, keyFile: key, disk: DiskWatch(folder: folder))
                var answer = await health.unready()
                // A machine that is busy with other tests may be slower than visitors should have to bear.
                for _ in 0..<50 where answer?.contains("takes too long") == true { answer = await health.unready() }
                await database.close()
                return answer
            }
            try await withDatabaseURL(engine, .fresh) { url in
                #expect(try await why(url) == nil)
                try FileManager.default.removeItem(atPath: key)
                #expect(try await why(url) == "the key file cannot be read")
                _ = try Keyring.load(file: key, creating: true)
            }
            try await withDatabaseURL(engine, .bare) { url in
                let reason = try await why(url)
                #expect(reason == "the database needs “workestra migrate”")
            }
        }
    }

    @Test("a database that somebody holds is unready long before they let go")
    func held() async throws {
        try await withFolder { folder in
            let key = "\(folder)/key"
            _ = try Keyring.load(file: key, creating: true)
            try await withDatabase(.sqlite) { database in
                let health = Health(database, keyFile: key, disk: DiskWatch(folder: folder))
                let (held, answered) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
                async let holding: Bool = database.writeUnscoped { _ in
                    held.signal()
                    return answered.wait(timeout: .now() + 60) == .success
                }
                await withCheckedContinuation { ready in
                    DispatchQueue.global().async {
                        held.wait()
                        ready.resume()
                    }
                }
                // An answer that waited for the database would come when the minute is over, and be another one.
                #expect(await health.unready() == "the database takes too long to write")
                answered.signal()
                let letGo = try await holding
                #expect(letGo)
                #expect(await health.unready() == nil)
            }
        }
    }

    @Test("with a low disk nothing new is written, but people can cancel and sign in")
    func refusal() async throws {
        try await withDatabase(.sqlite) { database in
            let low = Health(database, keyFile: "/", disk: DiskWatch(folder: "/") { _ in true })
            let fine = Health(database, keyFile: "/", disk: DiskWatch(folder: "/") { _ in false })
            func refused(_ path: String, _ health: Health) -> Int? {
                health.refusal(Route(.post, path, .open) { _ in .empty() })?.status
            }
            for path in ["/book/:slug/holds", "/book/:slug/bookings", "/api/v1/links", "/book/reschedule/:token"] {
                #expect(refused(path, low) == 503 && refused(path, fine) == nil, "\(path)")
            }
            for path in [
                "/book/cancel/:token", "/api/v1/bookings/:id/cancellation", "/calendar/bookings/:id/cancellation",
                "/api/v1/public/bookings/:token/cancel", "/sign-in", "/sign-out",
            ] {
                #expect(refused(path, low) == nil, "\(path)")
            }
            #expect(await low.unready()?.contains("disk") == true)
        }
    }
}
