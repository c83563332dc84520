/// Random bytes.

import Testing

@testable import Scheduling

@Suite struct EntropyTests {
    @Test("A seed gives the same bytes again, another seed others")
    func seeded() {
        let (one, again, other) = (Entropy.seeded(7), Entropy.seeded(7), Entropy.seeded(8))
        let bytes = one.bytes(64)
        #expect(bytes == again.bytes(64))
        #expect(bytes != other.bytes(64))
        #expect(bytes != one.bytes(64), "the generator moves on")
    }

    @Test("The system's bytes are as many as asked and not the same twice")
    func system() {
        #expect(Entropy.system.bytes(0).isEmpty)
        #expect(Entropy.system.bytes(32).count == 32)
        #expect(Entropy.system.bytes(32) != Entropy.system.bytes(32))
    }
}
