/// What every list of the API asks and answers: limits, cursors, and the end.
import Database
import Testing
import Web

@testable import Features

struct PageAskTests {
    private func ask(_ query: String) throws -> PageAsk { try PageAsk(FormData(reading: query)) }

    @Test("fifty rows unless asked otherwise, at least one, at most two hundred")
    func limits() throws {
        #expect(try ask("").limit == 50 && ask("limit=1").limit == 1 && ask("limit=200").limit == 200)
        #expect(try ask("").cursor == nil && ask("cursor=x").cursor == "x")
        for query in ["limit=0", "limit=201", "limit=-1", "limit=ten", "cursor=" + String(repeating: "x", count: 101)] {
            #expect(throws: Invalid.self, "\(query)") { try ask(query) }
        }
    }

    @Test("a page has its rows and the place of the last one, the last page none")
    func pages() throws {
        let page = try ask("limit=2")
        func answer(_ rows: [String]) throws -> JSON {
            try JSON(reading: page.answer(rows, each: { .string($0) }, cursor: { "after-\($0)" }).body)
        }
        #expect(try answer(["a", "b", "c"]) == ["data": ["a", "b"], "nextCursor": "after-b"])
        #expect(try answer(["a", "b"]) == ["data": ["a", "b"], "nextCursor": .null])
        #expect(try answer([]) == ["data": [], "nextCursor": .null])
    }

    @Test("members see their own rows and make nothing for others; owners see everybody's")
    func sees() throws {
        func principal(_ role: Role) -> Principal {
            let example = Principal.example
            return Principal(
                kind: .session, workspace: example.workspace, workspaceName: "", user: example.user, name: "",
                permissions: Permission.granted(to: role))
        }
        #expect(principal(.owner).acts == nil && principal(.admin).acts == nil)
        for role in [Role.manager, .member, .viewer] { #expect(principal(role).acts == [Principal.example.user]) }
        #expect(throws: Never.self) { try principal(.member).refuseOtherHosts(nil) }
        #expect(throws: Never.self) { try principal(.member).refuseOtherHosts(Principal.example.user) }
        #expect(throws: Common.forbidden) { try principal(.member).refuseOtherHosts(LinkHost.example.id) }
        #expect(throws: Never.self) { try principal(.admin).refuseOtherHosts(LinkHost.example.id) }
    }
}
