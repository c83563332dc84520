/// What follows on a confirmation: the host's words, calendars to add it to, correcting the address, changing it.
import Foundation
import Scheduling
import Web

extension BookedPage {
    /// For how long after booking the address can be corrected here.
    private var canCorrect: Bool {
        booking.mayBeCorrected && !isOver && CorrectAddress.isOpen(booking, now: now) && !link.rules.door.verifiesEmail
    }

    /// Where the mail went, and a way to mend it; open at once when something was wrong with it.
    var correct: HTML {
        guard canCorrect else { return .empty }
        let isOpen = !filled.errors.isEmpty || hint != nil
        let sent = isAlive ? say("The mail goes out again; the old address gets a cancellation without details.")
            : say("The mail goes out again, to the new address alone.")
        return """
            <details class="more"\(if: isOpen, then: " open")><summary class="button quiet">\
            \(Components.icon(.edit))\(say("Correct the e-mail address"))</summary>\
            \(Components.form(action: Path("/booking/\(token)/address"), """
                \(Components.mistakes(filled))\(Components.hidden("form", form))\
                \(clockField)\
                <button class="hidden" tabindex="-1" aria-hidden="true">\(say("Send to this address"))</button>\
                \(Components.field("email", plain("E-mail"), in: filled, typing: .email, hint: sent,
                                   autocomplete: "email"))\
                \(hint?.html(typed: filled["email"]))\
                <p>\(Components.button(plain("Send to this address"), .primary))</p>
                """))</details>
            """
    }

    /// Who comes along can be changed until it starts; open at once when something was wrong.
    var guestForm: HTML {
        let most = link.rules.access.mostGuests
        guard isAlive, !isOver, booking.tellsGuests, most > 0 || !booking.guests.isEmpty else { return .empty }
        let isOpen = !guestsFilled.errors.isEmpty || !guestHints.isEmpty || guestHints.hasTakenGuests
        let hint = say("""
            \(most)|one:The e-mail address of one guest.|other:Up to %1 e-mail addresses, one to a line.
            """)
        return """
            <details class="more"\(if: isOpen, then: " open")><summary class="button quiet">\
            \(Components.icon(.users))\(booking.guests.isEmpty ? say("Bring guests") : say("Change guests"))</summary>\
            \(Components.form(action: Path("/booking/\(token)/guests"), """
                \(Components.mistakes(guestsFilled))\(clockField)\
                \(Components.hidden("version", String(booking.state.version)))\
                <button class="hidden" tabindex="-1" aria-hidden="true">\(say("Save guests"))</button>\
                \(Components.textarea("guests", plain("Guests"), in: guestsFilled, hint: hint,
                                      optional: plain("optional")))\
                \(guestHints.guestsHTML(typed: guestsFilled["guests"]))\
                <p class="second">\(say("New guests are invited by mail, those you take off are told."))</p>\
                <p>\(Components.button(plain("Save guests"), .primary))</p>
                """))</details>
            """
    }

    /// The host's own words, with their addresses as links.
    var words: HTML {
        let text = link.rules.look.confirmation
        guard isAlive, !text.isEmpty else { return .empty }
        return "<div class=\"lines\"><bdi>\(Self.linked(text))</bdi></div>"
    }

    /// Plain text in which `https://…` can be pressed; everything else stays text.
    static func linked(_ text: String) -> HTML {
        var pieces: [HTML] = []
        var rest = text[...]
        while let found = rest.firstRange(of: "http") {
            let word = rest[found.lowerBound...].prefix { !$0.isWhitespace }
            let trimmed = word.prefix(upTo: word.lastIndex { !".,;:!?)]\"'".contains($0) }
                .map { word.index(after: $0) } ?? word.startIndex)
            let isWhole = found.lowerBound == text.startIndex || !text[text.index(before: found.lowerBound)].isLetter
            guard isWhole, let url = WebURL(String(trimmed)) else {
                pieces.append("\(rest[..<found.upperBound])")
                rest = rest[found.upperBound...]
                continue
            }
            pieces.append("\(rest[..<found.lowerBound])<a href=\"\(url)\" rel=\"noreferrer nofollow\">\(trimmed)</a>")
            rest = rest[trimmed.endIndex...]
        }
        return HTML(pieces + ["\(rest)"])
    }

    var add: HTML {
        guard isAlive else { return .empty }
        let links = CalendarLinks(booking, link: link).all
        return """
            <section class="stack near" aria-labelledby="add"><h2 class="label" id="add">\
            \(say("Add to your calendar"))</h2><p class="line calendars">\
            \(Components.link(plain("Calendar file"), to: Path("/booking/\(token)/meeting.ics"), icon: .download))\
            \(each: links, { "<a class=\"button\" href=\"\($0.url)\" rel=\"noreferrer\">\($0.name)</a>" })</p></section>
            """
    }

    var change: HTML {
        let again: HTML = link.isHandPicked
            ? .empty : Components.link(plain("Book another time"), to: path("/booking/\(token)/again"))
        guard isAlive || booking.isWaiting else { return "<p class=\"line\">\(again)</p>" }
        guard !isOver else {
            return """
                <p class="second">\(say("The meeting has started, so it can no longer be changed here."))</p>\
                <p>\(again)</p>
                """
        }
        let rules = link.rules.changes
        let isFree = booking.question(now: now) != nil
        let moves = isFree ? nil : rules.moveRefusal(starts: booking.state.firstStart, now: now)
        let cancels = rules.cancelRefusal(starts: booking.state.firstStart, now: now)
        let isAsked = booking.state.confirmed == nil
        let move = Components.link(
            link.rules.approval.isRequired ? plain("Ask for another time") : plain("Move to another time"),
            to: path("/book/reschedule/\(token)"), icon: .move)
        let cancel = Components.link(
            isAsked ? plain("Take it back") : plain("Cancel the meeting"), to: path("/book/cancel/\(token)"), .danger)
        let closed = [moves, cancels].compactMap { $0 }
        return """
            <section class="stack near" aria-labelledby="change"><h2 class="label" id="change">\
            \(say("If something comes up"))</h2>\
            \(if: closed.count < 2, then: "<p class=\"second\">\(until)</p>")\
            \(each: closed, { "<p class=\"second\">\($0.message)</p>" })\
            <p class="line">\(if: moves == nil, then: move)\(if: moves == nil, then: keep)\
            \(if: cancels == nil, then: cancel)</p></section>
            """
    }

    /// The wish for another time is taken back by asking for what is confirmed.
    private var keep: HTML {
        guard let kept = booking.state.waiting?.kept else { return .empty }
        return Components.form(action: Path("/book/reschedule/\(token)"), style: "line", """
            \(Components.hidden("form", form))\(Components.hidden("start", String(kept.start.seconds)))\(clockField)\
            \(Components.button(plain("Keep the confirmed time"), icon: .check))
            """)
    }

    /// A way on that keeps the clock.
    private func path(_ text: Path) -> Path { text.adding(query: clock.pairs) }

    private var until: HTML {
        let rules = link.rules.changes
        guard rules.attendeeMoves && rules.attendeeCancels && rules.moveNotice + rules.cancelNotice == 0 else {
            return "\(ChangeWords.rules(rules)). \(say("The link is in your mail as well."))"
        }
        return say("Until it starts you can change it here; the link is in your mail as well.")
    }
}

/// The pages of calendar services that add a meeting.
struct CalendarLinks {
    let booking: Booking
    let link: Link

    init(_ booking: Booking, link: Link) {
        self.booking = booking
        self.link = link
    }

    var all: [(name: String, url: WebURL)] {
        [
            ("Google", "https://calendar.google.com/calendar/render", google),
            ("Outlook", "https://outlook.live.com/calendar/0/deeplink/compose", outlook),
            ("Office 365", "https://outlook.office.com/calendar/0/deeplink/compose", outlook),
            ("Yahoo", "https://calendar.yahoo.com/", yahoo),
        ].compactMap { name, base, query in
            WebURL(base + Path("").adding(query: query).text).map { (name, $0) }
        }
    }

    private var title: String {
        let host = booking.hosts.first?.name ?? ""
        return String("\(link.rules.title): \(host)".prefix(200))
    }
    private var place: String {
        String(([booking.location.words] + booking.resources.map(\.words)).joined(separator: ", ").prefix(300))
    }
    private var starts: String { Self.basic(booking.state.starts) }
    private var ends: String { Self.basic(booking.state.ends) }

    private var google: [(String, String)] {
        [("action", "TEMPLATE"), ("text", title), ("dates", "\(starts)/\(ends)"), ("location", place)]
    }

    private var outlook: [(String, String)] {
        [
            ("path", "/calendar/action/compose"), ("rru", "addevent"), ("subject", title),
            ("startdt", booking.state.starts.rfc3339()), ("enddt", booking.state.ends.rfc3339()), ("location", place),
        ]
    }

    private var yahoo: [(String, String)] {
        [("v", "60"), ("title", title), ("st", starts), ("et", ends), ("in_loc", place)]
    }

    /// `20261203T093000Z`.
    static func basic(_ instant: Instant) -> String {
        instant.rfc3339().filter { $0 != "-" && $0 != ":" }
    }
}

/// Where the host wants people after they booked.
enum Onward {
    /// The link's address; with the booking's details as parameters if it asks for them.
    static func url(_ booking: Booking, link: Link, zones: Zones) -> WebURL? {
        let look = link.rules.look
        guard let base = look.redirect, let plain = WebURL(base) else { return nil }
        guard look.redirectDetails else { return plain }
        let zone = zones.zone(booking.attendee.zone)
        let details = [
            ("booking", booking.id.text), ("start", booking.state.starts.rfc3339(in: zone)),
            ("end", booking.state.ends.rfc3339(in: zone)), ("timezone", booking.attendee.zone),
            ("name", booking.attendee.name), ("email", booking.attendee.email),
        ] + booking.utm.sorted { $0.key < $1.key }
        let parts = base.split(separator: "#", maxSplits: 1, omittingEmptySubsequences: false)
        let query = Path("").adding(query: details).text.dropFirst()
        let separator = parts[0].contains("?") ? "&" : "?"
        let fragment = parts.count > 1 ? "#" + parts[1] : ""
        return WebURL(parts[0] + separator + query + fragment) ?? plain
    }
}

/// Goes on by itself. A redirect straight from the form is what browsers refuse under our own policy.
package struct NextPage: Page {
    let link: Link
    let workspaceName: WorkspaceName
    let token: String
    let url: WebURL

    package var html: HTML {
        let place: HTML = "<bdi>\(url.origin ?? url.text)</bdi>"
        return Layout.publicPage(
            title: plain("Confirmed: \(link.rules.title)"), workspaceName: workspaceName,
            head: "<meta http-equiv=\"refresh\" content=\"0; url=\(url)\">\n", """
                <header class="stack near"><p>\(Components.state(.confirmed, plain("Confirmed")))</p>\
                <h1 class="display">\(say("Your meeting is booked"))</h1>\
                <p class="second lead">\(say("You are taken on to \(place)."))</p></header>\
                <p class="line">\(Components.link(plain("Go on"), to: url, .primary))\
                \(Components.link(plain("See the booking"), to: Path("/booking/\(token)")))</p>
                """)
    }

    package static var example: NextPage {
        NextPage(
            link: .example, workspaceName: "Nordhavn Instruments", token: "example", url: .example)
    }
}

extension WebURL {
    fileprivate static var example: WebURL {
        guard let url = WebURL("https://nordhavn.example/thanks") else { preconditionFailure("A good address.") }
        return url
    }
}
