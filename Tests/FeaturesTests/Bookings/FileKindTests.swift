/// Files by what they hold: what is taken, whatever it is called, and what is not.
import Testing

@testable import Features

@Suite("Kinds of files")
struct FileKindTests {
    private static func packed(_ name: String, _ content: String = "") -> [UInt8] {
        let head: [UInt8] = [0x50, 0x4b, 3, 4] + [UInt8](repeating: 0, count: 22)
            + [UInt8(name.utf8.count), 0, 0, 0]
        return head + Array(name.utf8) + Array(content.utf8)
    }

    @Test("is known by its beginning")
    func known() {
        let png: [UInt8] = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0]
        for (bytes, kind) in [
            (Array("%PDF-1.7\nx".utf8), FileKind.pdf), (png, .png), ([0xff, 0xd8, 0xff, 0xe0], .jpeg),
            (Array("GIF89a;".utf8), .gif), (Array("RIFF....WEBPVP8 ".utf8), .webp),
            (Array("....ftypheic".utf8), .heic), (Self.packed("[Content_Types].xml"), .office),
            (Self.packed("word/document.xml"), .office),
            (Self.packed("mimetype", "application/vnd.oasis.opendocument.text"), .openDocument),
            (Array("Dear Ada,\r\n\tgrüße".utf8), .text), (Array("a;b\n1;2".utf8), .text),
        ] {
            #expect(FileKind(head: bytes) == kind, "\(kind)")
        }
        // Cut within a sign.
        let long = Array(String(repeating: "ü", count: 4_096).utf8.dropFirst(0).prefix(FileKind.headBytes - 1))
        #expect(FileKind(head: Array("x".utf8) + long) == .text)
    }

    @Test("is not taken when it is a program, a page, or packed otherwise")
    func refused() {
        for bytes: [UInt8] in [
            [], [0], Array("MZ\u{1}\u{0}".utf8), Array("\u{7f}ELF".utf8), Array("#!/bin/sh\nrm -rf /".utf8),
            Array("  <svg onload=alert(1)>".utf8), Array("<!DOCTYPE html><p>".utf8),
            Array("hello\n<script>alert(1)</script>".utf8), Array("<?xml version=\"1.0\"?>".utf8),
            Self.packed("META-INF/MANIFEST.MF"), Self.packed("bomb.txt"),
            Self.packed("mimetype", "application/epub+zip"),
            [0x1f, 0x8b, 8, 0], Array("Rar!\u{1a}\u{7}".utf8), [0xc3, 0x28],
            [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1],
        ] {
            #expect(FileKind(head: bytes) == nil, "\(bytes.prefix(12))")
        }
    }

    @Test("gives a name that is only a name, with an end that is true")
    func names() {
        for (sent, kind, name) in [
            ("report.pdf", FileKind.pdf, "report.pdf"), ("photo.pdf", .png, "photo.pdf.png"),
            ("invoice.pdf.exe", .pdf, "invoice.pdf.exe.pdf"), ("a/b\\c:d.PDF", .pdf, "abcd.pdf"),
            ("", .jpeg, "file.jpg"), (".htaccess", .text, "htaccess.txt"), ("..", .pdf, "file.pdf"),
            ("x\u{202e}fdp.txt", .text, "xfdp.txt"), ("a\u{0}\nb.csv", .text, "ab.csv"),
            (String(repeating: "n", count: 300) + ".docx", .office, String(repeating: "n", count: 100) + ".docx"),
        ] {
            #expect(kind.name(sent) == name)
        }
    }
}
