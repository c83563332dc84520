/// Pools of hosts: how they are read, kept, told and shown.
import Database
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Pools of links")
struct LinkPoolsTests {
    private let entropy = Entropy.seeded(1)
    private let ids = (0..<4).map { ID<User>(milliseconds: 1, random: [UInt8](repeating: UInt8($0), count: 10)).text }

    private func errors(_ hosts: JSON, _ pools: JSON, kind: JSON = "multi_host") -> [String] {
        var fields = Fields(json: ["title": "Intro", "kind": kind, "hosts": hosts, "pools": pools])
        _ = try? LinkReading.read(&fields, over: nil, entropy: entropy)
        try? fields.finish()
        return fields.errors.map { "\($0.field) \($0.code)" }
    }

    private func host(_ place: Int, _ more: (String, JSON)...) -> JSON {
        .object([("userId", .string(ids[place]))] + more)
    }

    @Test("a host is fixed or rotating in a pool, and says nothing else")
    func roles() {
        let pools: JSON = [["name": "x", "take": 1]]
        let good: [JSON] = [
            [host(0)], [host(0, ("role", "fixed"))], [host(0, ("pool", "x"))],
            [host(0, ("role", "rotating"), ("pool", "x"), ("weight", 5))],
        ]
        for hosts in good { #expect(errors(hosts, pools) == []) }
        let bad: [(JSON, String)] = [
            ([host(0, ("role", "rotating"))], "hosts.0.pool missing"),
            ([host(0, ("role", "fixed"), ("pool", "x"))], "hosts.0.pool invalid"),
            ([host(0, ("role", "king"))], "hosts.0.role invalid"),
            ([host(0, ("pool", .string(String(repeating: "x", count: 61))))], "hosts.0.pool too_long"),
            ([host(0, ("pool", 5))], "hosts.0.pool invalid"),
        ]
        for (hosts, error) in bad { #expect(errors(hosts, pools) == [error]) }
        #expect(errors([host(0, ("pool", "x"))], [], kind: "round_robin") == ["hosts.0.pool invalid"])
        #expect(errors([host(0)], pools, kind: "collective") == ["pools invalid"])
    }

    @Test("pools have a name of their own each, and a number within bounds")
    func bounds() {
        let bad: [(JSON, String)] = [
            ([["name": "x", "take": 0]], "pools.0.take out_of_range"),
            ([["name": "x", "take": 21]], "pools.0.take out_of_range"),
            ([["name": "x", "take": "all"]], "pools.0.take invalid"), ([["take": 1]], "pools.0.name missing"),
            ([["name": .string(String(repeating: "x", count: 61))]], "pools.0.name too_long"),
            ([["name": "x"], ["name": "X"]], "pools.1.name invalid"), ("x", "pools invalid"),
            ([["name": "x", "size": 1]], "pools.0.size unknown"),
            (.array((0...10).map { ["name": .string("p\($0)")] }), "pools too_many"),
        ]
        for (pools, error) in bad { #expect(errors([host(0)], pools) == [error]) }
        #expect(errors([host(0)], [["name": "x", "take": 20], ["name": "y"]]) == [])
    }

    @Test("the form's empty rows are no pools, and what it sends along with other kinds means nothing")
    func form() throws {
        var form: [(String, String)] = [
            ("title", "Intro"), ("kind", "multi_host"), ("hoursFrom", "schedule"), ("hosts.0.userId", ids[0]),
            ("hosts.0.pool", ""), ("hosts.1.userId", ids[1]), ("hosts.1.pool", "Engineers"),
            ("pools.0.name", "Engineers"), ("pools.0.take", "1"), ("pools.1.name", ""), ("pools.1.take", "2"),
        ]
        let wish = try LinkFormReading(FormData(form), zone: .utc, entropy: entropy).wish.wanted("wish")
        #expect(wish.rules.pools == [LinkPool(name: "Engineers")])
        #expect(wish.hosts?.map(\.pool) == [nil, "Engineers"])
        form[1].1 = "round_robin"
        let other = try LinkFormReading(FormData(form), zone: .utc, entropy: entropy).wish.wanted("wish")
        #expect(other.rules.pools.isEmpty && other.hosts?.map(\.pool) == [nil, nil])
        // A form that does not ask for them leaves them.
        var rules = Stage.rules
        (rules.kind, rules.pools) = (.multiHost, [LinkPool(name: "a", take: 2)])
        let kept = LinkFormReading(FormData(Array(form.prefix(1))), over: rules, zone: .utc, entropy: entropy).wish
        #expect(kept?.rules.pools == rules.pools)
    }

    @Test("LinkPoolStore keeps pools in their order, told as they were sent", arguments: Engine.all)
    func saved(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let more = try await stage.people(3)
            let link = try await stage.makePools(more)
            let found = try await stage.find(link)
            #expect(found == link && found.rules.pools == [LinkPool(name: "y"), LinkPool(name: "x", take: 2)])
            #expect(found.attending.map(\.id) == [stage.ada] && found.hosts(of: "x").map(\.id) == [more[1], more[2]])
            let scope = stage.scope
            let pools = try await stage.database.read(scope) { tx in
                try LinkPoolStore.all(of: [link.id], scope: scope, in: tx)
            }
            #expect(pools == [link.id: found.rules.pools])
            let json = LinkJSON(found).full
            #expect(json["pools"]?.array?.map { $0["take"]?.int } == [1, 2])
            #expect(json["hosts"]?.array?.map { $0["role"]?.string } == ["fixed", "rotating", "rotating", "rotating",
                                                                        "rotating"])
            #expect(json["hosts"]?.array?.map { $0["pool"]?.string } == [nil, "y", "y", "x", "x"])
            #expect(found.hostWords == "Ada Lindqvist, one of the y and two of the x")
            let other = try await stage.change(link) { $0.rules.kind = .collective; $0.rules.pools = [] }
            #expect(other.rules.pools.isEmpty && other.shares.values.allSatisfy { $0.pool == nil })
            #expect(LinkJSON(other).full["pools"] == nil)
        }
    }

    @Test("a pool that cannot be filled, an unknown one and none at all are refused beside their fields",
          arguments: Engine.all)
    func refused(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (ada, bob) = (HostWish(stage.ada), stage.bob)
            let rows: [([HostWish], [LinkPool], [String])] = [
                ([ada, HostWish(bob, pool: "x")], [], ["pools missing"]),
                ([ada, HostWish(bob, pool: "z")], [LinkPool(name: "x")],
                 ["hosts.1.pool invalid", "pools.0.take out_of_range"]),
                ([ada, HostWish(bob, pool: "x")], [LinkPool(name: "x", take: 2)], ["pools.0.take out_of_range"]),
                ([ada, HostWish(bob, pool: "x")], [LinkPool(name: "x"), LinkPool(name: "y")],
                 ["pools.1.take out_of_range"]),
            ]
            for (hosts, pools, errors) in rows {
                let invalid = await #expect(throws: Invalid.self) {
                    _ = try await stage.makeLink("bad", .multiHost, hosts) { $0.pools = pools }
                }
                #expect(invalid?.fields.map { "\($0.field) \($0.code)" } == errors)
            }
            // A change of one half alone is judged with the other.
            let link = try await stage.makeLink("good", .multiHost, [ada, HostWish(bob, pool: "x")]) {
                $0.pools = [LinkPool(name: "x")]
            }
            await #expect(throws: Invalid.self) {
                try await stage.change(link) { $0.rules.pools = [LinkPool(name: "x", take: 2)] }
            }
            await #expect(throws: Invalid.self) { try await stage.change(link) { $0.hosts = [ada] } }
            await #expect(throws: Invalid.self) { try await stage.change(link) { $0.rules.pools = [] } }
            #expect(try await stage.find(link) == link)
        }
    }

    @Test("a pool that is called otherwise keeps what was given to its hosts", arguments: Engine.all)
    func renamed(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makePools(try await stage.people(3))
            try await stage.book(stage.at(9), on: link)
            try await stage.change(link) { wish in
                wish.rules.pools[1].name = "engineers"
                wish.hosts = link.hostWishes.map { host in
                    var host = host
                    if host.pool == "x" { host.pool = "engineers" }
                    return host
                }
            }
            #expect(try await stage.assignments(of: link).map(\.pool) == ["y", "engineers", "engineers"])
        }
    }

    @Test("the editor asks for pools, and a page for attendees names who comes without saying who is free")
    func pages() {
        var link = Link.example
        let bob = LinkHost(id: ID<User>(ids[1]) ?? link.hosts[0].id, name: "Bob", email: "b@x.example", zone: "UTC")
        (link.rules.kind, link.rules.pools) = (.multiHost, [LinkPool(name: "engineers", take: 2)])
        link.hosts.append(bob)
        link.putIntoPools([HostWish(bob.id, pool: "engineers")])
        let filled = LinkFields.filled(link, hasOwnHours: false, zone: .utc)
        var page = LinkEditorPage.example
        (page.filled, page.people) = (filled, LinkPeople(choices: link.hosts, hosts: link.hosts))
        let html = page.html.text
        #expect(html.contains("name=\"pools.0.name\"") && html.contains("name=\"hosts.1.pool\""))
        #expect(html.contains("value=\"engineers\""))
        let shown = LinkIntroduction(link: link, facts: []).html.text
        #expect(shown.contains("two of the engineers") && !shown.contains("Bob"))
    }
}
