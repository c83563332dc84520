/// The sum that a link asks browsers for: ours, for one link, in time, solved, and good for one booking; `ProofStore`.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct ChallengeTests {
    private let path = "/api/v1/public/links/guarded/bookings"

    private func onLink(_ engine: Engine, _ body: (Stage, Link, Visitor) async throws -> Void) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("guarded") { $0.door.botDefence = .proofOfWork }
            try await body(stage, link, try Visitor(stage))
        }
    }

    private func wish(_ stage: Stage, _ hour: Int, proof: JSON? = nil, code: JSON? = nil) -> JSON {
        JSON(present: [
            ("start", .string(stage.at(hour).rfc3339())), ("timezone", "UTC"), ("proof", proof), ("emailCode", code),
            ("attendee", ["name": "Sam", "email": "sam@example.org"]),
        ])
    }

    /// What a browser would find.
    private func solved(_ challenge: JSON?) throws -> String {
        let challenge = try challenge.wanted("challenge")
        let seed = try (challenge["seed"]?.string).wanted("seed")
        let bits = try (challenge["bits"]?.int).wanted("bits")
        let number = Self.number(seed, bits)
        return "\(try (challenge["value"]?.string).wanted("value")):\(number)"
    }

    private static func number(_ seed: String, _ bits: Int) -> Int {
        var number = 0
        while Proof.zeros(sha256(Array("\(seed):\(number)".utf8))) < bits { number += 1 }
        return number
    }

    @Test("a program is told the challenge, solves it and books; the same proof books no second time",
          arguments: Engine.all)
    func byAPI(on engine: Engine) async throws {
        try await onLink(engine) { stage, _, visitor in
            #expect(await visitor.call("GET", "/api/v1/public/links/guarded").json["botDefence"] == "proof_of_work")
            let asked = await visitor.call("POST", path, wish(stage, 9))
            #expect(asked.status == 422 && asked.json["code"] == "proof_of_work_required")
            #expect(asked.problemFields == ["proof"])
            let proof = try solved(asked.json["challenge"])
            let booked = await visitor.call("POST", path, wish(stage, 9, proof: .string(proof)), key: "one")
            #expect(booked.status == 201)
            let again = await visitor.call("POST", path, wish(stage, 9, proof: .string(proof)), key: "one")
            #expect(again.status == 201 && again.json["id"] == booked.json["id"])
            let second = await visitor.call("POST", path, wish(stage, 10, proof: .string(proof)))
            #expect(second.status == 422 && second.json["code"] == "proof_of_work_required")
            let (later, counted) = (stage.world.now.adding(minutes: 10), stage.database)
            let rest = try await counted.writeUnscoped { tx in
                try ProofStore.prune(now: later, in: tx)
                return try tx.one("SELECT count(*) AS n FROM spent_proof") { try $0["n"] as Int }
            }
            #expect(rest == 0)
        }
    }

    @Test("a proof counts for its link, its ten minutes and its number alone")
    func read() async throws {
        try await onLink(.sqlite) { stage, link, visitor in
            let challenge = Challenge(link.id, stage.installation)
            let number = Self.number(challenge.seed, Challenge.bits)
            let good = "\(challenge.text):\(number)"
            #expect(Proof(good, link.id, stage.installation)?.seed == challenge.seed)
            #expect(Proof(good, stage.link.id, stage.installation) == nil)
            var easier = challenge.text.split(separator: ".").map(String.init)
            easier[2] = "1"
            let wrong = [
                "", ":", challenge.text, "\(challenge.text):", "\(challenge.text):\(number + 1)", "\(good):1",
                "\(challenge.text):-1", "\(challenge.text):１", "\(easier.joined(separator: ".")):\(number)",
                "x\(good)", String(repeating: "1", count: 201), "...:1", "a.b.c.d:1", "a.99999999999999.18.d:1",
            ]
            for text in wrong { #expect(Proof(text, link.id, stage.installation) == nil, "\(text)") }
            for bad in [1, "a\u{0007}", .string(String(repeating: "1", count: 201))] as [JSON] {
                let answer = await visitor.call("POST", path, wish(stage, 9, proof: bad))
                #expect(answer.status == 422 && answer.problemFields == ["proof"], "\(bad.text)")
            }
            stage.clock.move(minutes: 10)
            #expect(Proof(good, link.id, stage.installation) == nil)
        }
    }

    @Test("the page carries the challenge; without script the address is proved instead", arguments: Engine.all)
    func onPage(on engine: Engine) async throws {
        try await onLink(engine) { stage, link, visitor in
            let details = await visitor.hold(stage.at(10), on: "guarded")
            #expect(details.text.contains("data-bits=\"18\"") && details.field("proof") == "")
            var form = [
                "form": details.field("form") ?? "", "start": String(stage.at(10).seconds), "timezone": "UTC",
                "attendee.name": "Sam", "attendee.email": "sam@example.org", "proof": "",
            ]
            let asked = await visitor.post("/book/guarded/bookings", form)
            #expect(asked.status == 200 && asked.text.contains("A code is on its way to"))
            let challenge = Challenge(link.id, stage.installation)
            form["proof"] = "\(challenge.text):\(Self.number(challenge.seed, Challenge.bits))"
            let booked = await visitor.post("/book/guarded/bookings", form)
            #expect(booked.status == 303)
            // Another form with the same sum: refused in words, with everything typed and a new sum.
            let more = await visitor.hold(stage.at(11), on: "guarded")
            (form["form"], form["start"]) = (more.field("form"), String(stage.at(11).seconds))
            let spent = await visitor.post("/book/guarded/bookings", form)
            #expect(spent.status == 422 && spent.text.contains("was used before"))
            #expect(spent.field("attendee.name") == "Sam" && spent.text.contains("data-proof="))
        }
    }
}
