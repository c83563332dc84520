/// Writes a canvas as a PNG (ISO/IEC 15948).

extension Canvas {
    /// The picture; nil if zlib refuses.
    var png: [UInt8]? {
        // Each row begins with its filter: none, which suits flat colours.
        var rows: [UInt8] = []
        rows.reserveCapacity((width + 1) * height)
        for row in 0..<height {
            rows.append(0)
            rows += pixels[row * width..<(row + 1) * width]
        }
        guard let data = deflated(rows, wrapping: .zlib) else { return nil }
        // 8 bits, numbers of a palette, no interlacing.
        let head = PNG.number(width) + PNG.number(height) + [8, 3, 0, 0, 0]
        return PNG.signature + PNG.chunk("IHDR", head)
            + PNG.chunk("PLTE", palette.flatMap { [$0.red, $0.green, $0.blue] })
            + PNG.chunk("IDAT", data) + PNG.chunk("IEND", [])
    }
}

enum PNG {
    static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

    /// Length, name, content, and the sum over name and content.
    static func chunk(_ name: StaticString, _ content: [UInt8]) -> [UInt8] {
        let named = name.withUTF8Buffer(Array.init) + content
        return number(content.count) + named + number(Int(crc(named)))
    }

    /// Big-endian.
    static func number(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }

    /// CRC-32 (ISO 3309), as in annex D of the standard.
    static func crc(_ bytes: [UInt8]) -> UInt32 {
        ~bytes.reduce(~0) { table[Int(UInt8(truncatingIfNeeded: $0) ^ $1)] ^ ($0 >> 8) }
    }

    private static let table: [UInt32] = (0..<256).map { start in
        (0..<8).reduce(UInt32(start)) { rest, _ in rest & 1 == 1 ? 0xedb8_8320 ^ (rest >> 1) : rest >> 1 }
    }
}
