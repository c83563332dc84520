/// Notes of hosts in the database.
import Database
import Fakes
import Scheduling
import Testing
import Web

@testable import Features

struct BookingNoteStoreTests {
    @Test("notes are read in order, deleted by their author alone, and belong to one workspace", arguments: Engine.all)
    func notes(on engine: Engine) async throws {
        try await Stage.on(engine) { stage in
            let booked = try await stage.book(stage.at(10)).id
            let (scope, now) = (stage.scope, stage.world.now)
            // Two ids of one millisecond have no order.
            let first: ID<BookingNote> = stage.world.id()
            stage.clock.move(minutes: 1)
            let ids = [first, stage.world.id()]
            let odd = "O'Brien\n長谷川 🦊"
            try await stage.database.write(scope) { tx in
                for (id, author) in zip(ids, [stage.ada, stage.bob]) {
                    let added = try BookingNoteStore.add(
                        odd, to: booked, by: author, id: id, now: now, scope: scope, in: tx)
                    #expect(added)
                }
            }
            let theirs = try await stage.neighbour().scope
            try await stage.database.write(scope) { tx in
                let notes = try BookingNoteStore.all(of: booked, scope: scope, in: tx)
                #expect(notes.map(\.authorName) == ["Ada Lindqvist", "Bob Osei"] && notes.map(\.text) == [odd, odd])
                #expect(try BookingNoteStore.all(of: booked, scope: theirs, in: tx).isEmpty)
                #expect(try false == BookingNoteStore.delete(ids[0], of: booked, by: stage.bob, scope: scope, in: tx))
                #expect(try false == BookingNoteStore.delete(ids[0], of: booked, by: stage.ada, scope: theirs, in: tx))
                #expect(try BookingNoteStore.delete(ids[0], of: booked, by: stage.ada, scope: scope, in: tx))
                #expect(try BookingNoteStore.all(of: booked, scope: scope, in: tx).map(\.id) == [ids[1]])
            }
        }
    }
}
