/// Templates: what they keep, who has a link of them, and what becomes of both, in `LinkTemplateStore` of both engines.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct LinkTemplateTests {
    private func admin(_ stage: Stage) -> Scope { Scope(workspace: stage.workspace, actor: .user(stage.ada)) }

    private func save(_ stage: Stage) -> SaveTemplate { SaveTemplate(stage.installation) }

    private func template(
        _ stage: Stage, locked: Set<LinkSection> = [.identity, .duration, .location, .questions]
    ) async throws -> LinkTemplate {
        try await save(stage).create(
            stage.link.id, TemplateWish(locked: locked, people: [stage.bob]), scope: admin(stage))
    }

    private func link(_ id: ID<Link>, _ stage: Stage) async throws -> Link {
        let scope = stage.scope
        return try await stage.database.read(scope) { tx in try LinkStore.find(id, scope: scope, in: tx) }
            .wanted("link \(id)")
    }

    private func change(
        _ id: ID<Link>, _ stage: Stage, by user: ID<User>? = nil,
        _ change: @escaping @Sendable (inout LinkRules) -> Void
    ) async throws -> Link {
        let scope = Scope(workspace: stage.workspace, actor: .user(user ?? stage.ada))
        return try await SaveLink(stage.installation).update(id, version: nil, scope: scope) { link in
            var wish = LinkWish(rules: link.rules)
            change(&wish.rules)
            return wish
        }
    }

    @Test("everybody who is named gets a link like the template, at an address and with hours of their own",
          arguments: Engine.all)
    func gives(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let made = try #require(try await template(stage).managed.first)
            #expect(made.user == stage.bob && made.slug == "intro-bob-osei")
            let own = try await link(made.link, stage)
            #expect(own.hosts.map(\.id) == [stage.bob] && own.rules.title == "Introduction" && own.rules.active)
            #expect(own.questions.map(\.label) == stage.link.questions.map(\.label))
            #expect(own.questions.map(\.id) != stage.link.questions.map(\.id) && own.schedule != stage.link.schedule)
            #expect(try await stage.free(own, day: 0).isEmpty == false)
        }
    }

    @Test("what is locked follows the template in the same transaction, what is free stays its host's",
          arguments: Engine.all)
    func follows(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let made = try #require(try await template(stage).managed.first)
            let own = try await change(made.link, stage, by: stage.bob) {
                $0.notice = MinimumNotice(value: 3, unit: .day)
            }
            _ = try await change(stage.link.id, stage) { rules in
                (rules.title, rules.duration) = ("Second talk", 45)
                rules.notice = MinimumNotice(value: 1, unit: .hour)
            }
            let followed = try await link(made.link, stage)
            #expect(followed.rules.title == "Second talk" && followed.rules.duration == 45)
            #expect(followed.rules.notice == own.rules.notice && followed.rules.slug == own.rules.slug)
            #expect(followed.version == own.version + 1 && followed.questions.map(\.id) == own.questions.map(\.id))
            // What no lock holds makes no new version.
            _ = try await change(stage.link.id, stage) { $0.notice = MinimumNotice(value: 2, unit: .hour) }
            #expect(try await link(made.link, stage).version == followed.version)
        }
    }

    @Test("a locked section is refused to its host and to admins, by name, and nothing is stored",
          arguments: Engine.all)
    func refuses(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let made = try #require(try await template(stage).managed.first)
            for user in [stage.ada, stage.bob] {
                let refusal = await #expect(throws: TemplateRefusal.self) {
                    _ = try await change(made.link, stage, by: user) { $0.duration = 60 }
                }
                #expect(refusal?.code == "section_locked" && refusal?.status == 409)
                #expect(refusal?.members.first?.1 == "duration")
            }
            await #expect(throws: TemplateRefusal.self) {
                _ = try await change(stage.link.id, stage) { $0.kind = .collective }
            }
            let scope = admin(stage)
            await #expect(throws: TemplateRefusal.self) {
                try await DeleteLink(stage.installation)(made.link, scope: scope)
            }
            #expect(try await link(made.link, stage).version == 1)
            for id in [stage.link.id, made.link] {
                await #expect(throws: TemplateRefusal.self) {
                    _ = try await save(stage).create(id, TemplateWish(), scope: scope)
                }
            }
        }
    }

    @Test("locking a section brings every link in line, whatever its host had made of it", arguments: Engine.all)
    func locks(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let template = try await template(stage, locked: [])
            let made = try #require(template.managed.first)
            _ = try await change(made.link, stage, by: stage.bob) { rules in
                (rules.duration, rules.title) = (60, "Mine")
                rules.seats.capacity = 1
            }
            let seen = try await link(made.link, stage)
            let change = TemplateChange([seen], becoming: stage.link, locked: [.duration])
            #expect(change.count == 1 && change.differences.map(\.after) == ["30"])
            #expect(change.differences.map(\.before) == ["60"])
            let scope = admin(stage)
            _ = try await save(stage).update(stage.link.id, TemplateWish(locked: [.duration]), scope: scope)
            let own = try await link(made.link, stage)
            #expect(own.rules.duration == 30 && own.rules.title == "Mine")
            var late = TemplateWish(locked: [])
            late.version = 1
            await #expect(throws: Common.self) {
                _ = try await save(stage).update(stage.link.id, late, scope: scope)
            }
        }
    }

    @Test("whoever is taken off keeps the link, unlocked; so do all when the template or its link goes",
          arguments: Engine.all)
    func detaches(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (scope, bob) = (admin(stage), stage.bob)
            let first = try #require(try await template(stage).managed.first)
            let off = try await save(stage).update(stage.link.id, TemplateWish(people: []), scope: scope)
            #expect(off.managed.isEmpty)
            #expect(try await change(first.link, stage, by: bob) { $0.duration = 60 }.rules.duration == 60)
            let again = try await save(stage).update(stage.link.id, TemplateWish(people: [bob]), scope: scope)
            let second = try #require(again.managed.first)
            #expect(second.link != first.link && second.slug == "intro-bob-osei-2")
            try await save(stage).delete(stage.link.id, scope: scope)
            #expect(try await change(second.link, stage, by: bob) { $0.duration = 60 }.rules.duration == 60)
            await #expect(throws: LinkRefusal.self) { try await save(stage).delete(stage.link.id, scope: scope) }

            let third = try #require(try await template(stage).managed.first)
            try await DeleteLink(stage.installation)(stage.link.id, scope: scope)
            #expect(try await change(third.link, stage, by: bob) { $0.duration = 60 }.rules.duration == 60)
            let count = try await stage.database.read(scope) { tx in try LinkTemplateStore.count(scope: scope, in: tx) }
            #expect(count == 0)
        }
    }

    @Test("people and links of elsewhere are unknown here", arguments: Engine.all)
    func keepsApart(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let other = try await stage.neighbour()
            _ = try await template(stage)
            await #expect(throws: Invalid.self) {
                _ = try await save(stage).update(
                    stage.link.id, TemplateWish(people: [other.user]), scope: admin(stage))
            }
            await #expect(throws: LinkRefusal.self) {
                _ = try await save(stage).update(stage.link.id, TemplateWish(locked: []), scope: other.scope)
            }
            let seen = try await stage.database.read(other.scope) { tx in
                try LinkTemplateStore.all(scope: other.scope, in: tx)
            }
            #expect(seen.isEmpty)
        }
    }

    @Test("whoever joins gets a link of the templates that say so, once", arguments: Engine.all)
    func givesNew(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let scope = admin(stage)
            _ = try await save(stage).create(stage.link.id, TemplateWish(givesNew: true), scope: scope)
            let save = save(stage)
            for _ in 1...2 {
                try await stage.database.write(scope) { tx in try save.giveToNew(stage.bob, scope: scope, in: tx) }
            }
            let found = try await stage.database.read(scope) { tx in
                try LinkTemplateStore.find(stage.link.id, scope: scope, in: tx)
            }
            #expect(found?.managed.map(\.user) == [stage.bob])
        }
    }

    @Test("every field of the rules is in exactly one section or is each link's own")
    func sections() {
        var other = LinkRules(title: "Other", slug: "other")
        (other.description, other.duration, other.step, other.align, other.offset) = ("x", 45, 15, 15, 5)
        (other.bufferBefore, other.bufferAfter) = (5, 10)
        (other.notice, other.window) = (MinimumNotice(value: 1, unit: .day), .rollingDays(3))
        other.locations = [Location(kind: .address, text: "Here")]
        (other.access.mostGuests, other.changes.attendeeMoves, other.look.colour) = (1, false, "#123456")
        (other.rhythm.otherLengths, other.rhythm.gapRule, other.rhythm.travelBefore) = ([60], .sum, 10)
        (other.rhythm.travelAfter, other.rhythm.firstOfDay, other.rhythm.besideFirst) = (10, true, true)
        other.rhythm.bookerHours = Schedule.defaultWeekly
        other.rhythm.limits = [Limit(.link, per: .day, count: 1)]
        (other.approval.isRequired, other.door.verifiesEmail, other.seats.capacity) = (true, true, 4)
        (other.series, other.waitlist.isOn) = (LinkSeries(), true)
        other.needs = [LinkNeed([])]
        var rules = LinkRules(title: "", slug: "own")
        for section in LinkSection.allCases {
            let before = rules
            section.copy(from: other, to: &rules)
            #expect(section == .questions || rules != before, "\(section)")
        }
        other.slug = "own"
        #expect(rules == other)
    }
}
