/// What saving a template would change in the links made from it, shown before anything is saved.
import Database
import Scheduling
import Web

/// How many links change, and in what.
package struct TemplateChange: Sendable, Equatable {
    package struct Difference: Sendable, Equatable {
        package let name: String
        /// Nil where the links differ among themselves.
        package let before: String?
        package let after: String
    }

    package var count: Int
    package var differences: [Difference]
    /// Whoever has a link that is new, and whoever's is let go.
    package var gets: Set<ID<User>> = []
    package var loses: Set<ID<Link>> = []
    /// Each link with what it was and becomes.
    private var told: [String] = []

    package var isEmpty: Bool { count + gets.count + loses.count == 0 }

    /// What a form says again when just this was seen.
    package var digest: String {
        let all = told + gets.sorted().map(\.text) + ["|"] + loses.sorted().map(\.text)
        return URLText.text(sha256(Array(JSON.array(all.map { .string($0) }).text.utf8)))
    }

    /// - Parameters:
    ///   - links: those made from it, as they are now.
    ///   - rooms: the workspace's.
    package init(
        _ links: [Link], becoming template: Link, locked: Set<LinkSection>, rooms: [BookableResource] = []
    ) {
        let changing = links.filter { link in locked.contains { link.differs(from: template, in: $0) } }
        var before: [String: Set<String>] = [:]
        var after: [(name: String, words: String)] = []
        for link in changing {
            var becomes = link
            becomes.take(locked, of: template, rooms: rooms) { ID(milliseconds: 0, random: []) }
            let (old, new) = (LinkJSON(link).full.members ?? [], LinkJSON(becomes).full.members ?? [])
            for ((name, was), (_, now)) in zip(old, new) where Self.words(was) != Self.words(now) {
                told += [link.id.text, name, Self.words(was), Self.words(now)]
                before[name, default: []].insert(Self.words(was))
                if !after.contains(where: { $0.name == name }) { after.append((name, Self.words(now))) }
            }
        }
        count = changing.count
        differences = after.map { name, words in
            let was = before[name, default: []]
            return Difference(name: Self.label(name), before: was.count == 1 ? was.first : nil, after: words)
        }
    }

    /// A value of the API for people to read.
    private static func words(_ json: JSON) -> String {
        switch json {
        case .null: return plain("none")
        case .bool(let isOn): return isOn ? plain("yes") : plain("no")
        case .string(let text): return text.isEmpty ? plain("empty") : text
        case .int(let number): return String(number)
        case .array(let elements):
            return elements.isEmpty ? plain("none") : elements.map(words).joined(separator: ", ")
        case .object(let members):
            return members.filter { $0.0 != "id" && $0.1 != "" }.map { words($0.1) }.joined(separator: " ")
        default: return json.text
        }
    }

    private static func label(_ name: String) -> String {
        let labels = [
            "title": plain("Title"), "description": plain("Description"),
            "durationMinutes": plain("Lengths in minutes"), "stepMinutes": plain("A new start every … minutes"),
            "alignMinutes": plain("Meetings start on"), "offsetMinutes": plain("First start after opening, minutes"),
            "bufferBeforeMinutes": plain("Pause before, minutes"), "bufferAfterMinutes": plain("Pause after, minutes"),
            "gapRule": plain("Pauses between two meetings"), "travelBeforeMinutes": plain("Travel before, minutes"),
            "travelAfterMinutes": plain("Travel after, minutes"), "locations": plain("Where"),
            "resources": plain("Rooms and more"), "questions": plain("Questions"),
            "color": plain("Colour in your calendar"), "language": plain("Language of the page"),
            "lockTimezone": plain("Show times in my zone only"), "confirmationText": plain("Thank-you text"),
            "redirectUrl": plain("Go on to this page"), "eventTitle": plain("Title in calendars"),
            LinkFraming.field: plain("Sites that may show the page"),
            "minimumNotice": plain("Shortest notice"), "window": plain("How far ahead"),
            "hidden": plain("Not listed on my page"), "expiresAt": plain("Last day it can be booked"),
            "maxUses": plain("Bookings in all"), "accessCode": plain("Access code"),
            "maxGuests": plain("Guests an attendee may bring"), "attendeeMay": plain("Changes"),
            "rescheduleNoticeMinutes": plain("Moving ends … minutes before the start"),
            "cancelNoticeMinutes": plain("Cancelling ends … minutes before the start"),
            "cancelReasonRequired": plain("Who cancels must say why"),
            "requiresApproval": plain("You decide about each booking"),
            "approvalHours": plain("Hours you take to answer, at most"),
            "verifiesEmail": plain("Ask for a code that is mailed to the attendee"),
            "botDefence": plain("Against bots"), "capacity": plain("Places at each time"),
            "showsSeats": plain("Show how many places are left"),
            "showsNames": plain("Show the first names of those who come"), "recurring": plain("Repeats"),
            "waitlist": plain("Waitlist"), "waitlistHoldMinutes": plain("A freed place is kept … minutes"),
            "limits": plain("Limits and rhythm"), "bookerHours": plain("Hours by the attendee’s clock"),
            "firstOfDay": plain("Offer only the first time of each day"),
            "besideFirst": plain("Mark times next to other meetings"),
        ]
        return labels[name] ?? name
    }
}

/// The page between a template's form and its saving: how many links change and in what. It sends the same form again.
struct TemplateChangePage: Page {
    let principal: Principal
    let title: String
    let change: TemplateChange
    let action: Path
    let back: Path
    /// The form as it came.
    let fields: [(String, String)]

    static var example: TemplateChangePage {
        var longer = Link.example
        longer.rules.duration = 45
        return TemplateChangePage(
            principal: .example, title: "Intro",
            change: TemplateChange([.example], becoming: longer, locked: [.duration]),
            action: "/settings/booking-links", back: "/settings/booking-links", fields: [])
    }

    var html: HTML {
        Layout.app(title: plain("Save this template?"), tab: .templates, principal, """
            \(Components.pageHead(plain("Save this template?"), say("Nothing is saved yet.")))
            <ul class="stack near" role="list">\(if: change.count > 0, then: "<li>\(changed)</li>")\
            \(if: !change.gets.isEmpty, then: "<li>\(gets)</li>")\
            \(if: !change.loses.isEmpty, then: "<li>\(loses)</li>")</ul>
            \(if: !change.differences.isEmpty, then: table)
            \(Components.form(action: action, csrf: principal, """
                \(each: fields, { Components.hidden($0.0, $0.1) })\(Components.hidden("confirmed", change.digest))\
                <p class="line">\(Components.button(plain("Save and change them"), .primary))\
                \(Components.link(plain("Back without saving"), to: back, .quiet))</p>
                """))
            """)
    }

    private var changed: HTML {
        say("""
            \(change.count)|one:One link made from “\(title)” changes.|other:%1 links made from “\(title)” change.
            """)
    }

    private var gets: HTML {
        say("\(change.gets.count)|one:One person gets a link.|other:%1 people get a link.")
    }

    private var loses: HTML {
        say("""
            \(change.loses.count)|one:One link leaves the template and stays with its host.|\
            other:%1 links leave the template and stay with their hosts.
            """)
    }

    private var table: HTML {
        """
        <div class="scroll" tabindex="0" role="region" aria-label="\(plain("What changes"))">\
        <table class="table cards"><thead><tr><th scope="col">\(say("What"))</th><th scope="col">\(say("Now"))</th>\
        <th scope="col">\(say("After saving"))</th></tr></thead><tbody>\(each: change.differences, { difference in """
            <tr><th scope="row">\(difference.name)</th>\
            <td data-label="\(plain("Now"))"><bdi>\(difference.before ?? plain("differs from link to link"))</bdi></td>\
            <td data-label="\(plain("After saving"))"><bdi>\(difference.after)</bdi></td></tr>
            """ })</tbody></table></div>
        """
    }
}
