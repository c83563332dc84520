/// What a template keeps meets what its hosts keep: whose it is to change, and which half gives way to the other.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct TemplateMixTests {
    private func scope(_ stage: Stage, _ user: ID<User>) -> Scope {
        Scope(workspace: stage.workspace, actor: .user(user))
    }

    private func save(_ stage: Stage) -> SaveTemplate { SaveTemplate(stage.installation) }

    /// A template, and Bob's link made from it.
    private func template(
        _ stage: Stage, of link: Link? = nil, locked: Set<LinkSection>
    ) async throws -> (template: Link, made: Link) {
        let link = link ?? stage.link
        let template = try await save(stage).create(
            link.id, TemplateWish(locked: locked, people: [stage.bob]), scope: scope(stage, stage.ada))
        return (link, try await find(try template.managed.first.wanted("link").link, stage))
    }

    private func find(_ id: ID<Link>, _ stage: Stage) async throws -> Link {
        let scope = stage.scope
        return try await stage.database.read(scope) { tx in try LinkStore.find(id, scope: scope, in: tx) }
            .wanted("link \(id)")
    }

    private func change(
        _ link: Link, _ stage: Stage, by user: ID<User>, _ change: @escaping @Sendable (inout LinkRules) -> Void
    ) async throws {
        let scope = scope(stage, user)
        _ = try await SaveLink(stage.installation).update(link.id, version: nil, scope: scope) { link in
            var wish = LinkWish(rules: link.rules)
            change(&wish.rules)
            return wish
        }
    }

    private func lock(_ sections: Set<LinkSection>, _ link: Link, _ stage: Stage) async throws {
        let scope = scope(stage, stage.ada)
        _ = try await save(stage).update(link.id, TemplateWish(locked: sections), scope: scope)
    }

    private func actions(_ stage: Stage) async throws -> [AuditAction] {
        let scope = stage.scope
        return try await stage.database.read(scope) { tx in
            try AuditStore.rows(AuditFilter(), scope: scope, in: tx).compactMap(\.action)
        }
    }

    @Test("a member whose own link is a template changes nothing that it keeps, and does not delete it",
          arguments: Engine.all)
    func ofMember(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let own = try await stage.makeLink("bobs", host: stage.bob)
            let admin = scope(stage, stage.ada)
            let made = try await save(stage).create(
                own.id, TemplateWish(locked: [.duration], people: [stage.ada]), scope: admin)
            let others = try await find(try made.managed.first.wanted("link").link, stage)
            let refusal = await #expect(throws: TemplateRefusal.self) {
                try await change(own, stage, by: stage.bob) { $0.duration = 60 }
            }
            #expect(refusal?.code == "section_locked")
            let bobs = scope(stage, stage.bob)
            let kept = await #expect(throws: TemplateRefusal.self) {
                try await DeleteLink(stage.installation)(own.id, scope: bobs)
            }
            #expect(kept?.code == "link_managed")
            #expect(try await find(others.id, stage).rules.duration == 30)
            // The rest stays theirs, and so does all of it for an admin.
            try await change(own, stage, by: stage.bob) { $0.title = "Mine" }
            let bob = try Visitor(stage, who: "bob")
            let page = await bob.get("/settings/booking-links/\(own.id)").text
            #expect(page.contains("<fieldset class=\"stack kept\" disabled>"))
            #expect(!page.contains("/calendar/admin/managed-links/"))
            try await change(own, stage, by: stage.ada) { $0.duration = 60 }
            #expect(try await find(others.id, stage).rules.duration == 60)
            let patched = await bob.call("PATCH", "/api/v1/links/\(own.id)", ["durationMinutes": 45])
            #expect(patched.status == 409 && patched.json["section"] == "duration")
            try await DeleteLink(stage.installation)(own.id, scope: admin)
        }
    }

    @Test("whoever joins gets a link although its room is deleted or has become too small", arguments: Engine.all)
    func joins(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (admin, bob) = (scope(stage, stage.ada), stage.bob)
            let gone = try await stage.makeRoom("Gone"), small = try await stage.makeRoom("Small", seats: 4)
            let first = try await stage.makeLink("gone") { $0.needs = [LinkNeed([gone.id])] }
            let second = try await stage.makeLink("small") { rules in
                rules.needs = [LinkNeed([small.id])]
                rules.seats.capacity = 4
            }
            for link in [first, second] {
                _ = try await save(stage).create(link.id, TemplateWish(givesNew: true), scope: admin)
            }
            try await SaveResource(stage.installation).delete(gone.id, scope: admin)
            _ = try await SaveResource(stage.installation).update(small.id, scope: admin) { room in
                var room = room
                room.seats = 2
                return room
            }
            let save = save(stage)
            try await stage.database.write(admin) { tx in try save.giveToNew(bob, scope: admin, in: tx) }
            for link in [first, second] {
                let found = try await stage.database.read(admin) { tx in
                    try LinkTemplateStore.find(link.id, scope: admin, in: tx)
                }
                #expect(found?.managed.map(\.user) == [bob])
            }
        }
    }

    @Test("a limit in minutes never closes a link whose own length is longer: the free half gives way",
          arguments: Engine.all)
    func lengths(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let short = try await stage.makeLink("short") {
                $0.rhythm.limits = [Limit(.link, per: .day, minutes: 40)]
            }
            let (_, made) = try await template(stage, of: short, locked: [])
            try await change(made, stage, by: stage.bob) { rules in
                (rules.duration, rules.rhythm.limits) = (60, [])
            }
            try await lock([.limits], short, stage)
            let followed = try await find(made.id, stage)
            #expect(followed.rules.rhythm.limits == short.rules.rhythm.limits && followed.rules.duration == 30)

            let long = try await stage.makeLink("long") { $0.duration = 60 }
            let (_, other) = try await template(stage, of: long, locked: [])
            try await change(other, stage, by: stage.bob) { rules in
                (rules.duration, rules.rhythm.limits) = (20, [Limit(.link, per: .day, minutes: 40)])
            }
            try await lock([.duration], long, stage)
            let mirrored = try await find(other.id, stage)
            #expect(mirrored.rules.duration == 60 && mirrored.rules.rhythm.limits.isEmpty)
        }
    }

    @Test("one host's own small room, or many places, give way to the template's and refuse nobody's link",
          arguments: Engine.all)
    func rooms(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let small = try await stage.makeRoom("Small", seats: 2)
            let (template, made) = try await template(stage, locked: [.policy])
            try await change(made, stage, by: stage.bob) { $0.needs = [LinkNeed([small.id])] }
            try await change(template, stage, by: stage.ada) { $0.seats.capacity = 5 }
            let followed = try await find(made.id, stage)
            #expect(followed.rules.seats.capacity == 5 && followed.rules.needs.isEmpty)

            let (other, second) = try await self.template(
                stage, of: try await stage.makeLink("other"), locked: [.location])
            try await change(second, stage, by: stage.bob) { $0.seats.capacity = 5 }
            try await change(other, stage, by: stage.ada) { $0.needs = [LinkNeed([small.id])] }
            let mirrored = try await find(second.id, stage)
            #expect(mirrored.rules.seats.capacity == 1 && mirrored.rules.needs == [LinkNeed([small.id])])
        }
    }

    @Test("the zone of the page is locked with the part of the editor in which it stands")
    func zone() {
        var source = LinkRules(title: "", slug: "x")
        source.look.locksZone = true
        var rules = LinkRules(title: "", slug: "x")
        LinkSection.branding.copy(from: source, to: &rules)
        #expect(!rules.look.locksZone)
        LinkSection.policy.copy(from: source, to: &rules)
        #expect(rules.look.locksZone)
    }

    @Test("what was confirmed is what was shown: a change of it is shown again", arguments: Engine.all)
    func confirmed(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (template, made) = try await template(stage, locked: [])
            let ada = try Visitor(stage, who: "ada")
            let page = "/calendar/admin/managed-links/\(template.id)"
            let wish = [("locked", "identity"), ("userIds", stage.bob.text)]
            try await change(made, stage, by: stage.bob) { $0.title = "First" }
            let asked = await ada.post(page, pairs: wish)
            let seen = try asked.field("confirmed").wanted("confirmed")
            #expect(asked.text.contains("<bdi>First</bdi>"))
            try await change(made, stage, by: stage.bob) { $0.title = "Second" }
            let again = await ada.post(page, pairs: wish + [("confirmed", seen)])
            #expect(again.status == 200 && again.text.contains("<bdi>Second</bdi>"))
            #expect(try await find(made.id, stage).rules.title == "Second")
            let now = try again.field("confirmed").wanted("confirmed")
            #expect(await ada.post(page, pairs: wish + [("confirmed", now)]).status == 303)
            #expect(try await find(made.id, stage).rules.title == "Introduction")
        }
    }

    @Test("the log names each link that was made, changed or let go", arguments: Engine.all)
    func logged(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (template, made) = try await template(stage, locked: [.duration])
            #expect(try await actions(stage).count { $0 == .linkMade } == 2)
            try await change(template, stage, by: stage.ada) { $0.duration = 45 }
            #expect(try await actions(stage).count { $0 == .linkChanged } == 2)
            let (heir, admin) = (stage.ada, scope(stage, stage.ada))
            _ = try await SaveLink(stage.installation).update(
                made.id, version: nil, handingOver: true, scope: admin) { link in
                var wish = LinkWish(rules: link.rules)
                wish.hosts = [HostWish(heir)]
                return wish
            }
            #expect(try await actions(stage).contains(.templateChanged))
        }
    }
}
