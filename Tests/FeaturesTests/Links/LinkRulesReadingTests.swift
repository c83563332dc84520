/// Who may come in, what attendees may change and what follows a booking: bounds and words of every field.
import Database
import Scheduling
import Testing
import Web

@testable import Features

struct LinkRulesReadingTests: ReadsLinks {
    private let entropy = Entropy.seeded(1)

    @Test("numbers are kept within their bounds, ends included", arguments: [
        ("maxUses", 1, 100_000), ("maxGuests", 0, 50), ("rescheduleNoticeMinutes", 0, 525_600),
        ("cancelNoticeMinutes", 0, 525_600),
    ])
    func numbers(name: String, least: Int, most: Int) {
        #expect(errors(name, JSON(least)).isEmpty && errors(name, JSON(most)).isEmpty)
        #expect(errors(name, JSON(least - 1)).count == 1 && errors(name, JSON(most + 1)).count == 1)
        #expect(errors(name, "much").count == 1 && errors(name, [1]).count == 1 && errors(name, true).count == 1)
    }

    @Test("what is yes or no takes nothing else", arguments: [
        "hidden", "cancelReasonRequired", "lockTimezone", "redirectDetails",
    ])
    func flags(name: String) {
        #expect(errors(name, true).isEmpty && errors(name, "on").count == 1 && errors(name, 1).count == 1)
        #expect(errors("attendeeMay", ["reschedule": "x"]) == ["attendeeMay.reschedule invalid"])
        #expect(errors("attendeeMay", ["move": true]) == ["attendeeMay.move unknown"])
        #expect(rules("attendeeMay", ["cancel": false])?.changes.attendeeCancels == false)
    }

    @Test("places are one to eight, each of a kind we know")
    func places() {
        let one: JSON = ["kind": "attendee_choice", "text": ""]
        #expect(rules("locations", .array((0..<8).map { _ in one }))?.locations.count == 8)
        #expect(errors("locations", .array((0..<9).map { _ in one })) == ["locations too_many"])
        #expect(errors("locations", []) == ["locations missing"])
        #expect(errors("locations", "here") == ["locations invalid"])
        #expect(errors("locations", [["text": "x"]]) == ["locations.0.kind missing"])
        #expect(errors("locations", [one, ["kind": "moon"]]) == ["locations.1.kind invalid"])
        #expect(errors("locations", [["kind": "custom", "text": "a\u{7}"]]) == ["locations.0.text invalid"])
    }

    @Test("the last moment is a time with its offset, or none")
    func expiry() {
        #expect(rules("expiresAt", "2030-01-07T09:00:00+01:00")?.access.expiresAt == Instant(1_894_003_200))
        #expect(rules("expiresAt", .null)?.access.expiresAt == nil && errors("expiresAt", .null).isEmpty)
        for wrong: JSON in ["soon", "2030-01-07", "2030-01-07T09:00:00", 5, ["x"]] {
            #expect(errors("expiresAt", wrong) == ["expiresAt invalid"], "\(wrong.text)")
        }
    }

    @Test("a code has 4 to 40 characters without blanks around them")
    func code() {
        #expect(rules("accessCode", "  blue door ")?.access.code == "blue door")
        #expect(errors("accessCode", "abc") == ["accessCode too_short"])
        #expect(errors("accessCode", .string(String(repeating: "a", count: 41))) == ["accessCode too_long"])
        #expect(errors("accessCode", "ab\ncd") == ["accessCode invalid"] && errors("accessCode", 12345).count == 1)
        var base = Stage.rules
        base.access.code = "blue door"
        #expect(read(["accessCode": .null], over: base).rules?.access.code == nil)
        #expect(read([:], over: base).rules?.access.code == "blue door")
    }

    @Test("colours are written in six digits")
    func colour() {
        #expect(rules("color", "#2F6F4F")?.look.colour == "#2f6f4f" && rules("color", "")?.look.colour == nil)
        for wrong in ["red", "#2f6f4", "#2f6f4g", "2f6f4f0", "#２f6f4f", "url(x)"] {
            #expect(errors("color", .string(wrong)) == ["color invalid"], "\(wrong)")
        }
    }

    @Test("a page is fixed only to a language that is spoken here")
    func language() {
        #expect(rules("language", "EN")?.look.language == "en" && rules("language", "")?.look.language == nil)
        #expect(errors("language", "en-XB") == ["language invalid"])
        var fields = Fields(json: ["title": "Intro", "language": "en-XB"])
        let both = try? LinkReading.read(&fields, over: nil, entropy: entropy, languages: [.english, .pseudo])
        #expect(both?.rules.look.language == "en-XB")
        #expect(errors("language", "tlh") == ["language invalid"] && errors("language", 5).count == 1)
    }

    @Test("after booking one goes on to a page, never to a script or a mailbox")
    func redirect() {
        #expect(rules("redirectUrl", "https://ada.example/thanks?x=1")?.look.redirect != nil)
        for wrong in [
            "javascript:alert(1)", "mailto:a@b.c", "/thanks", "https://", "ftp://a.example", "https://a b.example",
            "https://user@a.example", "HTTPS:evil",
        ] {
            #expect(errors("redirectUrl", .string(wrong)) == ["redirectUrl invalid"], "\(wrong)")
        }
        let long = "https://a.example/" + String(repeating: "x", count: 2000)
        #expect(errors("redirectUrl", .string(long)) == ["redirectUrl too_long"])
    }

    @Test("words after booking may have lines, a title in calendars known variables")
    func words() {
        #expect(rules("confirmationText", "One\ntwo")?.look.confirmation == "One\ntwo")
        let long = String(repeating: "a", count: 2001)
        #expect(errors("confirmationText", .string(long)) == ["confirmationText too_long"])
        #expect(rules("eventTitle", "{{attendee.name}} & {{ host.name }}")?.look.eventTitle != nil)
        #expect(errors("eventTitle", "{{attende.name}}") == ["eventTitle invalid"])
        #expect(errors("eventTitle", .string(String(repeating: "a", count: 201))) == ["eventTitle too_long"])
    }

    @Test("websites are origins, each once, at most twenty, and what is none is told what to write")
    func origins() {
        let read = rules("allowedOrigins", ["https://A.example/", "https://a.example", "http://localhost:3000"])
        #expect(read?.look.origins.map(\.text) == ["https://a.example", "http://localhost:3000"])
        #expect(rules("allowedOrigins", [])?.look.origins == [])
        let many = JSON.array((1...21).map { .string("https://a\($0).example") })
        #expect(errors("allowedOrigins", many) == ["allowedOrigins too_many"])
        for wrong in ["*", "https://*.example", "https://a.example/page", "http://a.example", "null"] {
            #expect(errors("allowedOrigins", [.string(wrong)]) == ["allowedOrigins invalid"], "\(wrong)")
        }
        #expect(errors("allowedOrigins", "https://a.example") == ["allowedOrigins invalid"])
    }

    @Test("the form's last day ends at midnight in the host's zone, or at the time beside it")
    func lastDay() throws {
        let berlin = try Stage.zones.zone("Europe/Berlin").wanted("zone")
        func form(_ date: String, _ time: String) -> LinkFormReading {
            LinkFormReading(
                FormData([
                    ("title", "Intro"), ("expires.date", date), ("expires.time", time), ("locations.0.kind", "custom"),
                ]), zone: berlin, entropy: entropy)
        }
        let midnight = form("2030-01-07", "").wish?.rules.access.expiresAt
        #expect(midnight == berlin.instant(of: LocalDate("2030-01-08").map { $0 } ?? LocalDate(daysSince1970: 0)))
        #expect(try LinkExpiry.fields(midnight.wanted("midnight"), zone: berlin) == ("2030-01-07", ""))
        let six = form("2030-01-07", "18:00").wish?.rules.access.expiresAt
        #expect(try LinkExpiry.fields(six.wanted("six"), zone: berlin) == ("2030-01-07", "18:00"))
        #expect(form("2030-01-07", "6pm").wish?.rules.access.expiresAt == six)
        #expect(form("", "").wish != nil && form("", "18:00").filled.errors.map(\.field) == ["expires.date"])
        for wrong in ["six", "25:00", "18:60", "1８:00", "18:00:00:00"] {
            #expect(form("2030-01-07", wrong).filled.errors.map(\.field) == ["expires.time"], "\(wrong)")
        }
        #expect(form("2030-02-30", "").filled.errors.map(\.field) == ["expires.date"])
    }

    @Test("an address and a number to call are typed; a video link may follow, and attendees read so")
    func emptyPlaces() throws {
        for kind in ["address", "phone_attendee_calls"] {
            #expect(errors("locations", [["kind": .string(kind), "text": ""]]) == ["locations.0.text missing"])
            #expect(errors("locations", [["kind": .string(kind)]]) == ["locations.0.text missing"])
            #expect(errors("locations", [["kind": .string(kind), "text": "a\u{7}"]]) == ["locations.0.text invalid"])
            #expect(rules("locations", [["kind": .string(kind), "text": "Kiosk 3"]]) != nil)
        }
        let video = try (rules("locations", [["kind": "video", "text": ""]])?.firstLocation).wanted("place")
        #expect(video.openWords == "Video call" && video.words == "Video call; the link will follow")
        #expect(Location(kind: .video, text: "https://a.example").openWords == "Video call")
    }

    @Test("an empty row of places is none, a row with words and no kind is asked about")
    func rows() {
        func form(_ kind: String, _ text: String) -> LinkFormReading {
            LinkFormReading(
                FormData([
                    ("title", "Intro"), ("locations.0.kind", "video"), ("locations.0.text", ""),
                    ("locations.1.kind", kind), ("locations.1.text", text),
                ]), zone: .utc, entropy: entropy)
        }
        #expect(form("", "").wish?.rules.locations == [Location(kind: .video, text: "")])
        #expect(form("custom", "Bar").wish?.rules.locations.count == 2)
        let asked = form("", "Bar")
        #expect(asked.filled.errors.map(\.field) == ["locations.1.kind"] && asked.filled["locations.1.text"] == "Bar")
    }

    @Test("what the form shows of a link, sent back as it is, is that link")
    func roundTrip() throws {
        var rules = Stage.rules
        (rules.step, rules.align, rules.offset) = (20, 15, 5)
        rules.locations = [Location(kind: .attendeeChoice, text: ""), Location(kind: .address, text: "Kiosk 3")]
        rules.access.hidden = true
        rules.access.expiresAt = Instant(1_900_000_000 / 60 * 60)
        (rules.access.mostUses, rules.access.code, rules.access.mostGuests) = (7, "blue door", 0)
        rules.changes.attendeeCancels = false
        (rules.changes.moveNotice, rules.changes.needsReason) = (90, true)
        (rules.look.colour, rules.look.language, rules.look.locksZone) = ("#123456", "en", true)
        (rules.look.confirmation, rules.look.redirect) = ("a\nb", "https://ada.example/")
        rules.look.origins = SiteOrigin("https://www.example.org").map { [$0] } ?? []
        (rules.look.redirectDetails, rules.look.eventTitle) = (true, "{{link.title}}")
        let berlin = try Stage.zones.zone("Europe/Berlin").wanted("zone")
        let sent = LinkFields.filled(rules, zone: berlin).values.map { ($0.key, $0.value) }
        let read = LinkFormReading(FormData(sent), zone: berlin, entropy: entropy)
        #expect(read.wish?.rules == rules, "\(read.filled.errors)")
    }
}
