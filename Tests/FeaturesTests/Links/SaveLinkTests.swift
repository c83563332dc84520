/// Making and changing links: slugs, hosts, schedules, questions, and two people who save at once.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct SaveLinkTests {
    private func scope(_ stage: Stage) -> Scope { Scope(workspace: stage.workspace, actor: .user(stage.ada)) }

    private func create(
        _ stage: Stage, _ slug: String, _ change: (inout LinkWish) -> Void = { _ in }
    ) async throws -> Link {
        var rules = Stage.rules
        rules.slug = slug
        var wish = LinkWish(rules: rules)
        change(&wish)
        return try await SaveLink(stage.installation).create(wish, host: stage.ada, scope: scope(stage))
    }

    private func update(
        _ stage: Stage, _ link: Link, version: Int? = nil, _ change: @escaping @Sendable (inout LinkWish) -> Void
    ) async throws -> Link {
        try await SaveLink(stage.installation).update(link.id, version: version, scope: scope(stage)) { link in
            var wish = LinkWish(rules: link.rules)
            change(&wish)
            return wish
        }
    }

    private func invalid(_ body: () async throws -> Link) async throws -> Invalid {
        do {
            _ = try await body()
        } catch let invalid as Invalid {
            return invalid
        }
        throw Missing(what: "a refusal")
    }

    private func schedule(_ stage: Stage, of link: Link) async throws -> Schedule {
        let scope = scope(stage)
        return try await stage.database.read(scope) { tx in
            try ScheduleStore.find(link.schedule, scope: scope, in: tx)
        }.wanted("schedule")
    }

    @Test("a link whose host is switched off offers nothing and is not switched on", arguments: Engine.all)
    func absentHost(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await create(stage, "away") { $0.rules.active = false }
            #expect(try await stage.free().contains(stage.at(9)))
            try await stage.database.writeUnscoped { [ada = stage.ada] tx in
                _ = try tx.run("UPDATE member SET state = 'off' WHERE account = \(ada)")
            }
            let refused = try await invalid { try await update(stage, link) { $0.rules.active = true } }
            #expect(refused.fields.map(\.field) == ["active"])
            #expect(try await update(stage, link) { $0.rules.title = "Still off" }.rules.title == "Still off")
            // Those that are on offer none of this host's times either.
            let intro = try await stage.database.read(scope(stage)) { [id = stage.link.id, scope = scope(stage)] tx in
                try LinkStore.find(id, scope: scope, in: tx)
            }.wanted("link")
            #expect(try await stage.free(intro).isEmpty)
            #expect(try await refusal { try await stage.book(stage.at(9)) } != nil)
        }
    }

    @Test("a taken slug is refused with three free ones beside the field", arguments: Engine.all)
    func taken(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let refused = try await invalid { try await create(stage, "intro") }
            #expect(refused.fields.map(\.field) == ["slug"] && refused.fields.map(\.code) == ["taken"])
            let message = refused.fields[0].message
            #expect(message.contains("intro-2, intro-3, intro-"))
            _ = try await create(stage, "intro-2")
            let again = try await invalid { try await create(stage, "intro") }
            #expect(!again.fields[0].message.contains("intro-2,"))
        }
    }

    @Test("a slug made from the title gives way by itself, and is unique over all workspaces", arguments: Engine.all)
    func varies(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            #expect(try await create(stage, "intro") { $0.mayVarySlug = true }.rules.slug == "intro-2")
            let elsewhere = try await stage.neighbour()
            var wish = LinkWish(rules: Stage.rules)
            let refused = try await invalid {
                try await SaveLink(stage.installation).create(wish, host: elsewhere.user, scope: elsewhere.scope)
            }
            #expect(refused.fields.map(\.code) == ["taken"])
            wish.mayVarySlug = true
            let link = try await SaveLink(stage.installation).create(wish, host: elsewhere.user, scope: elsewhere.scope)
            #expect(link.rules.slug == "intro-3")
        }
    }

    @Test("links made at the same moment under one title all get slugs of their own", arguments: Engine.all)
    func race(on engine: Engine) async throws {
        try await Stage.on(engine, ownDatabase: true) { stage in
            let made = try await withThrowingTaskGroup(of: Link.self) { group in
                for _ in 0..<6 { group.addTask { try await create(stage, "intro") { $0.mayVarySlug = true } } }
                return try await group.reduce(into: Set()) { slugs, link in slugs.insert(link.rules.slug) }
            }
            #expect(made == Set((2...7).map { "intro-\($0)" }))
        }
    }

    @Test("keeping one's own slug is no conflict, taking another's is", arguments: Engine.all)
    func ownSlug(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let other = try await create(stage, "other")
            #expect(try await update(stage, other) { $0.rules.title = "New" }.rules.slug == "other")
            let refused = try await invalid { try await update(stage, other) { $0.rules.slug = "intro" } }
            #expect(refused.fields.map(\.code) == ["taken"])
        }
    }

    @Test("whoever saves over a version that has moved on is told so", arguments: Engine.all)
    func conflict(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = stage.link
            let first = try await update(stage, link, version: 1) { $0.rules.title = "First" }
            #expect(first.version == 2 && first.rules.title == "First")
            await #expect(throws: Common.self) {
                _ = try await update(stage, link, version: 1) { $0.rules.title = "Second" }
            }
            #expect(try await update(stage, link, version: 2) { $0.rules.title = "Third" }.version == 3)
            // Without a version the last word counts.
            #expect(try await update(stage, link) { $0.rules.title = "Fourth" }.version == 4)
        }
    }

    @Test("questions keep their ids when they are edited or reordered, and only on their own link",
          arguments: Engine.all)
    func questions(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await create(stage, "q") { wish in
                wish.questions = ["One", "Two", "Three"].map { QuestionWish(kind: .text, label: $0, required: false) }
            }
            let ids = link.questions.map(\.id)
            #expect(Set(ids).count == 3)
            let foreign = stage.question
            let changed = try await update(stage, link) { wish in
                wish.questions = [
                    QuestionWish(id: ids[2], kind: .textarea, label: "Three, longer", required: true),
                    QuestionWish(id: ids[0], kind: .text, label: "One", required: false),
                    QuestionWish(id: nil, kind: .text, label: "New", required: false),
                    QuestionWish(id: foreign, kind: .text, label: "Stolen", required: false),
                    QuestionWish(id: ids[0], kind: .text, label: "Twice", required: false),
                ]
            }
            #expect(changed.questions.map(\.id).prefix(2) == [ids[2], ids[0]])
            #expect(Set(changed.questions.map(\.id)).count == 5)
            #expect(!changed.questions.map(\.id).contains(foreign) && !changed.questions.map(\.id).contains(ids[1]))
            #expect(changed.questions[0].label == "Three, longer" && changed.questions[0].required)
            #expect(try await update(stage, link) { $0.rules.title = "x" }.questions == changed.questions)
        }
    }

    @Test("without hours a link follows its host's working hours, and links share them", arguments: Engine.all)
    func follows(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let usual = try await schedule(stage, of: stage.link)
            #expect(usual.weekly == Schedule.defaultWeekly && usual.zone == "Europe/Berlin" && usual.link == nil)
            #expect(try await create(stage, "second").schedule == usual.id)
        }
    }

    @Test("own hours belong to the link alone, and going back leaves the shared ones as they were",
          arguments: Engine.all)
    func ownHours(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let nights = (0..<7).map { $0 == 1 ? [Window(opens: 1_320, closes: 1_560)] : [] }
            let link = try await create(stage, "night") { $0.hours = nights }
            #expect(try await schedule(stage, of: link).weekly == nights)
            #expect(try await schedule(stage, of: link).link == link.id && link.schedule != stage.link.schedule)
            let mornings = (0..<7).map { _ in [Window(opens: 360, closes: 480)] }
            let changed = try await update(stage, link) { $0.hours = mornings }
            #expect(changed.schedule == link.schedule)
            #expect(try await schedule(stage, of: changed).weekly == mornings)
            let back = try await update(stage, link) { $0.followsSchedule = true }
            #expect(back.schedule == stage.link.schedule)
            #expect(try await schedule(stage, of: back).weekly == Schedule.defaultWeekly)
            #expect(try await update(stage, link) { $0.hours = nights }.schedule == link.schedule)
        }
    }

    @Test("a link that follows a schedule of its host's choice stays with it when it is saved again",
          arguments: Engine.all)
    func staysWithChosen(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (scope, ada, id): (Scope, ID<User>, ID<Schedule>) = (scope(stage), stage.ada, stage.world.id())
            let second = Schedule(id: id, name: "Evenings", zone: "Europe/Berlin", weekly: Schedule.defaultWeekly)
            try await stage.database.write(scope) { tx in
                try ScheduleStore.insert(second, account: ada, scope: scope, now: monday.adding(days: 1), in: tx)
            }
            let chosen = try await update(stage, stage.link) { $0.schedule = id }
            #expect(chosen.schedule == id)
            // The form always says “my working hours” for a link without hours of its own.
            #expect(try await update(stage, chosen) { $0.followsSchedule = true }.schedule == id)
        }
    }

    @Test("schedules and hosts of elsewhere are refused beside their fields", arguments: Engine.all)
    func elsewhere(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let elsewhere = try await stage.neighbour()
            var wish = LinkWish(rules: Stage.rules)
            wish.rules.slug = "theirs"
            let theirs = try await SaveLink(stage.installation).create(wish, host: elsewhere.user,
                scope: elsewhere.scope)
            let bobs = try await stage.makeLink("bobs", host: stage.bob)
            for schedule in [theirs.schedule, bobs.schedule, stage.world.id()] {
                let refused = try await invalid { try await create(stage, "x") { $0.schedule = schedule } }
                #expect(refused.fields.map(\.field) == ["scheduleId"])
                let changed = try await invalid { try await update(stage, stage.link) { $0.schedule = schedule } }
                #expect(changed.fields.map(\.field) == ["scheduleId"])
            }
            for host in [elsewhere.user, stage.world.id()] {
                let refused = try await invalid { try await create(stage, "x") { $0.host = host } }
                #expect(refused.fields.map(\.field) == ["hosts.0.userId"])
            }
            await #expect(throws: LinkRefusal.notFound) { _ = try await update(stage, theirs) { $0.rules.title = "x" } }
        }
    }

    @Test("a wish for another host is never silently dropped", arguments: Engine.all)
    func otherHost(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let bob = stage.bob
            #expect(try await create(stage, "bobs") { $0.host = bob }.hosts.map(\.id) == [bob])
            let refused = try await invalid { try await update(stage, stage.link) { $0.host = bob } }
            #expect(refused.fields.map(\.field) == ["hosts.0.userId"])
            let ada = stage.ada
            #expect(try await update(stage, stage.link) { $0.host = ada }.version == 2)
        }
    }
}
