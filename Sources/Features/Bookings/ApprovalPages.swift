/// The pages of a decision: the question with its two buttons, what was decided, and what attendees read meanwhile.
import Database
import Scheduling
import Web

/// `/book/approve/<token>` while there is something to decide.
package struct ApprovalPage: Page {
    let asked: AskedHost
    var filled = Filled.empty
    var refusal: String?

    package var html: HTML {
        let booking = asked.booking
        let words = ApprovalWords(booking, zone: asked.zone, clock: asked.clock)
        let theirs = TimeWords.theirs(
            booking.state.starts, beside: asked.zone, asked.theirZone, booking.attendee.name, asked.clock)
        return Layout.publicPage(
            title: plain("Approve or decline: \(asked.link.rules.title)"), workspaceName: asked.workspaceName, """
                \(refusal.map { Components.banner(.fails, "\($0)") })\
                <header class="stack near"><p>\
                \(Components.state(.pendingApproval, BookingWords.state(.pendingApproval)))</p>\
                <p class="second">\(words.who)</p>\
                <h1 class="display">\(words.day),<br><time>\(words.range)</time></h1>\
                <p class="second lead">\(say("\(TimeWords.city(asked.zone)) time.")) \(theirs)</p>\
                <p>\(words.meanwhile)</p></header>\
                \(DecisionForms(action: Path("/book/approve/\(asked.token)"), booking: booking, filled: filled).html)\
                \(BookingFacts(booking: booking, link: asked.link, showsAddress: true).html)
                """)
    }

    package static var example: ApprovalPage { ApprovalPage(asked: .example) }
}

/// The two buttons, with room for words beside the no.
struct DecisionForms {
    let action: Path
    let booking: Booking
    var csrf: Principal?
    var filled = Filled.empty

    var html: HTML {
        let name = booking.attendee.name
        let version = Components.hidden("version", String(booking.state.version))
        let isOpen = !filled.errors.isEmpty || !filled["words"].isEmpty
        return """
            <div class="stack decision">\(Components.form(action: action, csrf: csrf, style: "line", """
                \(version)\(Components.hidden("decision", "approve"))\
                \(Components.button(plain("Approve"), .primary, icon: .check))
                """))\
            <details class="more"\(if: isOpen, then: " open")>\
            <summary class="button quiet danger">\(Components.icon(.x))\(say("Decline"))</summary>\
            \(Components.form(action: action, csrf: csrf, """
                \(Components.mistakes(filled))\(version)\(Components.hidden("decision", "decline"))\
                <p class="second">\(say("\(name) gets a mail at once, and can ask for another time."))</p>\
                \(Components.textarea("words", plain("Message to \(name)"), in: filled, optional: plain("optional")))\
                <p>\(Components.button(plain("Decline this time"), .grave))</p>
                """))</details></div>
            """
    }
}

/// The same address once nothing is left to decide.
package struct DecidedPage: Page {
    let asked: AskedHost

    package var html: HTML {
        Layout.publicPage(
            title: plain("Decided: \(asked.link.rules.title)"), workspaceName: asked.workspaceName, """
                <header class="stack near"><h1 class="display">\(title)</h1>\
                <p class="second lead">\(answer)</p></header>\
                <p class="line">\(Components.link(
                    plain("See the booking"), to: Path("/calendar/bookings/\(asked.booking.id)")))</p>
                """)
    }

    private var record: BookingRecord? { asked.history.first { $0.version == asked.endedVersion } }
    private var name: String { asked.booking.attendee.name }

    private var title: String {
        switch record?.event {
        case "approved": plain("This is approved")
        case "declined": plain("This is declined")
        case "expired", nil: plain("The time to answer is over")
        default: plain("Nothing is left to decide")
        }
    }

    private var answer: HTML {
        let who = record?.person.flatMap { person in asked.booking.hosts.first { $0.id == person }?.name }
            ?? plain("Somebody of \(asked.workspaceName.text)")
        return switch record?.event {
        case "approved": say("\(who) approved \(time(record?.to)) with \(name). Everybody has been told by mail.")
        case "declined": say("\(who) declined \(time(record?.from)). \(name) has been told by mail.")
        case "expired", nil:
            say("Nobody answered \(name) in time. They have been told by mail, and can ask for another time.")
        case "cancelled": say("\(name) has taken it back, or the meeting was cancelled.")
        default: say("The meeting with \(name) has another time by now.")
        }
    }

    private func time(_ instant: Instant?) -> String {
        TimeWords.dayAndTime(instant ?? asked.booking.state.starts, in: asked.zone, asked.clock)
    }

    package static var example: DecidedPage {
        var asked = AskedHost.example
        asked.endedVersion = 2
        asked.history = [
            BookingRecord(
                version: 2, event: "approved", actor: "user:\(asked.host.id)", from: nil,
                to: asked.booking.state.starts, reason: "", at: asked.now),
        ]
        return DecidedPage(asked: asked)
    }
}

extension AskedHost {
    static var example: AskedHost {
        var booking = Booking.example
        booking.state.status = .pendingApproval
        booking.state.waiting = Waiting(until: booking.state.starts)
        return AskedHost(
            booking: booking, link: .example, history: [], host: .example, token: "example",
            workspaceName: "Nordhavn Instruments", zone: .utc, theirZone: .utc, now: booking.createdAt,
            scope: Scope(workspace: ID(milliseconds: 0, random: [UInt8](repeating: 7, count: 10)), actor: .system))
    }
}

/// What is said of a time that waits, to the host who decides and to the attendee who asked.
struct ApprovalWords {
    let booking: Booking
    let zone: Zone
    let clock: HourClock

    init(_ booking: Booking, zone: Zone, clock: HourClock) {
        (self.booking, self.zone, self.clock) = (booking, zone, clock)
    }

    var day: String { zone.local(at: booking.state.starts).date.dayWordsWithYear }
    var range: String { TimeWords.range(booking.state.starts, booking.state.ends, in: zone, clock) }

    private var until: HTML { moment(booking.state.waiting?.until ?? booking.state.starts) }
    private var kept: HTML? { (booking.state.waiting?.kept?.start).map(moment) }

    private func moment(_ instant: Instant) -> HTML {
        "<time>\(TimeWords.dayAndTime(instant, in: zone, clock))</time>"
    }

    /// Above the time, for the host.
    var who: HTML {
        let name: HTML = "<bdi>\(booking.attendee.name)</bdi>"
        return kept == nil ? say("\(name) asks to meet you on") : say("\(name) asks to move your meeting to")
    }

    /// For the host.
    var meanwhile: HTML {
        if let kept { return say("Until you approve, the meeting stays on \(kept). Answer until \(until).") }
        return say("The time is kept until you answer. Answer until \(until); after that it is free again.")
    }

    /// For the attendee.
    func promise(by host: String) -> HTML {
        let who: HTML = "<bdi>\(host)</bdi>"
        if let kept {
            return say("""
                You asked for this time. Until \(who) agrees, your meeting stays on \(kept). The answer comes by mail, \
                by \(until) at the latest.
                """)
        }
        return say("""
            You asked for this time, and it is kept for you. \(who) answers by mail, by \(until) at the latest. \
            It is booked once \(who) agrees.
            """)
    }

    /// On a link's page, before anybody has asked.
    static func rule(_ link: Link) -> [(Icon, HTML)] {
        guard link.rules.approval.isRequired else { return [] }
        let hours = link.rules.approval.hours
        let time = ChangeWords.length(hours * 60)
        let host = link.hostWords
        return [(.check, say("\(host) decides about each request and answers within \(time)"))]
    }
}
