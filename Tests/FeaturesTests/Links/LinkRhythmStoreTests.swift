/// Lengths, limits and hours of links in the database: read back as written, by their own workspace only.
import Database
import Fakes
import Scheduling
import Testing

@testable import Features

struct LinkRhythmStoreTests {
    private func find(_ stage: Stage, _ id: ID<Link>) async throws -> Link? {
        let scope = stage.scope
        return try await stage.database.read(scope) { tx in try LinkStore.find(id, scope: scope, in: tx) }
    }

    private static var rhythm: LinkRhythm {
        var rhythm = LinkRhythm()
        rhythm.otherLengths = [15, 60]
        (rhythm.gapRule, rhythm.travelBefore, rhythm.travelAfter) = (.sum, 480, 5)
        (rhythm.firstOfDay, rhythm.besideFirst) = (true, true)
        rhythm.limits = [
            Limit(.attendee, per: .open, count: 1000), Limit(.linkHost, per: .month, count: 2, minutes: 44_640),
        ]
        var hours = [[Window]](repeating: [], count: 7)
        hours[0] = [Window(opens: 0, closes: 600), Window(opens: 700, closes: 2_880)]
        hours[6] = [Window(opens: 1_439, closes: 1_440)]
        rhythm.bookerHours = hours
        return rhythm
    }

    @Test("every rule is read back as it was written, and goes when it is taken away", arguments: Engine.all)
    func roundTrip(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("all") { $0.rhythm = Self.rhythm }
            #expect(try await find(stage, link.id) == link && link.rules.rhythm == Self.rhythm)
            #expect(try await find(stage, stage.link.id)?.rules.rhythm == LinkRhythm())

            let scope = Scope(workspace: stage.workspace, actor: .user(stage.ada))
            let plain = try await SaveLink(stage.installation).update(link.id, version: 1, scope: scope) { link in
                var rules = link.rules
                rules.rhythm = LinkRhythm()
                return LinkWish(rules: rules)
            }
            #expect(plain.rules.rhythm == LinkRhythm())
        }
    }

    @Test("each kind of booking window is read back", arguments: Engine.all)
    func windows(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let windows = [LinkWindow.rollingDays(730), .rollingBusinessDays(1), .bookableDays(9)]
            for (index, window) in windows.enumerated() {
                let link = try await stage.makeLink("w\(index)") { $0.window = window }
                #expect(try await find(stage, link.id)?.rules.window == window)
            }
        }
    }

    @Test("the database refuses a limit of nothing, a second of its kind, and lengths out of bounds",
          arguments: Engine.all)
    func checks(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            for (index, limits) in [
                [Limit(.link, per: .day)], [Limit(.link, per: .day, count: 0)],
                [Limit(.link, per: .day, count: 1), Limit(.link, per: .day, count: 2)],
            ].enumerated() {
                await #expect(throws: DatabaseError.self, "\(limits)") {
                    _ = try await stage.makeLink("l\(index)") { $0.rhythm.limits = limits }
                }
            }
            for length in [4, 481] {
                await #expect(throws: DatabaseError.self) {
                    _ = try await stage.makeLink("m\(length)") { $0.rhythm.otherLengths = [length] }
                }
            }
        }
    }

    @Test("another workspace neither reads nor changes them", arguments: Engine.all)
    func elsewhere(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("all") { $0.rhythm = Self.rhythm }
            let other = try await stage.neighbour()
            try await stage.database.write(other.scope) { tx in
                #expect(try LinkRhythmStore.parts(of: [link.id], scope: other.scope, in: tx).isEmpty)
                try LinkRhythmStore.replace(LinkRhythm(), of: link.id, scope: other.scope, in: tx)
            }
            #expect(try await find(stage, link.id) == link)
        }
    }
}
