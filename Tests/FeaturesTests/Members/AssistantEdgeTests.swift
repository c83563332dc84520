/// What an assistant must not get by a way round: by a key, by another workspace, by a role, by their own name.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

@Suite("Assistants at their edges")
struct AssistantEdgeTests {
    private func key(_ member: Member, _ scopes: Set<Permission>, _ stage: Stage) -> Principal {
        let all = Permission.granted(to: member.role)
        return Principal(
            kind: .key("key"), workspace: stage.workspace, workspaceName: "Nordhavn", user: member.account.id,
            name: member.account.name, permissions: all.intersection(scopes.union([.everybody, .readEverybody])))
    }

    @Test("a key names nobody who could do more than it, and nobody for others without a scope for that",
          arguments: Engine.all)
    func keys(on engine: Engine) async throws {
        try await AssistantStage.on(engine) { place in
            let (stage, use) = (place.stage, NameAssistant(place.stage.installation))
            let (dan, given) = (place.dan.account.id, NameAssistant.given)
            for scope in given {
                let weak = key(place.cleo, given.union([.meWrite]).subtracting([scope]), stage)
                await #expect(throws: Common.forbidden) { try await use(dan, of: place.cleo.account.id, by: weak) }
            }
            _ = try await use(dan, of: place.cleo.account.id, by: key(place.cleo, given, stage))
            let admin = try await stage.member("Amir Admin", role: .admin)
            await #expect(throws: Common.notFound) {
                try await use(dan, of: stage.bob, by: key(admin, given.union([.meWrite]), stage))
            }
            _ = try await use(dan, of: stage.bob, by: key(admin, given.union([.membersWrite]), stage))
        }
    }

    @Test("what somebody wrote down in another workspace is shown to them alone", arguments: Engine.all)
    func elsewhere(on engine: Engine) async throws {
        try await AssistantStage.on(engine) { place in
            let (stage, other) = (place.stage, try await place.stage.neighbour())
            let now = stage.world.now
            let today = Zone.utc.local(at: now).date
            var made = TimeAway(
                id: stage.world.id(), user: stage.bob, kind: .trip, from: today.adding(days: 3),
                to: today.adding(days: 5))
            made.zone = "Asia/Tokyo"
            let away = made
            try await stage.database.write(other.scope) { tx in
                try AccountStore.addMember(
                    stage.bob, role: .member, workspace: other.scope.workspace, now: now, in: tx)
                try TimeAwayStore.insert(away, scope: other.scope, now: now, in: tx)
            }
            let bob = place.visitor.asked(by: "bob")
            // Words of the list; the choice of zones names all of them.
            #expect(await bob.get("/calendar/schedules/away").text.contains("in another workspace"))
            let page = await place.visitor.get("/calendar/schedules/away?of=\(stage.bob)")
            #expect(page.status == 200 && !page.text.contains("in another workspace"))
        }
    }

    @Test("whoever is made a viewer acts for nobody, also when they are a member again", arguments: Engine.all)
    func viewers(on engine: Engine) async throws {
        try await AssistantStage.on(engine) { place in
            let (stage, scope, cleo) = (place.stage, place.stage.scope, place.cleo.account.id)
            let viewer = Member(
                account: place.cleo.account, workspace: stage.workspace, workspaceName: "Nordhavn", role: .viewer)
            let seen = try await stage.database.lookUp { try AccountStore.assisted(by: viewer, in: $0) }
            #expect(seen.isEmpty)
            for role in [Role.viewer, .member] {
                _ = try await stage.database.write(scope) { tx in
                    try MemberStore.set(role: role, grants: [], of: cleo, scope: scope, in: tx)
                }
            }
            #expect(try await place.assistants().isEmpty)

            let vera = try await stage.member("Vera Viewer", role: .viewer)
            await #expect(throws: AssistantRefusal.viewing) {
                try await NameAssistant(stage.installation)(cleo, of: vera.account.id, by: stage.principal(vera))
            }
        }
    }

    @Test("a block made for somebody is theirs to lift", arguments: Engine.all)
    func blocks(on engine: Engine) async throws {
        try await AssistantStage.on(engine) { place in
            let pressed = await place.visitor.post("/calendar/bookings/\(place.bobs.booking)/spam", ["who": "address"])
            #expect(pressed.status == 303)
            #expect(await place.visitor.asked(by: "bob").get("/calendar/blocked").text.contains("/removal"))
            let bob = try await place.stage.database.lookUp { [place] tx in
                try AccountStore.member(place.stage.bob, workspace: place.stage.workspace, in: tx).wanted("Bob")
            }
            #expect(try await NameAssistant(place.stage.installation).stop(
                place.cleo.account.id, of: place.stage.bob, by: place.stage.principal(bob)))
            #expect(await !place.visitor.get("/calendar/blocked").text.contains("/removal"))
        }
    }

    @Test("what concerns others is done in nobody's place")
    func others() throws {
        let workspace = try ID<Workspace>("ws_06ik8n3kt1s9na525cgmratkuk").wanted("workspace")
        let bob = try ID<User>("usr_06ik8n3kt1s9na525cgmratkuk").wanted("Bob")
        let carol = try ID<User>("usr_06ik8n3kt1s9na525cgmratkug").wanted("Carol")
        let scope = Scope(workspace: workspace, actor: .user(carol), behalf: bob)
        #expect(scope.about([carol, bob]).behalf == bob && scope.about([carol]).behalf == nil)
        #expect(scope.about([carol]).actor == .user(carol) && scope.about([]).workspace == workspace)
    }
}
