/// Pictures: known by their content, measured, and freed of what tells more than the picture.
import Testing

@testable import Features

/// A PNG and a JPEG as a camera would write them, put together by hand.
enum SamplePicture {
    static func chunk(_ name: String, _ content: [UInt8] = []) -> [UInt8] {
        number(content.count) + Array(name.utf8) + content + [1, 2, 3, 4]
    }

    static func png(
        width: Int = 64, height: Int = 48, more: [[UInt8]] = [chunk("tEXt", Array("Author\0Ingrid".utf8))]
    ) -> [UInt8] {
        PNGFile.signature + chunk("IHDR", number(width) + number(height) + [8, 2, 0, 0, 0]) + more.flatMap { $0 }
            + chunk("IDAT", [9, 8, 7]) + chunk("IEND")
    }

    static func segment(_ marker: UInt8, _ content: [UInt8]) -> [UInt8] {
        [0xff, marker, UInt8((content.count + 2) >> 8), UInt8((content.count + 2) & 255)] + content
    }

    /// EXIF of a phone: which way up, and a place.
    static func exif(turn: UInt8, isLittle: Bool = false) -> [UInt8] {
        let tiff: [UInt8] = isLittle
            ? Array("II".utf8) + [42, 0, 8, 0, 0, 0, 2, 0] + [0x12, 1, 3, 0, 1, 0, 0, 0, turn, 0, 0, 0]
            : Array("MM".utf8) + [0, 42, 0, 0, 0, 8, 0, 2] + [1, 0x12, 0, 3, 0, 0, 0, 1, 0, turn, 0, 0]
        return segment(0xe1, Array("Exif\0\0".utf8) + tiff + Array("GPS 59.9139 N 10.7522 E".utf8))
    }

    static func jpeg(
        width: Int = 640, height: Int = 480, frame: UInt8 = 0xc0, more: [[UInt8]] = [exif(turn: 1)]
    ) -> [UInt8] {
        [0xff, 0xd8] + segment(0xe0, Array("JFIF\0".utf8) + [1, 1, 0, 0, 1, 0, 1, 0, 0]) + more.flatMap { $0 }
            + segment(0xdb, [UInt8](repeating: 1, count: 65))
            + segment(frame, [8] + number(height).suffix(2) + number(width).suffix(2) + [1, 1, 0x11, 0])
            + segment(0xc4, [0, 1]) + segment(0xda, [1, 1, 0, 0, 63, 0])
            + [1, 2, 0xff, 0, 3, 0xff, 0xd0, 4] + segment(0xda, [1, 1, 0, 0, 63, 0]) + [5, 6] + [0xff, 0xd9]
    }

    static func number(_ value: Int) -> [UInt8] {
        [24, 16, 8, 0].map { UInt8(truncatingIfNeeded: value >> $0) }
    }
}

struct PictureTests {
    private func holds(_ bytes: [UInt8], _ words: String) -> Bool {
        let pattern = Array(words.utf8)
        return bytes.indices.contains { bytes[$0...].starts(with: pattern) }
    }

    private func objection(_ bytes: [UInt8]) -> PictureObjection? {
        do throws(PictureObjection) {
            _ = try Picture(reading: bytes)
            return nil
        } catch {
            return error
        }
    }

    @Test("a PNG keeps what draws it and loses texts, EXIF, times and what stands behind its end")
    func png() throws {
        let more = ["tEXt", "zTXt", "iTXt", "eXIf", "tIME", "acTL", "prVt"].map {
            SamplePicture.chunk($0, Array("secret".utf8))
        }
        let profile = SamplePicture.chunk("iCCP", Array("colours".utf8))
        let picture = try Picture(reading: SamplePicture.png(more: more + [profile]) + Array("<script>".utf8))
        #expect((picture.kind, picture.width, picture.height) == (.png, 64, 48))
        #expect(picture.bytes == SamplePicture.png(more: [profile]))
        // Control: the sample does hold what is looked for.
        #expect(holds(SamplePicture.png(more: more), "secret") && !holds(picture.bytes, "secret"))
    }

    @Test("a JPEG loses places, cameras and comments, and keeps its colours and every scan")
    func jpeg() throws {
        let profile = SamplePicture.segment(0xe2, Array("ICC_PROFILE\0x".utf8))
        let adobe = SamplePicture.segment(0xee, Array("Adobe".utf8) + [0, 100, 0, 0, 0, 0, 1])
        let gone = [
            SamplePicture.exif(turn: 1), SamplePicture.segment(0xfe, Array("a comment".utf8)),
            SamplePicture.segment(0xed, Array("Photoshop 3.0".utf8)),
            SamplePicture.segment(0xe1, Array("http://ns.adobe.com/xap/1.0/\0".utf8)),
            SamplePicture.segment(0xe2, Array("MPF\0".utf8)),
        ]
        let sent = SamplePicture.jpeg(more: gone + [profile, adobe]) + Array("motion".utf8)
        let picture = try Picture(reading: sent)
        #expect((picture.kind, picture.width, picture.height) == (.jpeg, 640, 480))
        #expect(picture.bytes == SamplePicture.jpeg(more: [profile, adobe]))
        #expect(holds(sent, "59.9139 N"))
        #expect(try Picture(reading: SamplePicture.jpeg(frame: 0xc2)).width == 640)
    }

    @Test("a photo taken sideways stays upright: of its EXIF the turn remains, and nothing else",
          arguments: [false, true])
    func turned(isLittle: Bool) throws {
        let sent = SamplePicture.jpeg(more: [SamplePicture.exif(turn: 6, isLittle: isLittle)])
        let picture = try Picture(reading: sent)
        #expect(holds(picture.bytes, "Exif\0\0MM") && !holds(picture.bytes, "GPS"))
        // Read again it says the same: cleaning twice changes nothing.
        #expect(try Picture(reading: picture.bytes).bytes == picture.bytes)
        let upright = try Picture(reading: SamplePicture.jpeg(more: [SamplePicture.exif(turn: 1, isLittle: isLittle)]))
        #expect(!holds(upright.bytes, "Exif"))
    }

    @Test("other kinds are refused by their name", arguments: [
        ("GIF89a....", "GIF"), ("RIFF....WEBPVP8 ", "WebP"), ("%PDF-1.7", "PDF"), ("....ftypheic", "HEIC"),
        ("....ftypavif", "AVIF"), ("<?xml version='1.0'?><svg onload='x'/>", "SVG"), ("  <SVG/>", "SVG"),
        ("hello", nil), ("<html><script>", nil),
    ])
    func others(text: String, kind: String?) {
        #expect(objection(Array(text.utf8)) == .otherKind(kind))
        #expect(objection(Array(text.utf8))?.words.contains(kind ?? "no picture") ?? false)
    }

    @Test("nothing, too much, and sides beyond the measure are refused with the measure")
    func measures() {
        #expect(objection([]) == .nothing)
        #expect(objection([UInt8](repeating: 0, count: Picture.mostBytes + 1)) == .tooLong)
        #expect(objection(SamplePicture.png(width: 6001)) == .size(width: 6001, height: 48))
        #expect(objection(SamplePicture.png(width: 6000, height: 32)) == nil)
        #expect(objection(SamplePicture.png(height: 31)) == .size(width: 64, height: 31))
        #expect(objection(SamplePicture.jpeg(width: 65_535)) == .size(width: 65_535, height: 480))
        #expect(objection(SamplePicture.png(width: 0)) == .size(width: 0, height: 48))
    }

    @Test("a picture cut off anywhere is damaged")
    func cut() {
        for sample in [SamplePicture.png(), SamplePicture.jpeg()] {
            for length in 8..<sample.count {
                guard case .broken? = objection(Array(sample[..<length])) else {
                    Issue.record("\(length) of \(sample.count) bytes were taken")
                    continue
                }
            }
        }
    }

    @Test("what no browser shows is damaged or unusual", arguments: [
        SamplePicture.jpeg(frame: 0xc3), SamplePicture.jpeg(frame: 0xc9), SamplePicture.jpeg(frame: 0xe5),
        SamplePicture.png(more: [SamplePicture.chunk("NEWs")]), SamplePicture.png(more: [SamplePicture.chunk("te\nt")]),
        PNGFile.signature + SamplePicture.chunk("IDAT") + SamplePicture.chunk("IEND"),
    ])
    func unusual(bytes: [UInt8]) {
        guard case .broken? = objection(bytes) else {
            Issue.record("was taken")
            return
        }
    }

    @Test("bytes changed at random never stop the program")
    func noise() {
        for sample in [SamplePicture.png(), SamplePicture.jpeg(more: [SamplePicture.exif(turn: 3)])] {
            for _ in 0..<500 {
                var bytes = sample
                for _ in 0..<4 { bytes[Int.random(in: bytes.indices)] = UInt8.random(in: 0...255) }
                _ = objection(bytes)
            }
        }
    }
}
