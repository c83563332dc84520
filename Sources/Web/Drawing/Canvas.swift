/// A small sheet to draw on: rounded boxes and strokes with soft edges, in a handful of colours.

/// A colour of a screen, 8 bits each.
package struct Colour: Hashable, Sendable {
    let red, green, blue: UInt8

    package init(_ red: UInt8, _ green: UInt8, _ blue: UInt8) {
        (self.red, self.green, self.blue) = (red, green, blue)
    }

    /// Reads `#0b5f6a`; nil for anything else.
    package init?(_ text: String) {
        let digits = text.utf8.dropFirst().compactMap(hexValue)
        guard text.utf8.first == UInt8(ascii: "#"), text.utf8.count == 7, digits.count == 6 else { return nil }
        self.init(digits[0] << 4 | digits[1], digits[2] << 4 | digits[3], digits[4] << 4 | digits[5])
    }

    /// This colour with so much of another, 0…1.
    func mixed(with other: Colour, _ share: Double) -> Colour {
        func mix(_ a: UInt8, _ b: UInt8) -> UInt8 { UInt8((Double(a) + (Double(b) - Double(a)) * share).rounded()) }
        return Colour(mix(red, other.red), mix(green, other.green), mix(blue, other.blue))
    }
}

/// Pixels as numbers of a palette. Each pen has its colour and 31 steps from what it is drawn on, for soft edges; so a
/// picture has at most 128 colours and is small.
struct Canvas {
    /// What is drawn with: a colour, and what lies under it.
    struct Pen {
        fileprivate let first: UInt8
    }

    private static let steps = 32

    let width: Int
    let height: Int
    private(set) var pixels: [UInt8]
    private(set) var palette: [Colour] = []

    init(width: Int, height: Int, ground: Colour) {
        self.width = width
        self.height = height
        pixels = [UInt8](repeating: 0, count: width * height)
        palette = []
        _ = pen(ground, on: ground)
    }

    /// At most eight pens.
    mutating func pen(_ colour: Colour, on ground: Colour) -> Pen {
        precondition(palette.count <= 256 - Self.steps, "A canvas has at most eight pens")
        let pen = Pen(first: UInt8(palette.count))
        palette += (0..<Self.steps).map { ground.mixed(with: colour, Double($0) / Double(Self.steps - 1)) }
        return pen
    }

    /// A box with round corners.
    mutating func fill(x: Double, y: Double, width: Double, height: Double, radius: Double, _ pen: Pen) {
        each(x, y, x + width, y + height) { px, py in
            // The distance to the box drawn in by its radius is the distance to a rounded corner.
            let dx = max(x + radius - px, px - (x + width - radius), 0)
            let dy = max(y + radius - py, py - (y + height - radius), 0)
            return radius - (dx * dx + dy * dy).squareRoot() + 0.5
        } set: { canvas, index, coverage in canvas.set(index, pen, coverage) }
    }

    /// A line with round ends.
    mutating func line(from a: (x: Double, y: Double), to b: (x: Double, y: Double), thickness: Double, _ pen: Pen) {
        let radius = thickness / 2
        let (dx, dy) = (b.x - a.x, b.y - a.y)
        let length = dx * dx + dy * dy
        each(min(a.x, b.x) - radius, min(a.y, b.y) - radius, max(a.x, b.x) + radius, max(a.y, b.y) + radius) { px, py in
            let along = length == 0 ? 0 : min(max(((px - a.x) * dx + (py - a.y) * dy) / length, 0), 1)
            let (ox, oy) = (px - a.x - along * dx, py - a.y - along * dy)
            return radius - (ox * ox + oy * oy).squareRoot() + 0.5
        } set: { canvas, index, coverage in canvas.set(index, pen, coverage) }
    }

    /// Every pixel of a part of the sheet with how much of it is covered; what lies outside is not visited.
    private mutating func each(
        _ left: Double, _ top: Double, _ right: Double, _ bottom: Double,
        _ coverage: (Double, Double) -> Double, set: (inout Canvas, Int, Double) -> Void
    ) {
        let columns = max(0, Int(left) - 1)..<max(0, min(width, Int(right) + 2))
        let rows = max(0, Int(top) - 1)..<max(0, min(height, Int(bottom) + 2))
        guard columns.lowerBound < columns.upperBound, rows.lowerBound < rows.upperBound else { return }
        for row in rows {
            for column in columns {
                let covered = coverage(Double(column) + 0.5, Double(row) + 0.5)
                if covered > 0 { set(&self, row * width + column, min(covered, 1)) }
            }
        }
    }

    private mutating func set(_ index: Int, _ pen: Pen, _ coverage: Double) {
        let step = UInt8((coverage * Double(Self.steps - 1)).rounded())
        guard step > 0 else { return }
        let old = pixels[index]
        let isOwn = old >= pen.first && Int(old) < Int(pen.first) + Self.steps
        pixels[index] = isOwn ? max(old, pen.first + step) : pen.first + step
    }
}
