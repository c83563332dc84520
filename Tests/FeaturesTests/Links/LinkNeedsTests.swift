/// What links need beside their hosts: read, kept and told.
import Database
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Needs of links")
struct LinkNeedsTests {
    private let entropy = Entropy.seeded(1)
    private let ids = (0..<4).map {
        ID<BookableResource>(milliseconds: 1, random: [UInt8](repeating: UInt8($0), count: 10))
    }

    private func read(_ resources: JSON) -> (needs: [LinkNeed]?, errors: [String]) {
        var fields = Fields(json: ["title": "Intro", "resources": resources])
        let wish = try? LinkReading.read(&fields, over: nil, entropy: entropy)
        try? fields.finish()
        return (wish?.rules.needs, fields.errors.map { "\($0.field) \($0.code)" })
    }

    @Test("each need is one of some resources, required unless it is said otherwise, and none is named twice")
    func json() {
        let (a, b) = (JSON.string(ids[0].text), JSON.string(ids[1].text))
        let good = read([["oneOf": [b, a]], ["required": false, "oneOf": [.string(ids[2].text)]]])
        #expect(good.errors == [])
        #expect(good.needs == [LinkNeed([ids[1], ids[0]]), LinkNeed([ids[2]], isRequired: false)])
        let bad: [(JSON, String)] = [
            ([["oneOf": []]], "resources.0.oneOf missing"), ([[:]], "resources.0.oneOf missing"),
            ([["oneOf": ["usr_1"]]], "resources.0.oneOf invalid"), ([["oneOf": [a, a]]], "resources.0.oneOf invalid"),
            ([["oneOf": [a]], ["oneOf": [b, a]]], "resources.1.oneOf invalid"), ("x", "resources invalid"),
            ([["oneOf": [a], "required": "yes"]], "resources.0.required invalid"),
            ([["oneOf": [a], "seats": 2]], "resources.0.seats unknown"),
            (.array((0...8).map { _ in ["oneOf": [a]] }), "resources too_many"),
        ]
        for (json, error) in bad { #expect(read(json).errors.first == error) }
    }

    @Test("the form says for each resource to which group it belongs, and keeps the order a group had")
    func form() {
        let stored = [LinkNeed([ids[1], ids[0]]), LinkNeed([ids[3]], isRequired: false)]
        let values = NeedFields.values(stored)
        let form = FormData(values.sorted { $0.key < $1.key }.map { ($0.key, $0.value) } + [("need.x", "r1")])
        #expect(NeedFields.needs(form, keeping: stored) == stored)
        #expect(NeedFields.needs(form, keeping: [])?.map(\.oneOf.count) == [2, 1])
        #expect(NeedFields.needs(FormData([("title", "x")]), keeping: stored) == nil)
        let none = FormData(values.map { ($0.key, "") })
        #expect(NeedFields.needs(none, keeping: stored) == [])
    }

    @Test("LinkNeedStore keeps them in their order, told as they were sent", arguments: Engine.all)
    func saved(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let rooms = [try await stage.makeRoom("A"), try await stage.makeRoom("B"), try await stage.makeRoom("C")]
            let needs = [LinkNeed([rooms[2].id, rooms[0].id]), LinkNeed([rooms[1].id], isRequired: false)]
            let link = try await stage.makeLink("rooms") { $0.needs = needs }
            let found = try await stage.find(link)
            #expect(found.rules.needs == needs)
            let scope = stage.scope
            let stored = try await stage.database.read(scope) { tx in
                try LinkNeedStore.all(of: [link.id, stage.link.id], scope: scope, in: tx)
            }
            #expect(stored == [link.id: needs])
            let json = LinkJSON(found).full["resources"]
            #expect(json?[0]?["oneOf"]?[0]?.string == rooms[2].id.text && json?[1]?["required"]?.bool == false)
            let fewer = try await stage.change(link) { $0.rules.needs = [] }
            #expect(fewer.rules.needs.isEmpty)
        }
    }
}
