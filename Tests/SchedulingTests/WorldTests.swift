/// The world as one value.

import Foundation
import Testing

@testable import Scheduling

@Suite struct WorldTests {
    private let world = World(clock: .standing(at: Instant(1_773_010_800)), entropy: .seeded(1), zones: zones)

    @Test("Ids carry the world's time and differ")
    func ids() throws {
        let first = world.id(User.self)
        let second: ID<User> = world.id()
        #expect(first != second)
        #expect(first.text.prefix(13) == second.text.prefix(13), "the same millisecond")
        #expect(first.text.hasPrefix("usr_"))
    }

    @Test("A token is 32 bytes in base64url")
    func tokens() throws {
        let bytes = Entropy.seeded(3).bytes(32)
        let token = World(clock: .system, entropy: .seeded(3), zones: zones).token()
        let base64 = Data(bytes).base64EncodedString()
        #expect(token == base64.replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: ""))
        #expect(token.utf8.count == 43)
        #expect(world.token() != world.token())
    }
}
