/// From stored rows to the engine's question: everybody who asks about times asks the same question.
import Database
import Fakes
import Scheduling
import Testing

@testable import Features

struct OfferedTimesTests {
    @Test("the day's grid is offered as the working hours say", arguments: Engine.all)
    func grid(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let wanted = (0..<16).map { stage.at(9, $0 * 30) }
            let listed = try await stage.free()
            #expect(listed == wanted)
            #expect(try await stage.free(day: 5).isEmpty)
            #expect(try await stage.free(day: 6).isEmpty)
            #expect(try await stage.free(day: 7) == wanted.map { $0.adding(days: 7) })
        }
    }

    @Test("what another link has taken of the same host is not offered here", arguments: Engine.all)
    func otherLink(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let long = try await stage.makeLink("long") { $0.duration = 120 }
            let bobs = try await stage.makeLink("bobs", host: stage.bob)
            try await stage.book(stage.at(9), on: long)
            #expect(try await stage.free().first == stage.at(11))
            #expect(try await stage.free(bobs).first == stage.at(9))
        }
    }

    @Test("a person who is busy in another workspace is busy here, without a word about why", arguments: Engine.all)
    func acrossWorkspaces(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let elsewhere = try await stage.neighbour()
            let row = LedgerRow(
                id: "led_x", subject: stage.ada.text, workspace: elsewhere.workspace, kind: .booking, ref: "bk_x",
                claim: "bk_x", starts: stage.at(9), ends: stage.at(10))
            try await stage.database.write(elsewhere.scope) { tx in try tx.add([row]) }
            #expect(try await stage.free().first == stage.at(10))
            #expect(try await refusal { try await stage.book(stage.at(9)) }?.code == "slot_taken")
        }
    }

    @Test("busy time just outside the range still keeps its distance inside it", arguments: Engine.all)
    func reach(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let wide = try await stage.makeLink("wide") { ($0.bufferBefore, $0.bufferAfter) = (480, 480) }
            try await stage.book(stage.at(9))
            // 9:30 plus eight hours is beyond the day's end.
            #expect(try await stage.free(wide).isEmpty)
            #expect(try await stage.free(wide, day: 1).first == stage.at(9, day: 1))
            try await stage.book(stage.at(12, day: 2), on: wide)
            #expect(try await stage.free(day: 2).isEmpty)
        }
    }

    @Test("listing and booking say the same of every minute of a day", arguments: Engine.all)
    func agree(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let link = try await stage.makeLink("odd") {
                ($0.duration, $0.step, $0.offset, $0.align, $0.bufferBefore) = (25, 35, 10, 15, 10)
            }
            try await stage.book(stage.at(11), on: stage.link)
            _ = try await stage.hold(stage.at(14), on: stage.link)
            let listed = Set(try await stage.free(link))
            let (scope, now, zones) = (stage.scope, stage.world.now, stage.zones)
            let bookable = try await stage.database.read(scope) { tx in
                try (0..<288).map { stage.at(0, $0 * 5) }.filter { start in
                    try OfferedTimes(
                        link: link, from: start, to: start.adding(minutes: 25), now: now, zones: zones, scope: scope,
                        in: tx
                    ).refusal(at: start) == nil
                }
            }
            #expect(Set(bookable) == listed && !listed.isEmpty)
        }
    }

    @Test("the nearest times stand on both sides of the wanted one, in order", arguments: Engine.all)
    func nearest(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let (link, scope, now, zones) = (stage.link, stage.scope, stage.world.now, stage.zones)
            func nearest(_ start: Instant, _ limit: Int) async throws -> [Instant] {
                try await stage.database.read(scope) { tx in
                    try OfferedTimes(
                        link: link, from: start.adding(days: -8), to: start.adding(days: 8), now: now, zones: zones,
                        scope: scope, in: tx
                    ).nearest(to: start, limit: limit)
                }
            }
            let three = try await nearest(stage.at(12, 10), 3)
            #expect(three == [stage.at(11, 30), stage.at(12), stage.at(12, 30)])
            #expect(try await nearest(stage.at(12, day: 5), 2).contains(stage.at(16, 30, day: 4)))
            #expect(try await nearest(stage.at(9, day: -1), 1) == [stage.at(9)])
        }
    }

    @Test("a schedule that is gone or whose zone is unknown offers nothing and says not found", arguments: Engine.all)
    func lost(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            _ = try await stage.database.writeUnscoped { tx in try tx.run("UPDATE schedule SET zone = 'Gone/Away'") }
            await #expect(throws: LinkRefusal.notFound) { try await stage.free() }
        }
    }
}
