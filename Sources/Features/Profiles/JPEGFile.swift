/// The segments of a JPEG (ITU-T T.81): which of them are the picture, and which say where and with what it was taken.

enum JPEGFile {
    /// Nil for a file whose segments do not add up, or one of a process browsers do not show (lossless, arithmetic).
    static func cleaned(_ bytes: [UInt8]) -> CleanedPicture? {
        guard bytes.starts(with: [0xff, 0xd8]) else { return nil }
        var walk = Walk(bytes: bytes)
        return walk.run()
    }

    private struct Walk {
        let bytes: [UInt8]
        var position = 2
        var result: [UInt8] = [0xff, 0xd8]
        var size: (width: Int, height: Int)?
        var hasScan = false

        init(bytes: [UInt8]) { self.bytes = bytes }

        mutating func run() -> CleanedPicture? {
            while let marker = nextMarker() {
                switch marker {
                case 0xd9:
                    guard let size, hasScan else { return nil }
                    return CleanedPicture(width: size.width, height: size.height, bytes: result + [0xff, 0xd9])
                // Without a length: only between parts of a scan, which `skipScan` passes over.
                case 0x00...0x01, 0xd0...0xd8: return nil
                default: guard take(marker) else { return nil }
                }
            }
            return nil
        }

        /// 0xFF, any number of times, and what follows.
        private mutating func nextMarker() -> UInt8? {
            guard position < bytes.count, bytes[position] == 0xff else { return nil }
            while position < bytes.count, bytes[position] == 0xff { position += 1 }
            guard position < bytes.count else { return nil }
            position += 1
            return bytes[position - 1]
        }

        /// - Returns: false when the picture cannot be read.
        private mutating func take(_ marker: UInt8) -> Bool {
            guard position + 2 <= bytes.count else { return false }
            let length = number(at: position)
            let end = position + length
            guard length >= 2, end <= bytes.count else { return false }
            let content = bytes[position + 2..<end]
            switch marker {
            case 0xc0, 0xc1, 0xc2:
                guard size == nil, content.count >= 6 else { return false }
                size = (number(at: position + 5), number(at: position + 3))
                keep(marker, to: end)
            // Tables: quantisation, Huffman, restart interval.
            case 0xc4, 0xdb, 0xdd: keep(marker, to: end)
            case 0xda:
                guard size != nil else { return false }
                hasScan = true
                keep(marker, to: end)
                skipScan()
                return true
            // Frames of other processes, arithmetic tables, a height that comes late.
            case 0xc0...0xcf, 0xdc, 0xde, 0xdf: return false
            case 0xe0...0xef, 0xfe: application(marker, content, to: end)
            default: return false
            }
            position = end
            return true
        }

        /// Of what programs say about a picture: the JFIF head, the colour profile, Adobe's colour transform, and from
        /// a camera which way up it was held. Everything else goes.
        private mutating func application(_ marker: UInt8, _ content: ArraySlice<UInt8>, to end: Int) {
            switch marker {
            case 0xe0 where content.starts(with: "JFIF\0".utf8) && content.count == 14: keep(marker, to: end)
            case 0xe1:
                guard let turn = Orientation.read(exif: content) else { return }
                result += Orientation.segment(turn)
            case 0xe2 where content.starts(with: "ICC_PROFILE\0".utf8): keep(marker, to: end)
            case 0xee where content.starts(with: "Adobe".utf8) && content.count == 12: keep(marker, to: end)
            default: break
            }
        }

        private mutating func keep(_ marker: UInt8, to end: Int) {
            result += [0xff, marker]
            result += bytes[position..<end]
            position = end
        }

        /// Copies coded data up to the next marker; 0xFF00 and restarts are part of it.
        private mutating func skipScan() {
            let start = position
            while position + 1 < bytes.count {
                if bytes[position] == 0xff {
                    let next = bytes[position + 1]
                    guard next == 0 || (0xd0...0xd7).contains(next) else { break }
                    position += 2
                } else {
                    position += 1
                }
            }
            result += bytes[start..<position]
        }

        /// Big-endian.
        private func number(at position: Int) -> Int { Int(bytes[position]) << 8 | Int(bytes[position + 1]) }
    }
}

/// Which way up a camera was held (EXIF tag 0x0112): the one fact about a photo that its look depends on.
private enum Orientation {
    /// 2–8 of the first directory; nil when it is upright or not said.
    static func read(exif: ArraySlice<UInt8>) -> UInt8? {
        guard exif.starts(with: "Exif\0\0".utf8) else { return nil }
        let tiff = Array(exif.dropFirst(6))
        guard tiff.count >= 8 else { return nil }
        let isLittle = tiff.starts(with: "II".utf8)
        guard isLittle || tiff.starts(with: "MM".utf8) else { return nil }
        func number(_ position: Int, _ count: Int) -> Int? {
            guard position >= 0, position + count <= tiff.count else { return nil }
            let bytes = tiff[position..<position + count]
            return (isLittle ? Array(bytes.reversed()) : Array(bytes)).reduce(0) { $0 << 8 | Int($1) }
        }
        guard number(2, 2) == 42, let directory = number(4, 4), let count = number(directory, 2) else { return nil }
        for index in 0..<min(count, 200) {
            let entry = directory + 2 + index * 12
            guard number(entry, 2) == 0x0112 else { continue }
            guard number(entry + 2, 2) == 3, let turn = number(entry + 8, 2), (2...8).contains(turn) else { return nil }
            return UInt8(turn)
        }
        return nil
    }

    /// An EXIF segment that says this and nothing else.
    static func segment(_ turn: UInt8) -> [UInt8] {
        [0xff, 0xe1, 0, 34] + Array("Exif\0\0MM".utf8) + [0, 42, 0, 0, 0, 8, 0, 1]
            + [0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, turn, 0, 0] + [0, 0, 0, 0]
    }
}
