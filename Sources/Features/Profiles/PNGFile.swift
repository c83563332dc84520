/// The chunks of a PNG (ISO/IEC 15948): which of them are the picture, and which say something about its maker.

enum PNGFile {
    static let signature: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]

    /// What draws the picture and its colours. All else goes: texts, EXIF, times, animations, private chunks.
    private static let kept: Set<String> = [
        "IHDR", "PLTE", "IDAT", "IEND", "tRNS", "cHRM", "gAMA", "iCCP", "sBIT", "sRGB", "cICP", "bKGD", "pHYs",
    ]

    /// Nil for a file whose chunks do not add up, or one with a critical chunk nobody knows.
    static func cleaned(_ bytes: [UInt8]) -> CleanedPicture? {
        guard bytes.starts(with: signature) else { return nil }
        var result = signature
        var size: (width: Int, height: Int)?
        var hasData = false
        var position = signature.count
        while position + 12 <= bytes.count {
            let length = number(bytes, at: position)
            let end = position + 12 + length
            guard length <= Int(Int32.max), end <= bytes.count else { return nil }
            let name = String(decoding: bytes[position + 4..<position + 8], as: UTF8.self)
            guard name.utf8.count == 4, name.utf8.allSatisfy(isLetter) else { return nil }
            if size == nil {
                guard name == "IHDR", length == 13 else { return nil }
                size = (number(bytes, at: position + 8), number(bytes, at: position + 12))
            } else if name == "IHDR" {
                return nil
            }
            if kept.contains(name) {
                result += bytes[position..<end]
            } else if bytes[position + 4] & 0x20 == 0 {
                // An upper-case first letter: who does not know this chunk cannot show the picture.
                return nil
            }
            hasData = hasData || name == "IDAT"
            position = end
            guard name == "IEND" else { continue }
            guard let size, hasData, length == 0 else { return nil }
            return CleanedPicture(width: size.width, height: size.height, bytes: result)
        }
        return nil
    }

    /// Big-endian.
    private static func number(_ bytes: [UInt8], at position: Int) -> Int {
        bytes[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        (0x41...0x5a).contains(byte) || (0x61...0x7a).contains(byte)
    }
}
