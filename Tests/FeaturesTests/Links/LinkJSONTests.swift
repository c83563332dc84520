/// A link as the API tells it: in full to its people, without ids and addresses of people to everybody.
import Scheduling
import Testing
import Web

@testable import Features

struct LinkJSONTests {
    private func names(_ json: JSON?) -> [String] { (json?.members ?? []).map(\.0) }

    @Test("the full form has the names of the bodies that make it")
    func full() {
        let json = LinkJSON(.example).full
        #expect(names(json) == [
            "id", "title", "slug", "description", "kind", "durationMinutes", "stepMinutes", "alignMinutes",
            "offsetMinutes", "bufferBeforeMinutes", "bufferAfterMinutes", "minimumNotice", "window", "scheduleId",
            "hosts",
            "questions", "locations", "active", "version", "createdAt",
        ])
        #expect(json["durationMinutes"] == [30] && json["stepMinutes"] == .null)
        #expect(names(json["minimumNotice"]) == ["value", "unit"] && names(json["window"]) == ["kind", "days"])
        #expect(names(json["hosts"]?[0]) == ["userId", "role", "name"])
        #expect(names(json["questions"]?[0]) == ["id", "kind", "label", "required"])
    }

    @Test("a range is told by its dates")
    func range() {
        var link = Link.example
        link.rules.window = .range(from: LocalDate(daysSince1970: 0), to: LocalDate(daysSince1970: 1))
        #expect(LinkJSON(link).full["window"] == ["kind": "range", "from": "1970-01-01", "to": "1970-01-02"])
    }

    @Test("strangers get names of hosts, no ids, no addresses, nothing of the schedule")
    func open() {
        let json = LinkJSON(.example).open(zone: "Europe/Oslo")
        #expect(Set(names(json)) == [
            "slug", "title", "description", "kind", "durations", "locations", "questions", "hosts", "zone", "price",
            "policies",
        ])
        #expect(names(json["hosts"]?[0]) == ["name"] && json["zone"] == "Europe/Oslo")
        for secret in ["usr_", "sch_", "lnk_", "@", Link.example.hosts[0].email, "version"] {
            #expect(!json.text.contains(secret), "\(secret)")
        }
    }
}
