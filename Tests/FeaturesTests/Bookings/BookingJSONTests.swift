/// A booking as the API tells it: exactly the names that programs rely on.
import Database
import Scheduling
import Testing
import Web

@testable import Features

struct BookingJSONTests {
    private func json(_ change: (inout Booking) -> Void = { _ in }, history: [BookingRecord] = [],
        token: String? = nil) -> JSON {
        var booking = Booking.example
        change(&booking)
        return BookingJSON(booking, link: .example, history: history, zones: Stage.zones).json(token: token)
    }

    private func names(_ json: JSON?) -> [String] { (json?.members ?? []).map(\.0) }

    @Test("the names are those of the document, and the token is there only when it is told")
    func names() {
        let common = [
            "id", "uid", "status", "start", "end", "timezone", "link", "hosts", "attendee", "guests", "answers",
            "location", "source", "utm", "createdAt", "version", "moves", "reconfirmation",
        ]
        #expect(names(json()) == common)
        #expect(Set(names(json(token: "t"))) == Set(common + ["token"]) && json(token: "t")["token"] == "t")
        #expect(names(json { $0.reason = "Ill." }).contains("reason"))
        #expect(names(json()["link"]) == ["slug", "title"] && names(json()["hosts"]?[0]) == ["name"])
        #expect(names(json()["attendee"]) == ["name", "email", "locale"])
        #expect(names(json { $0.attendee.phone = "+351912345678" }["attendee"]) == ["name", "email", "phone", "locale"])
        #expect(names(json()["location"]) == ["kind", "url"])
        #expect(names(json { $0.location = Location(kind: .address, text: "Rua 1") }["location"]) == ["kind", "text"])
        #expect(json()["guests"] == [] && json()["version"] == 1 && json()["status"] == "confirmed")
    }

    @Test("times carry the offset of the attendee's zone, instants of ours end in Z")
    func times() {
        let tokyo = json { $0.attendee.zone = "Asia/Tokyo" }
        #expect(tokyo["start"]?.string?.hasSuffix("+09:00") == true
            && tokyo["end"]?.string?.hasSuffix("+09:00") == true)
        #expect(tokyo["createdAt"]?.string?.hasSuffix("Z") == true)
        #expect(json { $0.attendee.zone = "Gone/Away" }["start"]?.string?.hasSuffix("Z") == true)
    }

    @Test("moves say from, to, when and by which kind of person, never by whose id")
    func moves() {
        let user: ID<User> = ID(milliseconds: 0, random: [UInt8](repeating: 1, count: 10))
        let history = [
            BookingRecord(version: 1, event: "booked", actor: "visitor", from: nil, to: monday, reason: "", at: monday),
            BookingRecord(version: 2, event: "rescheduled", actor: Actor.key("key_1", user).text, from: monday,
                          to: monday.adding(hours: 1), reason: "", at: monday),
        ]
        let moves = json(history: history)["moves"]
        #expect(moves?.array?.count == 1 && names(moves?[0]) == ["from", "to", "at", "by"])
        #expect(moves?[0]?["by"] == "key" && moves?[0]?["to"]?.string?.contains("T08:00:00") == true)
        #expect(!json(history: history).text.contains(user.text))
    }

    @Test("no id and no address of a host leaves with a booking")
    func hosts() {
        let text = json(token: "t").text
        #expect(!text.contains("usr_") && !text.contains(LinkHost.example.email))
    }
}
