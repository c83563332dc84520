/// Letters as strokes, for pictures: the program carries no font, and a picture needs no more than a title.

import Foundation

/// A line or an arc of a letter, in units: the top of `H` is 0, of `x` 4, the baseline 12, the foot of `p` 16.
enum Stroke: Hashable, Sendable {
    case line([Double])
    /// Centre, radii, and from which angle to which, in degrees; 90 is below the centre.
    case arc(Double, Double, Double, Double, Double, Double)

    /// The corners of a line that looks like it.
    var points: [(x: Double, y: Double)] {
        switch self {
        case .line(let numbers): stride(from: 0, to: numbers.count - 1, by: 2).map { (numbers[$0], numbers[$0 + 1]) }
        case .arc(let x, let y, let width, let height, let start, let end):
            (0...Self.parts(start, end)).map { part in
                let angle = (start + (end - start) * Double(part) / Double(Self.parts(start, end))) * .pi / 180
                return (x + width * cos(angle), y + height * sin(angle))
            }
        }
    }

    private static func parts(_ start: Double, _ end: Double) -> Int { max(4, Int(abs(end - start) / 12)) }
}

struct Glyph: Sendable {
    let strokes: [Stroke]
    let width: Double
}

enum StrokeFont {
    /// Between two letters, and for a blank.
    static let gap = 2.7, blank = 4.2

    /// The letters of a text; nil if one of them is not known, for half a name is worse than none.
    static func glyphs(_ text: String) -> [Glyph]? {
        var found: [Glyph] = []
        for letter in text {
            guard let glyph = glyph(letter) else { return nil }
            found.append(glyph)
        }
        return found
    }

    /// In units.
    static func width(_ glyphs: [Glyph]) -> Double {
        glyphs.reduce(0) { $0 + $1.width + gap } - (glyphs.isEmpty ? 0 : gap)
    }

    private static func glyph(_ letter: Character) -> Glyph? {
        if letter.isWhitespace { return Glyph(strokes: [], width: blank) }
        if let whole = parsed[letter] { return whole }
        // é is e with a mark above it.
        let parts = Array(String(letter).decomposedStringWithCanonicalMapping.unicodeScalars)
        guard parts.count == 2, let base = parsed[Character(parts[0])], let mark = marks[parts[1]] else { return nil }
        let isTall = parts[0].properties.isUppercase
        let (x, y) = (base.width / 2, isTall ? -2.6 : 1.6)
        return Glyph(strokes: base.strokes.filter { !isDot($0) } + mark.map { $0.moved(x, y) }, width: base.width)
    }

    /// The dot of `i` gives way to its mark.
    private static func isDot(_ stroke: Stroke) -> Bool { stroke.points.allSatisfy { $0.y < 1.5 } }

    /// Around the point they stand above.
    private static let marks: [Unicode.Scalar: [Stroke]] = [
        "\u{300}": [.line([-1.6, -1.2, 0.8, 0.8])], "\u{301}": [.line([1.6, -1.2, -0.8, 0.8])],
        "\u{302}": [.line([-1.8, 0.8, 0, -1.2, 1.8, 0.8])], "\u{30c}": [.line([-1.8, -1.2, 0, 0.8, 1.8, -1.2])],
        "\u{303}": [.line([-2, 0.4, -0.9, -0.6, 0.9, 0.4, 2, -0.6])], "\u{304}": [.line([-1.8, 0, 1.8, 0])],
        "\u{308}": [.line([-1.7, 0, -1.7, 0.1]), .line([1.7, 0, 1.7, 0.1])],
        "\u{30a}": [.arc(0, -0.2, 1.2, 1.2, 0, 360)], "\u{307}": [.line([0, 0, 0, 0.1])],
        "\u{30b}": [.line([0, -1.2, -1.2, 0.8]), .line([2.4, -1.2, 1.2, 0.8])],
    ]

    private static let parsed: [Character: Glyph] = Dictionary(
        uniqueKeysWithValues: Letters.all.map { ($0.key, Glyph(reading: $0.value)) })
}

extension Stroke {
    fileprivate func moved(_ x: Double, _ y: Double) -> Stroke {
        switch self {
        case .line(let numbers): .line(numbers.enumerated().map { $0.element + ($0.offset % 2 == 0 ? x : y) })
        case .arc(let cx, let cy, let width, let height, let start, let end):
            .arc(cx + x, cy + y, width, height, start, end)
        }
    }
}

extension Glyph {
    /// `7 | 0,0 0,12 7,12 | @4,8,4,4,0,360`: the width, then lines and arcs.
    fileprivate init(reading text: String) {
        let parts = text.split(separator: "|").map(\.trimmed)
        width = parts.first.flatMap { Double($0) } ?? 0
        strokes = parts.dropFirst().map { part in
            let numbers = part.split { $0 == "," || $0 == " " || $0 == "@" }.compactMap { Double($0) }
            guard part.hasPrefix("@"), numbers.count == 6 else { return .line(numbers) }
            return .arc(numbers[0], numbers[1], numbers[2], numbers[3], numbers[4], numbers[5])
        }
    }
}
