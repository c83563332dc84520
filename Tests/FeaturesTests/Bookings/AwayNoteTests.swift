/// The booking page of somebody who is away, and what other programs show of it.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct AwayNoteTests {
    @Test("while the host is away the page says until when and who can help, and nothing afterwards",
          arguments: Engine.all)
    func away(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let path = stage.link.path.text
            let before = await visitor.get(path)
            #expect(!before.text.contains("is away until"))

            // 7 January 2030, the Monday on which the stage stands.
            let today = LocalDate(daysSince1970: 21_921)
            let (scope, now) = (stage.scope, stage.world.now)
            var away = TimeAway(
                id: stage.world.id(), user: stage.ada, kind: .outOfOffice, from: today, to: today.adding(days: 2))
            away.colleague = stage.bob
            let span = away
            try await stage.database.write(scope) { tx in
                try TimeAwayStore.insert(span, scope: scope, now: now, in: tx)
            }
            let page = await visitor.get(path)
            #expect(page.text.contains("is away until") && page.text.contains("can help meanwhile"))
            stage.clock.move(minutes: 3 * 1440)
            #expect(!(await visitor.get(path)).text.contains("is away until"))
        }
    }

    @Test("a month in which the host will be away says so before, and other months do not", arguments: Engine.all)
    func ahead(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let first = LocalDate(daysSince1970: 21_960)  // 15 February 2030
            let (scope, now) = (stage.scope, stage.world.now)
            var spans = [(0, 0), (4, 6)].map { from, to in
                TimeAway(
                    id: stage.world.id(), user: stage.ada, kind: .outOfOffice, from: first.adding(days: from),
                    to: first.adding(days: to))
            }
            spans[0].colleague = stage.bob
            let written = spans
            try await stage.database.write(scope) { tx in
                for span in written { try TimeAwayStore.insert(span, scope: scope, now: now, in: tx) }
            }
            let path = stage.link.path.text
            #expect(!(await visitor.get(path)).text.contains("is away"))
            let month = await visitor.get("\(path)?month=2030-02").text
            #expect(month.contains("is away on Friday 15 February.") && month.contains("can help meanwhile"))
            #expect(!(await visitor.get("\(path)?month=2030-03")).text.contains("is away"))
            stage.clock.move(minutes: 40 * 1440)
            #expect(await visitor.get("\(path)?month=2030-02").text.contains(
                "is away from Tuesday 19 February to Thursday 21 February."))
        }
    }

    @Test("an address pasted elsewhere shows title and picture, unless the link asks for a code",
          arguments: Engine.all)
    func tags(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let open = await visitor.get(stage.link.path.text).text
            #expect(open.contains("property=\"og:title\"") && open.contains("/og/book/\(stage.link.rules.slug).png"))
            let coded = try await stage.makeLink("coded") { $0.access.code = "blue door" }
            #expect(!(await visitor.get(coded.path.text)).text.contains("og:title"))
        }
    }
}
