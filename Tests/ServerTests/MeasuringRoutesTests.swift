/// The answers that others are measured by are as long as was asked for.
import Database
import Fakes
import Features
import Logging
import Scheduling
import Testing
import Web

@testable import Server

struct MeasuringRoutesTests {
    @Test("an answer is JSON of the size asked for, after a question to the database if a workspace is named",
          arguments: Engine.all)
    func sizes(on engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let workspace = ID<Workspace>(milliseconds: 1, random: Array(repeating: 1, count: 10))
            try await database.writeUnscoped { tx in
                try AccountStore.insert(workspace: workspace, name: "A", zone: "UTC", now: Instant(0), in: tx)
            }
            var settings = Site.Settings(publicURL: try #require(WebURL("http://127.0.0.1:8080")))
            settings.isDevelopment = true
            let site = Site(
                settings: settings, routes: MeasuringRoutes.routes(database),
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() })
            for (target, status) in [
                ("/dev/bytes/2", 200), ("/dev/bytes/20000", 200), ("/dev/bytes/20000?workspace=\(workspace)", 200),
                ("/dev/bytes/20000?workspace=\(workspace.text.dropLast())0", 404), ("/dev/bytes/1", 404),
                ("/dev/bytes/-5", 404), ("/dev/bytes/x", 404), ("/dev/bytes/99999999999999999999", 404),
                ("/dev/bytes/2000000", 404),
            ] {
                let answer = await site.answer(RawRequest("GET", target, peer: "127.0.0.1"))
                #expect(answer.status == status, "\(target)")
                if status == 200 {
                    let text = try JSON(reading: answer.body).string
                    #expect(text?.utf8.count == answer.body.count - 2, "\(target)")
                }
            }
            let far = await site.answer(RawRequest("GET", "/dev/bytes/20", peer: "192.0.2.1"))
            #expect(far.status == 404)
        }
    }
}
