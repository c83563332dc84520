/// Links for agents: Markdown with times and calls, and a general text that lists nobody's links.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct LinkMarkdownTests {
    @Test("the Markdown of a link names its rules, next times and calls, and not where to join", arguments: Engine.all)
    func link(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let visitor = try Visitor(stage)
            let answer = await visitor.get("/book/intro.md")
            #expect(answer.status == 200 && answer[header: "Content-Type"] == "text/markdown; charset=utf-8")
            #expect(answer.text.hasPrefix("# Introduction\n") && answer.text.contains("2030-01-07T09:00:00+01:00"))
            #expect(answer.text.contains("http://meet.example/api/v1/public/links/intro/bookings"))
            #expect(answer.text.contains(stage.question.text) && !answer.text.contains("video.example"))
            #expect(await visitor.get("/book/nobody.md").status == 404)
            #expect(await visitor.get("/book/.md").status == 404)
            #expect(await visitor.get("/book/intro").text.hasPrefix("<!doctype html>"))
        }
    }

    @Test("a link without free times says so")
    func none() {
        let text = LinkMarkdown.text(.example, starts: [], zone: .utc, address: "http://meet.example")
        #expect(text.contains("None in the booking window."))
    }

    @Test("the general text names no link and no person", arguments: Engine.all)
    func general(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let answer = try await Visitor(stage).get("/llms.txt")
            #expect(answer.status == 200 && answer.text.contains("http://meet.example/book/SLUG.md"))
            #expect(!answer.text.contains("intro") && !answer.text.contains("Ada"))
        }
    }
}
