/// What waits, and the tokens of hosts, in the database.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct ApprovalStoreTests {
    @Test("a host's token opens in its own row, is one as long as it lives, and afterwards says what was decided",
          arguments: Engine.all)
    func tokens(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.askLink()
            let booked = try await stage.book(stage.at(10, day: 3), on: link)
            let token = try await stage.askToken(booked.id).wanted("token")
            let lookUps = LookUps(database: stage.database)
            #expect(try await lookUps.approvalToken(token) == FoundAsk(
                workspace: stage.workspace, booking: booked.id, host: stage.ada, endedVersion: nil))
            // Another wish of the same booking keeps the address that is in the host's mail.
            try await stage.wish(booked.id, stage.at(12, day: 3))
            #expect(try await stage.askToken(booked.id) == token)
            try await stage.decide(booked.id, .approved)
            #expect(try await stage.askToken(booked.id) == nil)
            #expect(try await lookUps.approvalToken(token)?.endedVersion == 3)
            for other in ["", "x", String(token.dropLast()) + "_", String(repeating: "a", count: 43)] {
                #expect(try await lookUps.approvalToken(other) == nil)
            }
        }
    }

    @Test("the database keeps no token and no wish that is half there", arguments: Engine.all)
    func schema(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.askLink()
            let booked = try await stage.book(stage.at(10, day: 3), on: link)
            let token = try await stage.askToken(booked.id).wanted("token")
            let rows: [[UInt8]] = try await stage.database.lookUp { tx in
                try tx.all("SELECT token_hash, token_sealed FROM approval_token") { row in
                    try row["token_hash"] + row["token_sealed"]
                }
            }
            #expect(rows.count == 1 && !String(decoding: rows[0], as: UTF8.self).contains(token))
            let bad: [SQL] = [
                "UPDATE booking SET answer_by = NULL, kept_starts = 5", "UPDATE booking SET kept_starts = 5",
                "UPDATE booking SET kept_starts = 5, kept_ends = 4", "UPDATE booking SET status = 'confirmed'",
                "UPDATE link SET approval_hours = 169", "UPDATE link SET requires_approval = 2",
            ]
            for statement in bad {
                await #expect(throws: DatabaseError.self) {
                    try await stage.database.write(stage.scope) { tx in
                        try tx.run("\(statement) WHERE workspace = \(stage.workspace)")
                    }
                }
            }
        }
    }
}
