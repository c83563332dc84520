/// What a booker sends, as a form and as JSON: one set of bounds and messages, nothing typed is lost.
import Scheduling
import Testing
import Web

@testable import Features

struct BookingReadingTests {
    private let link = Link.example
    private var question: String { "answers.\(Question.example.id)" }

    private func errors(_ body: JSON) -> [String] {
        var fields = Fields(json: body)
        _ = BookingReading.start(&fields)
        _ = BookingReading.read(&fields, link: link, zone: nil, zones: Stage.zones, language: .english)
        try? fields.finish()
        return fields.errors.map { "\($0.field) \($0.code)" }
    }

    private func body(_ change: [String: JSON] = [:], attendee: [String: JSON] = [:]) -> JSON {
        var person: [String: JSON] = ["name": "Yuko", "email": "yuko@kpuh.example"]
        person.merge(attendee) { $1 }
        var members: [String: JSON] = [
            "start": "2030-01-07T10:00:00+01:00", "timezone": "Asia/Tokyo",
            "answers": .object([(Question.example.id.text, .string("Wards."))]),
            "attendee": .object(person.map { ($0.key, $0.value) }),
        ]
        members.merge(change) { $1 }
        return .object(members.map { ($0.key, $0.value) })
    }

    @Test("a form and a JSON body with the same words give the same attendee and answers")
    func same() throws {
        let form = FormData([
            ("start", "1893999600"), ("timezone", "Asia/Tokyo"), ("attendee.name", " Yuko "),
            ("attendee.email", "Yuko@KPUH.example"), ("attendee.phone", "+351 912-345 (678)"), (question, "a\r\nb"),
        ])
        let json: JSON = body(
            ["answers": .object([(Question.example.id.text, .string("a\nb"))])],
            attendee: ["email": "Yuko@kpuh.example", "phone": "+351912345678"])
        var (one, two) = (Fields(form: form), Fields(json: json))
        let a = BookingReading.read(&one, link: link, zone: nil, zones: Stage.zones, language: .english)
        let b = BookingReading.read(&two, link: link, zone: nil, zones: Stage.zones, language: .english)
        #expect(a.attendee == b.attendee && a.answers == b.answers)
        #expect(a.attendee == Attendee(
            name: "Yuko", email: "Yuko@kpuh.example", phone: "+351912345678", zone: "Asia/Tokyo", language: "en"))
        #expect(one.errors.isEmpty && two.errors.isEmpty)
        #expect(one.typed["attendee.phone"] == "+351 912-345 (678)")
    }

    @Test("every bound of every field is kept to the character")
    func bounds() {
        func long(_ count: Int) -> JSON { .string(String(repeating: "x", count: count)) }
        #expect(errors(body()).isEmpty)
        #expect(errors(body(attendee: ["name": long(200)])).isEmpty)
        #expect(errors(body(attendee: ["name": long(201)])) == ["attendee.name too_long"])
        #expect(errors(body(attendee: ["name": " "])) == ["attendee.name missing"])
        #expect(errors(body(attendee: ["name": 5])) == ["attendee.name invalid"])
        #expect(errors(body(attendee: ["name": "A\r\nBcc: x"])) == ["attendee.name invalid"])
        #expect(errors(body(attendee: ["email": "nobody"])) == ["attendee.email invalid"])
        #expect(errors(body(attendee: ["email": "a@b.example\nBcc: c@d.example"])) == ["attendee.email invalid"])
        #expect(errors(body(attendee: ["locale": long(36)])) == ["attendee.locale too_long"])
        #expect(errors(body(["timezone": "Mars/Olympus"])) == ["timezone invalid"])
        #expect(errors(body(["timezone": "../etc/passwd"])) == ["timezone invalid"])
        #expect(errors(body(["timezone": .null])) == ["timezone missing"])
        let answer = Question.example.id.text
        #expect(errors(body(["answers": .object([(answer, long(5000))])])).isEmpty)
        #expect(errors(body(["answers": .object([(answer, long(5001))])])) == ["answers.\(answer) too_long"])
        #expect(errors(body(["answers": .object([(answer, .string(""))])])) == ["answers.\(answer) missing"])
        let more: JSON = .object([(answer, .string("x")), ("qst_other", .string("y"))])
        #expect(errors(body(["answers": more])) == ["answers.qst_other unknown"])
        #expect(errors(body(["nonsense": 1])) == ["nonsense unknown"])
        #expect(errors(body(attendee: ["nonsense": 1])) == ["attendee.nonsense unknown"])
    }

    @Test("phone numbers are kept as digits, and what is none is refused")
    func phones() {
        for text in ["+351 912 345 678", "(0)30/123-456", "123456", "123456789012345"] {
            #expect(errors(body(attendee: ["phone": .string(text)])).isEmpty, "\(text)")
        }
        for text in ["12345", "1234567890123456", "call me", "+351 x12 345 678", "１２３４５６７", "++++++"] {
            #expect(errors(body(attendee: ["phone": .string(text)])) == ["attendee.phone invalid"], "\(text)")
        }
        #expect(errors(body(attendee: ["phone": ""])).isEmpty)
    }

    @Test("a start is RFC 3339 with an offset or our own seconds, within 1970 and 2200")
    func starts() {
        func start(_ text: JSON) -> (Instant, [String]) {
            var fields = Fields(json: ["start": text])
            return (BookingReading.start(&fields), fields.errors.map(\.code))
        }
        #expect(start("2030-01-07T08:00:00+01:00").0 == monday)
        #expect(start("1893999600").0 == monday)
        for text in ["", "2030-01-07T08:00:00", "tomorrow", "1e9", "99999999999999999999"] {
            #expect(!start(.string(text)).1.isEmpty, "\(text)")
        }
        for text in ["9999-12-31T00:00:00Z", "0001-01-01T00:00:00Z", "9223372036854775807", "-1"] {
            #expect(start(.string(text)).1 == ["invalid"], "\(text)")
        }
        #expect(start(.null).1 == ["missing"] && start(1_893_999_600).1 == ["invalid"])
    }

    @Test("the viewer's zone counts where the body names none")
    func zones() throws {
        let tokyo = try Stage.zones.zone("Asia/Tokyo").wanted("Tokyo")
        var fields = Fields(form: FormData([]))
        #expect(BookingReading.timezone(&fields, otherwise: tokyo, zones: Stage.zones) == "Asia/Tokyo")
        var named = Fields(form: FormData([("timezone", "Europe/Lisbon")]))
        #expect(BookingReading.timezone(&named, otherwise: tokyo, zones: Stage.zones) == "Europe/Lisbon")
    }

    @Test("utm holds at most twenty short texts")
    func utm() {
        func read(_ json: JSON) -> ([String: String], [String]) {
            var fields = Fields(json: ["utm": json])
            return (BookingReading.utm(&fields), fields.errors.map { "\($0.field) \($0.code)" })
        }
        #expect(read(["utm_source": "mail"]).0 == ["utm_source": "mail"])
        #expect(read(["utm_source": 1]).1 == ["utm.utm_source invalid"])
        #expect(read(["a": .string(String(repeating: "x", count: 256))]).1 == ["utm.a invalid"])
        #expect(read([1]).1 == ["utm invalid"])
        #expect(read(.object((0...20).map { ("k\($0)", .string("v")) })).1 == ["utm invalid"])
        #expect(read(.object([(String(repeating: "k", count: 65), .string("v"))])).1.count == 1)
    }

    @Test("a link that asks nothing takes empty answers and refuses others")
    func nothingAsked() {
        var silent = Link.example
        silent.questions = []
        func wrong(_ answers: JSON) -> [String] {
            var fields = Fields(json: body(["answers": answers]))
            _ = BookingReading.start(&fields)
            _ = BookingReading.read(&fields, link: silent, zone: nil, zones: Stage.zones, language: .english)
            try? fields.finish()
            return fields.errors.map { "\($0.field) \($0.code)" }
        }
        #expect(wrong([:]).isEmpty)
        #expect(wrong(["qst_other": "x"]) == ["answers unknown"])
        #expect(wrong(5) == ["answers unknown"])
    }
}
