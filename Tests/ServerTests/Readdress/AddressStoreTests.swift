/// Facts about former addresses, and texts that name one.
import Database
import Fakes
import Scheduling
import Testing

@testable import Server

@Suite("AddressStore")
struct AddressStoreTests {
    @Test("former addresses are kept once each, and going back to one makes it today's", arguments: Engine.all)
    func former(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            let (a, b, c) = ("https://a.example", "https://b.example", "https://c.example:8443")
            for (old, new, left) in [
                (a, b, [a]), (a, b, [a]), (b, c, [a, b]), (c, a, [b, c]),
            ] {
                let former = try await db.writeUnscoped { tx in
                    try AddressStore.move(from: old, to: new, now: Instant(5), in: tx)
                    return try AddressStore.former(in: tx)
                }
                #expect(former == left)
            }
        }
    }

    @Test("every kind of text is found and changed by its own statement", arguments: Engine.all)
    func texts(on engine: Engine) async throws {
        try await withDatabase(engine) { db in
            for place in AddressPlace.allCases {
                let found = try await db.writeUnscoped { tx in
                    try AddressStore.replace(place, of: "nobody", "a", by: "b", in: tx)
                    return try AddressStore.texts(place, holding: "https://a.example", in: tx).count
                }
                #expect(found == 0)
            }
        }
    }
}
