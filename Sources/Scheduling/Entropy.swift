/// Where randomness comes from: the system's secure generator, or a seeded one for tests.

import Synchronization

/// A source of random bytes, handed to whoever needs it.
package struct Entropy: Sendable {
    /// The given number of random bytes.
    package let bytes: @Sendable (Int) -> [UInt8]

    package init(bytes: @escaping @Sendable (Int) -> [UInt8]) {
        self.bytes = bytes
    }

    /// The operating system's cryptographically secure generator.
    package static let system = Entropy { count in
        var (generator, bytes) = (SystemRandomNumberGenerator(), [UInt8]())
        bytes.reserveCapacity(count)
        // Eight at a time: the generator asks the kernel each time it is asked.
        while bytes.count < count {
            let word: UInt64 = generator.next()
            withUnsafeBytes(of: word) { bytes += $0.prefix(count - bytes.count) }
        }
        return bytes
    }

    /// The same bytes for the same seed, for tests and demonstrations; never for tokens that guard anything.
    package static func seeded(_ seed: UInt64) -> Entropy {
        let generator = SeededGenerator(seed)
        return Entropy { count in
            (0..<count).map { _ in UInt8(truncatingIfNeeded: generator.next() >> 56) }
        }
    }
}

/// SplitMix64 (Steele, Lea, Flood 2014), safe to share between threads.
private final class SeededGenerator: Sendable {
    private let state: Mutex<UInt64>

    init(_ seed: UInt64) {
        state = Mutex(seed)
    }

    func next() -> UInt64 {
        var word = state.withLock { state in
            state &+= 0x9E37_79B9_7F4A_7C15
            return state
        }
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }
}
