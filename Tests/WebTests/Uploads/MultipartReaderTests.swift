/// Forms with files: read the same however the network cuts them, and refused where two programs might read them
/// differently.
import Foundation
import Testing

@testable import Web

struct MultipartReaderTests {
    private static let type = "multipart/form-data; boundary=frontier"
    private static let limits = UploadLimits(parts: 4, fileBytes: 100)

    /// What Firefox sends for a text and a file whose bytes look like half a boundary.
    private static let usual = body("""
        --frontier
        Content-Disposition: form-data; name="csrf"

        tok en&=ü
        --frontier
        Content-Disposition: form-data; name="picture"; filename="C:\\up\\a %22b%22.png"
        Content-Type: image/png

        \u{1}
        --frontie
        --frontier
        Content-Disposition: form-data; name="nothing"; filename=""
        Content-Type: application/octet-stream


        --frontier--

        """)

    private static func body(_ text: String) -> [UInt8] {
        Array(text.replacing("\n", with: "\r\n").utf8)
    }

    private func read(
        _ pieces: [ArraySlice<UInt8>], type: String = type, limits: UploadLimits = limits
    ) throws -> UploadedForm {
        var form = try UploadedForm(contentType: type, limits: limits)
        for piece in pieces { try form.feed(piece) }
        try form.finish()
        return form
    }

    private func mistake(_ text: String, type: String = type) -> MultipartMistake? {
        do {
            _ = try read([Self.body(text)[...]], type: type)
            return nil
        } catch {
            return error as? MultipartMistake
        }
    }

    @Test("texts and files are told apart, and a file's name is its last part alone")
    func usual() throws {
        let form = try read([Self.usual[...]])
        #expect(form.texts.map(\.0) == ["csrf"] && form.texts.map(\.1) == ["tok en&=ü"])
        #expect(form.files == [
            Upload(field: "picture", fileName: "a \"b\".png", bytes: Array("\u{1}\r\n--frontie".utf8)),
            Upload(field: "nothing", fileName: "", bytes: []),
        ])
        #expect(form.files.map(\.isNothing) == [false, true])
    }

    @Test("the same body is read the same wherever it is cut in two, and byte by byte")
    func cuts() throws {
        let (body, whole) = (Self.usual, try read([Self.usual[...]]))
        for cut in 0...body.count {
            let form = try read([body[..<cut], body[cut...]])
            #expect(form.files == whole.files && form.texts.map(\.1) == whole.texts.map(\.1), "cut at \(cut)")
        }
        let slowly = try read(body.indices.map { body[$0...$0] })
        #expect(slowly.files == whole.files)
    }

    @Test("a body that ends anywhere before its last boundary is refused")
    func early() {
        // The line end behind the last boundary may be missing.
        for length in 0..<(Self.usual.count - 2) {
            #expect(throws: MultipartMistake.framing, "\(length) bytes") { try read([Self.usual[..<length]]) }
        }
    }

    @Test("the type names one boundary of 1 to 70 allowed signs", arguments: [
        ("multipart/form-data", nil), ("multipart/form-data; boundary=", nil),
        ("multipart/form-data; boundary=\"a b\"", "a b"), ("multipart/form-data; charset=utf-8; boundary=x", "x"),
        ("multipart/form-data; boundary=a; boundary=b", nil), ("multipart/mixed; boundary=a", nil),
        ("multipart/form-data; boundary=\"a \"", nil), ("multipart/form-data; boundary=a\u{7}", nil),
        ("Multipart/Form-Data;boundary=----WebKitFormBoundaryAbC", "----WebKitFormBoundaryAbC"),
        ("multipart/form-data; boundary=\(String(repeating: "a", count: 71))", nil),
    ])
    func boundaries(type: String, boundary: String?) {
        #expect(PartHead.boundary(type) == boundary)
    }

    @Test("what could be read in two ways is refused", arguments: [
        "preamble\n--frontier\nContent-Disposition: form-data; name=a\n\nx\n--frontier--",
        "--frontier \nContent-Disposition: form-data; name=a\n\nx\n--frontier--",
        "--frontier\nContent-Disposition: form-data; name=a\n\nx\n--frontier--epilogue",
        "--frontier\nContent-Disposition: form-data; name=a\n\nx\n--frontierX\n\n--frontier--",
        "--other\nContent-Disposition: form-data; name=a\n\nx\n--other--", "",
    ])
    func framing(text: String) {
        #expect(mistake(text) == .framing)
    }

    @Test("a head says its name once, in whole lines, and hides nothing", arguments: [
        "", "Content-Type: text/plain", "Content-Disposition: form-data", "Content-Disposition: attachment; name=a",
        "Content-Disposition: form-data; name=", "Content-Disposition: form-data; name=a; name=b",
        "Content-Disposition: form-data;\n name=a", "Content-Disposition : form-data; name=a",
        "Content-Disposition: form-data; name=a\nContent-Disposition: form-data; name=b",
        "Content-Disposition: form-data; name=a\nContent-Transfer-Encoding: base64",
        "Content-Disposition: form-data; name=\"a", "Content-Disposition: form-data; name=\"a\u{0}\"",
        "Content-Disposition: form-data; name=a\nX: \(String(repeating: "x", count: 5000))",
    ])
    func heads(head: String) {
        #expect(mistake("--frontier\n\(head)\n\nx\n--frontier--") == .head)
    }

    @Test("line ends of one byte are no line ends")
    func bareLines() {
        let text = "--frontier\r\nContent-Disposition: form-data; name=a\nX: y\r\n\r\nx\r\n--frontier--"
        #expect(throws: MultipartMistake.head) { try read([Array(text.utf8)[...]]) }
    }

    @Test("too many parts, too much text and text that is no UTF-8 are refused; too long a file is only marked")
    func limits() throws {
        let part = "--frontier\nContent-Disposition: form-data; name=a\n\nx\n"
        #expect(mistake(String(repeating: part, count: 4) + "--frontier--") == nil)
        #expect(mistake(String(repeating: part, count: 5) + "--frontier--") == .tooManyParts)
        let long = String(repeating: "y", count: UploadLimits.textBytes + 1)
        #expect(mistake("--frontier\nContent-Disposition: form-data; name=a\n\n\(long)\n--frontier--") == .tooMuch)
        var latin = Self.body("--frontier\nContent-Disposition: form-data; name=a\n\n?\n--frontier--")
        latin[latin.lastIndex(of: UInt8(ascii: "?")) ?? 0] = 0xfc
        #expect(throws: MultipartMistake.text) { try read([latin[...]]) }

        let file = "--frontier\nContent-Disposition: form-data; name=a; filename=f\n\n"
        for (count, isTooLong) in [(100, false), (101, true), (5000, true)] {
            let form = try read([Self.body(file + String(repeating: "z", count: count) + "\n--frontier--")[...]])
            #expect(form.files[0].isTooLong == isTooLong && form.files[0].bytes.count == (isTooLong ? 0 : count))
        }
    }

    @Test("random bytes are refused and never stop the program")
    func noise() {
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<300 {
            var body = Self.usual
            for _ in 0..<Int.random(in: 1...6, using: &generator) {
                body[Int.random(in: body.indices, using: &generator)] = UInt8.random(in: 0...255, using: &generator)
            }
            do {
                _ = try read([body[...]])
            } catch {
                #expect(error is MultipartMistake)
            }
        }
    }

    @Test("what curl sends is read as curl was told")
    func curl() throws {
        let body = try #require(Data(base64Encoded: Self.fromCurl))
        let form = try read(
            [Array(body)[...]], type: "multipart/form-data; boundary=------------------------630b0492062b1fbe")
        #expect(form.texts.map(\.0) == ["csrf"] && form.texts.map(\.1) == ["a b\"c"])
        #expect(form.files.map(\.field) == ["picture"] && form.files.map(\.fileName) == ["p\"q.png"])
        #expect(form.files.first?.bytes == [0x89, 0x50, 0x0d, 0x0a, 0x2d, 0x2d, 0x00, 0xff])
    }

    /// The body of `curl -F 'csrf=a b"c' -F 'picture=@"p\"q.png";type=image/png'` (curl 7.88.1).
    private static let fromCurl = """
        LS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS02MzBiMDQ5MjA2MmIxZmJlDQpDb250ZW50LURpc3Bvc2l0aW9uOiBmb3JtLWRhdGE7\
        IG5hbWU9ImNzcmYiDQoNCmEgYiJjDQotLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLTYzMGIwNDkyMDYyYjFmYmUNCkNvbnRlbnQt\
        RGlzcG9zaXRpb246IGZvcm0tZGF0YTsgbmFtZT0icGljdHVyZSI7IGZpbGVuYW1lPSJwJTIycS5wbmciDQpDb250ZW50LVR5cGU6\
        IGltYWdlL3BuZw0KDQqJUA0KLS0A/w0KLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS0tLS02MzBiMDQ5MjA2MmIxZmJlLS0NCg==
        """
}

extension Upload: Equatable {
    /// As its route sees it.
    public static func == (one: Upload, other: Upload) -> Bool {
        (one.field, one.fileName, one.bytes, one.isTooLong, one.count)
            == (other.field, other.fileName, other.bytes, other.isTooLong, other.count)
    }
}
