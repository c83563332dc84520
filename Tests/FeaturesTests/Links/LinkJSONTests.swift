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
            "gapRule", "travelBeforeMinutes", "travelAfterMinutes", "firstOfDay", "besideFirst", "bookerHours",
            "limits", "hosts", "resources",
            "questions", "locations", "active", "version", "createdAt", "hidden", "expiresAt", "maxUses", "accessCode",
            "maxGuests", "attendeeMay", "rescheduleNoticeMinutes", "cancelNoticeMinutes", "cancelReasonRequired",
            "color", "language", "lockTimezone", "confirmationText", "redirectUrl", "redirectDetails", "eventTitle",
            "allowedOrigins",
            "requiresApproval", "approvalHours",
            "verifiesEmail", "botDefence",
            "capacity", "showsSeats", "showsNames",
            "recurring", "waitlist", "waitlistHoldMinutes",
        ])
        #expect(json["durationMinutes"] == [30] && json["stepMinutes"] == .null)
        #expect(names(json["minimumNotice"]) == ["value", "unit"] && names(json["window"]) == ["kind", "days"])
        #expect(names(json["hosts"]?[0]) == ["userId", "role", "name"])
        #expect(names(json["questions"]?[0]) == ["id", "kind", "label", "required", "hint"])
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
            "policies", "accessCodeRequired", "maxGuests", "lockTimezone", "capacity",
            "requiresApproval",
            "emailCodeRequired", "botDefence",
            "recurring", "waitlist", "hostChoice",
        ])
        #expect(names(json["hosts"]?[0]) == ["name"] && json["zone"] == "Europe/Oslo")
        for secret in ["usr_", "sch_", "lnk_", "@", Link.example.hosts[0].email, "version"] {
            #expect(!json.text.contains(secret), "\(secret)")
        }
    }

    @Test("the code is told to the link's people alone: no stranger reads it, no booking keeps it")
    func code() {
        var link = Link.example
        link.rules.access.code = "blue door"
        #expect(LinkJSON(link).full["accessCode"] == "blue door")
        let open = LinkJSON(link).open(zone: "UTC")
        #expect(!open.text.contains("blue door") && open["accessCodeRequired"] == true)
        #expect(!LinkJSON(link).snapshot.contains("blue door"))
    }

    @Test("a snapshot tells the link while title and places are the same, whatever else changed")
    func told() {
        var link = Link.example
        let snapshot = LinkJSON(link).snapshot
        link.rules.bufferAfter = 5
        #expect(LinkJSON(link).isTold(by: snapshot))
        link.rules.locations.append(Location(kind: .attendeeChoice, text: ""))
        #expect(!LinkJSON(link).isTold(by: snapshot))
        link.rules.locations.removeLast()
        link.rules.title += "!"
        #expect(!LinkJSON(link).isTold(by: snapshot))
    }
}
