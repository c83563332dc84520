/// Profiles in the database: read back as written, handles unique for the whole host, and theirs for good.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct ProfileStoreTests {
    private func profile(_ stage: Stage, _ id: ID<User>) async throws -> Profile {
        try await stage.database.read(stage.scope) { tx in try ProfileStore.find(id, in: tx) }.wanted("profile")
    }

    private func change(
        _ stage: Stage, _ id: ID<User>, scope: Scope? = nil,
        _ change: @escaping @Sendable (inout ProfileWish) -> Void
    ) async throws -> Profile {
        try await SaveProfile(stage.installation)(id, scope: scope ?? stage.scope) { profile in
            var wish = profile.wish
            change(&wish)
            return wish
        }
    }

    @Test("every wish is read back as it was written, and whoever wishes nothing has no page and all mails",
          arguments: Engine.all)
    func roundTrip(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let before = try await profile(stage, stage.ada)
            #expect(before.wish == ProfileWish(
                name: "Ada Lindqvist", zone: "Europe/Berlin", clock: .twentyFour, language: "en", handle: nil,
                text: "", muted: []))
            #expect(before.path == nil && before.picture == nil)

            let wish = ProfileWish(
                name: "Ada O'Brien 長谷川 🦊", zone: "Asia/Tokyo", clock: .twelve, language: "en", handle: "ada-l",
                text: "Two\nlines", muted: [MutedNotice(.booked, .mail), MutedNotice(.cancelled, .mail)])
            let saved = try await SaveProfile(stage.installation)(stage.ada, scope: stage.scope) { _ in wish }
            #expect(saved.wish == wish && saved.workspace == stage.workspace)
            #expect(try await profile(stage, stage.ada).wish == wish)
            #expect(try await profile(stage, stage.bob).wish.name == "Bob Osei")
        }
    }

    @Test("a handle of somebody else, of today or of before, is refused with three free ones", arguments: Engine.all)
    func taken(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            _ = try await change(stage, stage.ada) { $0.handle = "ada" }
            _ = try await change(stage, stage.ada) { $0.handle = "countess" }
            let (_, eve, elsewhere) = try await stage.neighbour()
            for handle in ["countess", "ada"] {
                for (person, scope) in [(stage.bob, stage.scope), (eve, elsewhere)] {
                    let error = await #expect(throws: Invalid.self) {
                        _ = try await change(stage, person, scope: scope) { $0.handle = handle }
                    }
                    let message = error?.fields.first?.message ?? ""
                    #expect(error?.fields.first?.code == "taken" && message.contains("\(handle)-2, \(handle)-3, "))
                }
            }
            // Her own of before she may have again.
            #expect(try await change(stage, stage.ada) { $0.handle = "ada" }.wish.handle == "ada")
        }
    }

    @Test("an old handle leads to the newest one, as long as there is one", arguments: Engine.all)
    func former(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let lookUps = LookUps(database: stage.database)
            for handle in ["one", "two", "three"] { _ = try await change(stage, stage.ada) { $0.handle = handle } }
            #expect(try await lookUps.handle(formerly: "one") == "three")
            #expect(try await lookUps.handle(formerly: "two") == "three")
            #expect(try await lookUps.handle(formerly: "three") == nil)
            #expect(try await lookUps.profile(handle: "three")?.account == stage.ada)
            _ = try await change(stage, stage.ada) { $0.handle = nil }
            #expect(try await lookUps.handle(formerly: "one") == nil)
            #expect(try await lookUps.profile(handle: "three") == nil)
        }
    }

    @Test("saving something else in another workspace does not move the page there", arguments: Engine.all)
    func home(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (other, _, _) = try await stage.neighbour()
            let (ada, now) = (stage.ada, stage.world.now)
            try await stage.database.writeUnscoped { tx in
                try AccountStore.addMember(ada, role: .member, workspace: other, now: now, in: tx)
            }
            let elsewhere = Scope(workspace: other, actor: .user(ada))
            _ = try await change(stage, ada) { $0.handle = "ada" }
            #expect(try await change(stage, ada, scope: elsewhere) { $0.text = "Hello" }.workspace == stage.workspace)
            #expect(try await change(stage, ada, scope: elsewhere) { $0.handle = "ada-2" }.workspace == other)
        }
    }
}
