/// Pictures we draw ourselves: right in every byte, small, bounded, and silent where they lack a letter.
import Testing

@testable import Web

struct PreviewPictureTests {
    private func picture(_ title: String, _ subtitle: String = "30 min · Ingrid Aasland") -> PreviewPicture {
        PreviewPicture(title: title, subtitle: subtitle, head: "Nordhavn Instruments", minutes: 30, accent: nil)
    }

    @Test("a picture is a PNG of the size its tags say, with sums that fit, and at most 30 KB")
    func whole() throws {
        let long = "Quarterly calibration review for every precision instrument of the northern laboratories"
        for title in ["Coffee", long, String(repeating: "W", count: 500), ""] {
            let bytes = try #require(picture(title).png())
            #expect(bytes.count <= 30_720, "\(bytes.count) bytes for \(title.prefix(20))")
            let chunks = try #require(PNGReader.chunks(bytes))
            #expect(chunks.map(\.name) == ["IHDR", "PLTE", "IDAT", "IEND"])
            #expect(Array(chunks[0].content.prefix(8)) == PNG.number(1200) + PNG.number(630))
        }
    }

    @Test("the sum over a chunk is that of the standard")
    func sums() {
        // The IEND of every PNG file.
        #expect(PNG.chunk("IEND", []) == [0, 0, 0, 0, 0x49, 0x45, 0x4e, 0x44, 0xae, 0x42, 0x60, 0x82])
        #expect(PNG.crc(Array("123456789".utf8)) == 0xcbf4_3926)
    }

    @Test("every letter of our own texts can be drawn, with marks too; a text with an unknown one is left out")
    func letters() {
        for scalar in UInt8(0x20)..<0x7f where !"$<>[\\]^`{}~".utf8.contains(scalar) {
            #expect(StrokeFont.glyphs(String(UnicodeScalar(scalar))) != nil, "\(UnicodeScalar(scalar))")
        }
        for text in ["Åse Øystein Ærø", "Zoë Müller-Straße", "Señor Núñez", "Čapek", "30 min – 2 h · “so”"] {
            #expect(StrokeFont.glyphs(text) != nil, "\(text)")
        }
        for text in ["長谷川", "Ada 🦊", "שלום"] { #expect(StrokeFont.glyphs(text) == nil, "\(text)") }
        #expect(picture("長谷川", "").png() == picture("", "").png())
        #expect(picture("A", "").png() != picture("", "").png())
    }

    @Test("every letter has ink within its line")
    func shapes() {
        for (letter, _) in Letters.all {
            let glyph = StrokeFont.glyphs(String(letter))?.first
            let points = glyph?.strokes.flatMap(\.points) ?? []
            #expect(!points.isEmpty, "\(letter)")
            let width = glyph?.width ?? 0
            #expect(points.allSatisfy { (-1.2...17).contains($0.y) && (-1...width + 1).contains($0.x) }, "\(letter)")
        }
    }

    @Test("soft edges stay within the palette, and drawing outside the sheet is no mistake")
    func canvas() {
        var canvas = Canvas(width: 20, height: 10, ground: Colour(255, 255, 255))
        let pen = canvas.pen(Colour(0, 0, 0), on: Colour(255, 255, 255))
        canvas.fill(x: -5, y: -5, width: 12, height: 12, radius: 3, pen)
        canvas.line(from: (x: 15, y: 5), to: (x: 900, y: 700), thickness: 3, pen)
        canvas.line(from: (x: -90, y: -90), to: (x: -80, y: -80), thickness: 3, pen)
        #expect(canvas.pixels.allSatisfy { Int($0) < canvas.palette.count })
        #expect(canvas.pixels[0] == 63 && canvas.pixels[19] == 0)
        #expect(Colour("#0b5f6A") == Colour(11, 95, 106) && Colour("#0b5f6") == nil && Colour("0b5f6a1") == nil)
    }
}

/// Takes a PNG apart and checks its sums.
private enum PNGReader {
    static func chunks(_ bytes: [UInt8]) -> [(name: String, content: [UInt8])]? {
        guard bytes.starts(with: PNG.signature) else { return nil }
        var found: [(name: String, content: [UInt8])] = []
        var position = 8
        func number(_ at: Int) -> Int { bytes[at..<at + 4].reduce(0) { $0 << 8 | Int($1) } }
        while position < bytes.count {
            guard position + 12 <= bytes.count else { return nil }
            let end = position + 8 + number(position)
            guard end + 4 <= bytes.count, Int(PNG.crc(Array(bytes[position + 4..<end]))) == number(end) else {
                return nil
            }
            found.append((String(decoding: bytes[position + 4..<position + 8], as: UTF8.self),
                          Array(bytes[position + 8..<end])))
            position = end + 4
        }
        return found
    }
}
