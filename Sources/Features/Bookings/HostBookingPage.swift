/// One booking as its hosts see it: everything about it, what happened, notes, and what can be done.
import Scheduling
import Web

/// `/calendar/bookings/<id>`.
package struct HostBookingPage: Page {
    let principal: Principal
    let booking: Booking
    let link: Link
    let history: [BookingRecord]
    let zone: Zone
    let clock: HourClock
    let now: Instant
    /// The attendee's, where it is known.
    var theirZone: Zone?
    var notes: [BookingNote] = []
    /// The names behind the actors of the history.
    var people: [ID<User>: String] = [:]
    /// Why its hosts have it, where hosts take turns.
    var turns: [ToldTurn] = []
    var told: [Effect] = []
    var proposals: [Proposal] = []
    /// The hosts of webhooks by their ids.
    var webhooks: [String: String] = [:]
    /// The questions whose files are there.
    var kept: Set<ID<Question>> = []
    var filled = Filled.empty
    var refusal: String?
    /// What was done a moment ago.
    var done: String?

    package var html: HTML {
        let state = booking.state
        let range = TimeWords.range(state.starts, state.ends, in: zone, clock)
        let when = plain("[day and time] \(zone.local(at: state.starts).date.dayWords), \(range)")
        let theirs = TimeWords.theirs(state.starts, beside: zone, theirZone ?? zone, booking.attendee.name, clock)
        return Layout.app(title: booking.attendee.name, tab: .bookings, principal, """
            \(Components.crumbs([(plain("Bookings"), "/calendar/bookings")], booking.attendee.name))\
            \(refusal.map { Components.banner(.fails, "\($0)") })\(done.map { Components.banner(.notes, "\($0)") })\
            <header class="page-head"><div class="stack near"><p>\
            \(Components.state(BookingWords.mark(state.status), BookingWords.state(state.status)))</p>\
            <h1>\(when)</h1><p class="second">\(say("\(TimeWords.city(zone)) time.")) \(theirs)</p></div>\
            <div class="line">\(actions)</div></header>\
            \(decision)\(asked)\
            \(BookingFacts(
                booking: booking, link: link, showsAddress: true, author: author,
                files: files
            ).html)\
            \(booking.seriesLine(Path("/calendar/bookings/\(booking.id)/series")))\
            \(origin)\(noteList)\(past)\(toldList)\(cancel)
            """)
    }

    private var files: AnswerFileLinks {
        let id = booking.id
        var files = AnswerFileLinks(kept: kept) { question in Path("/calendar/bookings/\(id)/files/\(question)") }
        if mayChange {
            files.removal = { question in Path("/calendar/bookings/\(id)/files/\(question)/deletion") }
            files.csrf = principal
        }
        return files
    }

    private var path: Path { Path("/calendar/bookings/\(booking.id)") }
    private var mayChange: Bool {
        principal.may(.manageBookings) && principal.acts(on: booking.hosts.map(\.id))
    }
    private var isOpen: Bool { booking.state.status == .confirmed && now < booking.state.starts }

    // MARK: What can be done

    private var actions: HTML {
        guard mayChange else { return .empty }
        var actions = HTML.empty
        if isOpen {
            actions = actions + Components.link(
                plain("Move to another time"), to: Path("/calendar/bookings/\(booking.id)/move"), icon: .move)
            if !link.replaceable(booking).isEmpty {
                actions = actions + Components.link(
                    plain("Give it to another host"), to: Path("/calendar/bookings/\(booking.id)/reassignment"),
                    icon: .users)
            }
            actions = actions + Components.link(
                plain("Ask for another time"), to: Path("/calendar/bookings/\(booking.id)/rebook"), icon: .calendar)
                + proposing
            // Into the question below, which opens by itself.
            actions = actions + Components.link(
                plain("Cancel"), to: Path("").fragment("f-reason"), .danger, icon: .x)
        }
        if booking.isWaiting, now < booking.state.firstStart { actions = actions + proposing }
        if booking.state.status == .confirmed, now < booking.state.ends {
            actions = actions + Components.form(
                action: Path("/calendar/bookings/\(booking.id)/confirmation"), csrf: principal, style: "line",
                Components.button(plain("Send the details again"), icon: .mail))
        }
        if [.confirmed, .completed].contains(booking.state.status), now >= booking.state.starts {
            actions = actions + Components.form(
                action: Path("/calendar/bookings/\(booking.id)/no-show"), csrf: principal, style: "line",
                Components.button(plain("Did not come"), icon: .leave))
        }
        if booking.source != .host {
            actions = actions + Components.link(
                plain("Spam"), to: Path("/calendar/bookings/\(booking.id)/spam"), .quiet, icon: .shield)
        }
        if canUndo {
            actions = actions + Components.form(
                action: Path("/calendar/bookings/\(booking.id)/no-show/undo"), csrf: principal, style: "line",
                Components.button(plain("Take the no-show back")))
        }
        return actions
    }

    /// Who wrote the words that stand on the booking.
    private var author: String? {
        let record = history.last { !$0.reason.isEmpty && $0.reason == booking.reason }
        guard let record else { return nil }
        return record.isByHost ? record.person.flatMap { people[$0] } ?? plain("the host") : booking.attendee.name
    }

    /// What waits for an answer, and the two buttons that give it.
    private var decision: HTML {
        guard booking.isWaiting else { return .empty }
        let words = ApprovalWords(booking, zone: zone, clock: clock)
        let forms = DecisionForms(
            action: Path("/calendar/bookings/\(booking.id)/approval"), booking: booking, csrf: principal,
            filled: filled.error("words") == nil ? .empty : filled)
        return """
            <section class="stack near" aria-labelledby="decision"><h2 class="label" id="decision">\
            \(say("Your answer"))</h2><p>\(words.meanwhile)</p>\(if: mayChange, then: forms.html)</section>
            """
    }

    private var proposing: HTML {
        Components.link(
            plain("Propose times"), to: Path("/calendar/bookings/\(booking.id)/proposal"), icon: .offer)
    }

    private var asked: HTML {
        ProposalList(
            proposals: proposals, booking: booking, zone: zone, clock: clock, now: now,
            csrf: mayChange ? principal : nil
        ).html
    }

    private var canUndo: Bool {
        guard booking.state.status == .noShow, let marked = history.last(where: { $0.event == "no_show" }) else {
            return false
        }
        return now <= marked.at.adding(minutes: MarkNoShow.undoMinutes)
    }

    // MARK: Where it comes from

    private var origin: HTML {
        var pairs: [(String, HTML)] = [
            (plain("Link"), "<a class=\"inline\" href=\"\(link.path)\">\(link.path.text)</a>"),
            (plain("Booked by way of"), "\(BookingWords.source(booking.source))"),
            (plain("Attendee’s time zone"), "\(attendeeTime)"),
        ]
        pairs += turns.map { (plain("Why \($0.name)"), $0.html(zone: zone, clock)) }
        if let session = booking.session, booking.takesSeats {
            pairs.append((plain("Group"), """
                <a class="inline" href="\(Path("/calendar/sessions/\(session)"))">\(say("Everybody at this time"))</a>
                """))
        }
        pairs += booking.utm.sorted { $0.key < $1.key }.map { ($0.key, "\($0.value)") }
        return """
            <section class="stack near" aria-labelledby="origin"><h2 class="label" id="origin">\
            \(say("Where it comes from"))</h2>\(Components.pairs(pairs))</section>
            """
    }

    private var attendeeTime: String { booking.attendee.zone.replacing("_", with: " ") }

    // MARK: Notes

    private var noteList: HTML {
        let form = Components.form(action: Path("/calendar/bookings/\(booking.id)/notes"), csrf: principal, """
            \(if: filled.error("text") != nil, then: Components.mistakes(filled))\
            \(Components.textarea("text", plain("A note for the hosts"), in: filled,
                                  hint: say("Attendees never see it.")))\
            <p>\(Components.button(plain("Add the note")))</p>
            """)
        return """
            <section class="stack near" aria-labelledby="notes"><h2 class="label" id="notes">\(say("Notes"))</h2>\
            \(if: !notes.isEmpty, then: "<ol class=\"rows\" role=\"list\">\(each: notes, note)</ol>")\
            \(if: mayChange, then: form)</section>
            """
    }

    private func note(_ note: BookingNote) -> HTML {
        let when = TimeWords.dayAndTime(note.at, in: zone, clock)
        let delete: HTML = Components.form(
            action: Path("/calendar/bookings/\(booking.id)/notes/\(note.id)/deletion"), csrf: principal,
            style: "line", Components.button(plain("Delete this note"), .danger))
        return """
            <li class="stack tight note"><p class="meta third"><bdi>\(note.writer)</bdi>, <time>\(when)</time></p>\
            <p class="lines">\(note.text)</p>\(if: note.isOf(principal.user) && mayChange, then: delete)</li>
            """
    }

    // MARK: History

    private var past: HTML {
        """
        <section class="stack near" aria-labelledby="history"><h2 class="label" id="history">\(say("History"))</h2>\
        <ol class="steps history" role="list">\(each: history, { record in """
            <li><time class="meta third">\(TimeWords.dayAndTime(record.at, in: zone, clock))</time>\
            <div>\(words(record))\(if: !record.reason.isEmpty, then: """
                <p class="second lines">\(record.reason)</p>
                """)</div></li>
            """ })</ol></section>
        """
    }

    private func words(_ record: BookingRecord) -> String {
        let who = record.actorWords(people)
        switch record.event {
        case "booked" where record.isWish: return plain("Asked for by the attendee")
        case "booked":
            return record.isByHost
                ? plain("Booked by \(who) for \(booking.attendee.name)") : plain("Booked by the attendee")
        case "rescheduled":
            let to = record.to.map { TimeWords.dayAndTime($0, in: zone, clock) } ?? ""
            guard let from = record.from else { return plain("Moved by \(who) to \(to)") }
            let was = TimeWords.dayAndTime(from, in: zone, clock)
            if record.isWish { return plain("Asked by \(who) for \(to) instead of \(was)") }
            return plain("Moved by \(who) from \(TimeWords.dayAndTime(from, in: zone, clock)) to \(to)")
        case "cancelled": return plain("Cancelled by \(who)")
        // The only thing attendees change without moving it.
        case "changed" where !record.isByHost: return plain("Guests changed by \(who)")
        case "changed": return plain("Title or place changed by \(who)")
        case "corrected": return plain("E-mail address corrected by \(who)")
        case "no_show": return plain("Marked as a no-show by \(who)")
        case "no_show_undone": return plain("No-show taken back by \(who)")
        case "completed": return plain("Took place")
        case "approved": return plain("Approved by \(who)")
        case "declined": return plain("Declined by \(who)")
        case "expired": return plain("Expired")
        case "paid": return plain("Paid")
        case "reassigned": return plain("Given to another host by \(who)")
        default: return record.event
        }
    }

    private var toldList: HTML {
        ToldList(effects: told, booking: booking, zone: zone, clock: clock, webhooks: webhooks).html
    }

    // MARK: Cancelling

    private var cancel: HTML {
        guard isOpen, mayChange else { return .empty }
        let name = booking.attendee.name
        // The message is the question: nothing happens before the button inside.
        return """
            <section class="stack near" aria-labelledby="cancel"><h2 class="label" id="cancel">\
            \(say("Cancel the meeting"))</h2>\
            <details class="more"\(if: filled.error("reason") != nil, then: " open")>\
            <summary class="button quiet danger">\(Components.icon(.x))\(say("Cancel it, with a message"))</summary>\
            \(Components.form(action: Path("/calendar/bookings/\(booking.id)/cancellation"), csrf: principal, """
                \(if: filled.error("reason") != nil, then: Components.mistakes(filled))\
                <p class="second">\(booking.session == nil
                    ? say("\(name) gets a mail at once, and the time becomes free.")
                    : say("\(name) gets a mail at once. The others at this time still come."))</p>\
                \(Components.textarea("reason", plain("Message to \(name)"), in: filled, optional: plain("optional")))\
                <p>\(Components.button(plain("Cancel the meeting"), .grave))</p>
                """))</details></section>
            """
    }

    package static var example: HostBookingPage {
        HostBookingPage(
            principal: .example, booking: .example, link: .example, history: [], zone: .utc, clock: .twentyFour,
            now: Booking.example.createdAt)
    }
}

extension BookingRecord {
    /// Whether a host did it, or a key of one.
    var isByHost: Bool { actor.hasPrefix("user:") || actor.hasPrefix("key:") }

    /// The person behind it; the last part of the actor's text.
    var person: ID<User>? { isByHost ? actor.split(separator: ":").last.flatMap { ID<User>(String($0)) } : nil }

    fileprivate func actorWords(_ people: [ID<User>: String]) -> String {
        let name = person.flatMap { people[$0] } ?? plain("the host")
        let who = behalf.flatMap { people[$0] }.map { plain("\(name) for \($0)") } ?? name
        if actor.hasPrefix("key:") { return plain("\(who), by a program") }
        if isByHost { return who }
        return actor == "system" ? plain("Workestra") : plain("the attendee")
    }
}
