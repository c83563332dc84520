/// The pages of a proposal: picking times, the message, asking without times, and what the booking's page says of it.
import Scheduling
import Web

/// `/calendar/bookings/<id>/proposal`: up to three of the host's own free times.
package struct ProposePage: Page {
    let principal: Principal
    let booking: Booking
    let picker: Picker
    let ask: ProposalAsk
    let zones: [String]
    let namesZone: Bool
    var alert: HTML = .empty

    package var html: HTML {
        let name = booking.attendee.name
        let path = Path("/calendar/bookings/\(booking.id)/proposal")
        let address = PickerAddress(
            base: path, zone: namesZone ? picker.zone.name : nil, clock: picker.clock, extra: ask.pairs)
        let part = PickerPart(
            picker: picker, address: address, action: Path("/calendar/bookings/\(booking.id)/proposal/times"),
            hidden: Components.csrf(principal) + ask.hidden, zones: zones, alert: alert)
        let above: [(String, Path)] = [
            (plain("Bookings"), "/calendar/bookings"), (name, Path("/calendar/bookings/\(booking.id)")),
        ]
        let say3 = say("Pick up to three. They are kept for \(name) until the answer; the meeting stays meanwhile.")
        return Layout.app(title: plain("Propose other times"), tab: .bookings, principal, """
            \(Components.crumbs(above, plain("Propose other times")))\
            \(Components.pageHead(plain("Propose other times to \(name)"), say3))\
            \(chosen(address))\(part.html)
            """)
    }

    private func chosen(_ address: PickerAddress) -> HTML {
        guard !ask.starts.isEmpty else { return .empty }
        return """
            <section class="stack near" aria-labelledby="chosen"><h2 class="label" id="chosen">\
            \(say("\(ask.starts.count)|one:One time so far|other:%1 times so far"))</h2>\
            <ul class="chips" role="list">\(each: ask.starts.sorted(), { start in chip(start, address) })</ul>\
            <p>\(Components.link(plain("Go on"), to: address.base.adding(query: ask.ready.pairs), .primary))</p>\
            </section>
            """
    }

    private func chip(_ start: Instant, _ address: PickerAddress) -> HTML {
        var less = ask
        less.starts.removeAll { $0 == start }
        return """
            <li><a class="chip" href="\(address.base.adding(query: less.pairs))">\
            <span>\(TimeWords.dayAndTime(start, in: picker.zone, picker.clock))</span>\
            <span class="hidden">\(say(", take this time off"))</span>\(Components.icon(.x))</a></li>
            """
    }

    package static var example: ProposePage {
        ProposePage(
            principal: .example, booking: .example, picker: .example,
            ask: ProposalAsk(FormData([("starts", "1893999600")])), zones: [], namesZone: false)
    }
}

/// The same address with times chosen: the message and how long the answer may take.
package struct ProposeFormPage: Page {
    let principal: Principal
    let booking: Booking
    let ask: ProposalAsk
    let zone: Zone
    let clock: HourClock
    var filled = Filled.empty
    var refusal: String?

    package var html: HTML {
        let name = booking.attendee.name
        let own = Path("/calendar/bookings/\(booking.id)")
        let title = plain("Propose other times")
        let hours = Proposal.hours.map { hours in (String(hours), plain("\(hours / 24)|one:One day|other:%1 days")) }
        return Layout.app(title: title, tab: .bookings, principal, """
            \(Components.crumbs([(plain("Bookings"), "/calendar/bookings"), (name, own)], title))\
            \(refusal.map { Components.banner(.fails, "\($0)", isMet: true) })\
            \(Components.pageHead(plain("Propose other times to \(name)"), say("They are kept until the answer.")))\
            \(Components.form(action: Path("/calendar/bookings/\(booking.id)/proposal"), csrf: principal, """
                \(Components.mistakes(filled))\
                <ul class="rows" role="list" id="f-starts">\(each: ask.starts.sorted(), row)</ul>\
                \(if: ask.starts.count < Proposal.mostTimes, then: """
                    <p>\(Components.button(plain("Pick another time"), .quiet, icon: .plus, name: "more",
                                            value: "1"))</p>
                    """)\
                \(Components.textarea("message", plain("Message to \(name)"), in: filled, optional: plain("optional")))\
                \(Components.select("answerWithinHours", plain("Kept for"), hours, in: filled,
                                    hint: say("No longer than until the first of these times begins.")))\
                <p class="second">\(say("""
                    \(name) gets a mail with these times. Whoever takes one moves the meeting; the others are free \
                    again at once. Without an answer everything stays as it is.
                    """))</p>\
                <p class="line">\(Components.button(plain("Propose"), .primary))\
                \(Components.link(plain("Back"), to: own, .quiet))</p>
                """))
            """)
    }

    private func row(_ start: Instant) -> HTML {
        let length = booking.state.ends - booking.state.starts
        let date = zone.local(at: start).date
        let range = TimeWords.range(start, start.adding(seconds: length), in: zone, clock)
        return """
            <li class="row">\(Components.hidden("starts", String(start.seconds)))<span>\(date.dayWords), \
            <time>\(range)</time></span>\
            \(Components.button(plain("Take off"), .quiet, name: "drop", value: String(start.seconds)))</li>
            """
    }

    package static var example: ProposeFormPage {
        let ask = ProposalAsk(FormData([("starts", "1893999600"), ("ready", "1")]))
        return ProposeFormPage(
            principal: .example, booking: .example, ask: ask, zone: .utc, clock: .twentyFour, filled: ask.filled)
    }
}

/// `/calendar/bookings/<id>/rebook`: the attendee chooses; the host says what becomes of the meeting until then.
package struct RebookPage: Page {
    static let keep = "kept", release = "freed"

    let principal: Principal
    let booking: Booking
    let zone: Zone
    let clock: HourClock
    var filled = Filled.empty
    var refusal: String?

    package var html: HTML {
        let name = booking.attendee.name
        let own = Path("/calendar/bookings/\(booking.id)")
        let title = plain("Ask for another time")
        let when = TimeWords.dayAndTime(booking.state.starts, in: zone, clock)
        return Layout.app(title: title, tab: .bookings, principal, """
            \(Components.crumbs([(plain("Bookings"), "/calendar/bookings"), (name, own)], title))\
            \(refusal.map { Components.banner(.fails, "\($0)", isMet: true) })\
            \(Components.pageHead(plain("Ask \(name) for another time"), say("Currently booked: \(when).")))\
            \(Components.form(action: Path("/calendar/bookings/\(booking.id)/rebook"), csrf: principal, """
                \(Components.mistakes(filled))\
                <fieldset class="field" id="f-until"><legend>\(say("Until they choose"))</legend>\
                \(choice(Self.keep, plain("The meeting stays"), plain("Your time stays taken, and theirs.")))\
                \(choice(Self.release, plain("The meeting is cancelled"), plain("""
                    Your time is free at once. The mail leads them to book anew, with their details filled in.
                    """)))</fieldset>\
                \(Components.textarea("message", plain("Message to \(name)"), in: filled, optional: plain("optional")))\
                <p class="second">\(say("\(name) gets one mail, with a link to your free times."))</p>\
                <p class="line">\(Components.button(plain("Ask for another time"), .primary))\
                \(Components.link(
                    plain("Propose times instead"), to: Path("/calendar/bookings/\(booking.id)/proposal")))\
                \(Components.link(plain("Back"), to: own, .quiet))</p>
                """))
            """)
    }

    private func choice(_ value: String, _ label: String, _ note: String) -> HTML {
        """
        <label class="choice"><input type="radio" name="until" value="\(value)"\
        \(if: filled["until"] == value, then: " checked")> <span>\(label)<br><span class="third">\(note)</span></span>\
        </label>
        """
    }

    package static var example: RebookPage {
        RebookPage(
            principal: .example, booking: .example, zone: .utc, clock: .twentyFour,
            filled: Filled(values: ["until": RebookPage.keep]))
    }
}

/// What a booking's page says to its hosts of the times they asked for.
struct ProposalList {
    let proposals: [Proposal]
    let booking: Booking
    let zone: Zone
    let clock: HourClock
    let now: Instant
    /// The form that takes an open one back; nil for those who may not.
    var csrf: Principal?

    var html: HTML {
        guard !proposals.isEmpty else { return .empty }
        return """
            <section class="stack near" aria-labelledby="proposals"><h2 class="label" id="proposals">\
            \(say("Another time"))</h2><ol class="steps history" role="list">\(each: proposals, row)</ol></section>
            """
    }

    private func row(_ proposal: Proposal) -> HTML {
        let isOpen = booking.question(now: now)?.id == proposal.id
        let times = proposal.times.map { TimeWords.dayAndTime($0.start, in: zone, clock) }.joined(separator: "; ")
        let who: HTML = "<bdi>\(proposal.asker)</bdi>", name: HTML = "<bdi>\(booking.attendee.name)</bdi>"
        let words = proposal.times.isEmpty ? say("\(who) asked \(name) to choose another time.")
            : say("\(who) proposed \(times).")
        let back = csrf.map { principal in
            Components.form(
                action: Path("/calendar/bookings/\(booking.id)/proposal/withdrawal"), csrf: principal, style: "line",
                Components.button(plain("Take it back"), .danger))
        } ?? .empty
        return """
            <li><time class="meta third">\(TimeWords.dayAndTime(proposal.createdAt, in: zone, clock))</time>\
            <div><p>\(words) \(outcome(proposal, isOpen: isOpen))</p>\
            \(if: !proposal.message.isEmpty, then: "<p class=\"second lines\">\(proposal.message)</p>")\
            \(if: !proposal.reply.isEmpty, then: "<p class=\"lines\">\(proposal.reply)</p>")\
            \(if: isOpen, then: back)</div></li>
            """
    }

    private func outcome(_ proposal: Proposal, isOpen: Bool) -> HTML {
        let name: HTML = "<bdi>\(booking.attendee.name)</bdi>"
        let until: HTML = "<time>\(TimeWords.dayAndTime(proposal.expires, in: zone, clock))</time>"
        switch proposal.state {
        case .open where isOpen && proposal.times.isEmpty: return say("No answer so far.")
        case .open where isOpen: return say("Kept for \(name) until \(until).")
        case .open, .lapsed: return say("Nobody answered by \(until).")
        case .accepted: return proposal.times.isEmpty ? say("\(name) chose one.") : say("\(name) took one of them.")
        case .refused: return say("None of them suits \(name).")
        case .withdrawn: return say("Taken back.")
        case .ended: return say("The booking took another way.")
        }
    }
}
