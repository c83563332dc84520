/// The seed's dice: every choice of a simulation comes from here, so that one number tells the whole story.

/// SplitMix64; apart from the world's entropy, so that a use case that takes one id more changes no later choice.
struct Chance: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed &* 0x2545_F491_4F6C_DD1D &+ 0x9E37_79B9_7F4A_7C15
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ word >> 30) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ word >> 27) &* 0x94D0_49BB_1331_11EB
        return word ^ word >> 31
    }

    /// A whole number of the range.
    mutating func number(_ range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// True in so many of a hundred cases.
    mutating func happens(percent: Int) -> Bool { number(1...100) <= percent }

    mutating func one<T>(of all: [T]) -> T? { all.isEmpty ? nil : all[number(0...(all.count - 1))] }

    /// One of the choices, each as likely as its weight says.
    mutating func weighted<T>(_ choices: [(weight: Int, what: T)]) -> T {
        var left = number(1...choices.reduce(0) { $0 + $1.weight })
        for choice in choices {
            left -= choice.weight
            if left <= 0 { return choice.what }
        }
        preconditionFailure("the weights of a choice add up to what was drawn from")
    }
}
