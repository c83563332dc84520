/// `/api/v1/me`: read and changed by the one reading that the form has.
import Database
import Fakes
import Features
import Testing
import Web

struct ProfileAPITests {
    private func program(_ test: TestSite, _ scopes: [String]) async throws -> Program {
        let key = try await test.operate.addKey(email: "ingrid@example.com", scopes: scopes)
        return Program(site: try test.open(), key: key.text)
    }

    @Test("a patch changes the fields that are sent and no other", arguments: Engine.all)
    func patch(engine: Engine) async throws {
        try await withDatabase(engine) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            let me = try await program(test, ["me.read", "me.write"])
            let before = try await me.call("GET", "/api/v1/me").json
            #expect(before["handle"] == .null && before["picture"] == .null && before["clock"] == "24")
            #expect(before["notifications"]?["booked"]?["mail"] == true)

            let changed = try await me.call("PATCH", "/api/v1/me", [
                "handle": "ingrid", "text": "Hello", "notifications": ["moved": ["mail": false]],
            ])
            #expect(changed.status == 200 && changed.json["handle"] == "ingrid" && changed.json["text"] == "Hello")
            #expect(changed.json["notifications"]?["moved"]?["mail"] == false)
            #expect(changed.json["notifications"]?["booked"]?["mail"] == true)
            #expect(changed.json["name"] == before["name"] && changed.json["timezone"] == before["timezone"])
            #expect(try await me.call("GET", "/api/v1/me").json == changed.json)
            let cleared = try await me.call("PATCH", "/api/v1/me", ["handle": .null])
            #expect(cleared.json["handle"] == .null && cleared.json["text"] == "Hello")
        }
    }

    @Test("what cannot be is refused with its field, and nothing is changed", arguments: [
        ("name", ""), ("name", 7), ("handle", "A b"), ("handle", "admin"), ("timezone", "Mars/Olympus"),
        ("clock", "13"), ("clock", 24), ("language", "xx"), ("language", "en-XB"), ("text", ["a"]),
        ("picture", "x"), ("email", "a@b.example"),
        ("notifications.booked.mail", "yes"), ("notifications.booked.fax", true),
    ] as [(String, JSON)])
    func refused(field: String, value: JSON) async throws {
        try await withDatabase(.sqlite) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            let me = try await program(test, ["me.read", "me.write"])
            let body = field.split(separator: ".").reversed().reduce(value) { .object([(String($1), $0)]) }
            let answer = try await me.call("PATCH", "/api/v1/me", body)
            #expect(answer.status == 422)
            let fields = answer.json["errors"]?.array?.compactMap { $0["field"]?.string } ?? []
            #expect(fields.contains(field), "\(answer.json.text)")
            #expect(try await me.call("GET", "/api/v1/me").json["handle"] == .null)
        }
    }

    @Test("a key that only reads changes nothing")
    func scopes() async throws {
        try await withDatabase(.sqlite) { database in
            let test = try TestSite(database)
            try await test.addPerson()
            let me = try await program(test, ["me.read"])
            #expect(try await me.call("PATCH", "/api/v1/me", ["text": "x"]).status == 403)
        }
    }
}
