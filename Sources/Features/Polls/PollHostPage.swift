/// The page of one poll for its host: who said what, what stands in the way, and what can be done.
import Scheduling
import Web

/// `/calendar/polls/<id>`.
package struct PollHostPage: Page {
    let principal: Principal
    let poll: Poll
    let link: Link
    /// The open address; nil where only those who were invited answer, and when the key file is another.
    let url: String?
    let voters: [PollVoter]
    let freedom: PollFreedom
    /// What came of it, as it is now; nil while it is not decided, or once it is forgotten.
    var meeting: Booking?
    /// Of the host: the times they see are their own.
    let zone: Zone
    /// In which the time of a day is said.
    let pollZone: Zone
    let clock: HourClock
    let now: Instant
    /// Signed; what is decided with it is decided once.
    let form: String
    /// The option of which a meeting is about to be made.
    var choosing: PollOption?
    /// What was typed for that meeting; nil is what fits.
    var filled: Filled?
    /// Who comes, as it was ticked.
    var ticked: Set<String>?
    var alert: HTML = .empty

    private var state: PollState { poll.state(now: now) }

    private var answers: HTML {
        PollHostAnswers(
            poll: poll, voters: voters, freedom: freedom, zone: zone, clock: clock, isOpen: state != .finalized).html
    }

    package var html: HTML {
        let title = link.rules.title
        return Layout.app(title: title, tab: .links, principal, """
            \(Components.crumbs(PollFormPage.above, title))\(Components.pageHead(title, answer))\(alert)\(address)\
            \(decision)\(answers)\(silent)\(deeds)
            """)
    }

    private var answer: HTML {
        let until = poll.rules.deadline.map { TimeWords.dayAndTime($0, in: zone, clock) }
        let kept = poll.rules.holds ? say("Its times are kept from others.") : HTML.empty
        return switch (state, until) {
        case (.open, let until?): "\(say("Open until \(until).")) \(kept)"
        case (.open, nil): "\(say("Open until you decide.")) \(kept)"
        case (.closed, _): "\(say("Closed. Choose one of the options, or open it again.")) \(kept)"
        case (.finalized, _): decided
        }
    }

    /// When the meeting is by now, and how many come to it.
    private var decided: HTML {
        guard let meeting else { return say("Decided.") }
        let (starts, ends) = (meeting.state.starts, meeting.state.ends)
        let day = zone.local(at: starts).date.dayWords
        let when: HTML = "<b>\(day), \(TimeWords.range(starts, ends, in: zone, clock))</b>"
        guard meeting.state.status != .cancelled else { return say("Decided: \(when). It is cancelled since.") }
        let count = 1 + meeting.guests.count
        return "\(say("Decided: \(when).")) \(say("\(count)|one:One person comes.|other:%1 people come."))"
    }

    private var address: HTML {
        if state == .finalized {
            return poll.booking.map { id in
                "<p>\(Components.link(plain("Open the booking"), to: Path("/calendar/bookings/\(id)"), .primary))</p>"
            } ?? .empty
        }
        guard state == .open, let url else { return .empty }
        return """
            <div class="well stack near"><p class="address"><bdi dir="ltr">\(url)</bdi></p>\
            <p>\(Components.copyButton(url, label: plain("Copy the address"), .primary))</p></div>
            """
    }

    // MARK: Who said what

    private var silent: HTML {
        let names = voters.filter { $0.votedAt == nil }.map(\.email)
        guard !names.isEmpty else { return .empty }
        let list: HTML = "<bdi>\(names.joined(separator: ", "))</bdi>"
        return "<p class=\"second\">\(say("Asked, and not answered yet: \(list)"))</p>"
    }

    // MARK: What can be done

    private var decision: HTML {
        guard let option = choosing, state != .finalized else { return .empty }
        let filled = filled ?? Filled(values: ["minutes": "60"])
        let time: HTML = """
            <p>\(say("Times of \(TimeWords.city(pollZone))"))</p>\
            <div class="two">\(Components.field("at", plain("Start"), in: filled, typing: .time))\
            \(Components.field("minutes", plain("Length in minutes"), in: filled, typing: .number))</div>
            """
        let mistake: HTML = filled.error("voterIds").map { message in
            "<p class=\"field-error\" id=\"f-voterIds-error\">\(Components.icon(.warning))\(message)</p>"
        } ?? .empty
        let busy = freedom.state(of: option.id) == .busy
        return """
            <section class="well stack" id="decide" aria-labelledby="deciding"><h2 id="deciding">\
            \(option.moment.longWords(in: zone, clock))</h2>\
            \(if: busy, then: Components.banner(.warns, say("Another calendar of yours is busy then.")))\
            \(Components.form(action: poll.path.below("finalization"), csrf: principal, """
                \(Components.mistakes(filled))\(Components.hidden("form", form))\
                \(Components.hidden("optionId", option.id.text))\
                \(if: option.moment.day != nil, then: time)\
                <fieldset class="field" id="f-voterIds" tabindex="-1"\
                \(if: filled.error("voterIds") != nil, then: " aria-describedby=\"f-voterIds-error\"")>\
                <legend>\(say("Who comes"))</legend>\
                \(each: voters, { voter($0, option) })\(mistake)</fieldset>\
                <p class="second">\
                \(say("They get an invitation by mail, everybody else is told that it is decided."))</p>\
                <p class="line">\(Components.button(plain("Book the meeting"), .primary))\
                \(Components.link(plain("Choose another"), to: poll.path, .quiet))</p>
                """))</section>
            """
    }

    private func voter(_ voter: PollVoter, _ option: PollOption) -> HTML {
        let answer = voter.votes[option.id]
        let comes = ticked.map { $0.contains(voter.id.text) } ?? [.yes, .ifNeedBe].contains(answer)
        return """
            <label class="choice"><input type="checkbox" name="voterIds" value="\(voter.id)"\
            \(if: comes, then: " checked")> <span><bdi>\(voter.words)</bdi> \
            <span class="third">\(answer?.words ?? plain("no answer"))</span></span></label>
            """
    }

    private var deeds: HTML {
        let reopen = Components.form(action: poll.path.below("reopening"), csrf: principal, style: "line", """
            \(Components.select("days", plain("It closes"), PollFormPage.deadlines))\
            \(Components.button(plain("Open it again")))
            """)
        let close = Components.form(
            action: poll.path.below("closing"), csrf: principal, style: "line",
            Components.button(plain("Close it for answers")))
        let change: HTML = switch state {
        case .open: close
        case .closed: reopen
        case .finalized: .empty
        }
        let gone = state == .finalized
            ? say("All answers are gone for good. The meeting stays booked.")
            : say("All answers are gone for good, and nobody is told.")
        return """
            <section class="stack" aria-label="\(plain("Change"))">\(change)\(removal)\
            <details class="more"><summary class="button quiet">\(say("Delete"))</summary>\
            <div class="stack near"><p class="second">\(gone)</p>\
            \(Components.form(action: poll.path.below("deletion"), csrf: principal, style: "line",
                              Components.button(plain("Delete the poll"), .danger)))</div></details></section>
            """
    }

    /// Somebody who is not meant, a proposal that fills the list: one at a time, because it is for good.
    private var removal: HTML {
        let people = voters.map { ($0.id.text, $0.name.isEmpty ? $0.email : "\($0.name) (\($0.email))") }
        let options = state == .finalized || poll.options.count < 2
            ? [] : poll.options.map { ($0.id.text, $0.moment.words(in: zone, clock)) }
        func form(_ name: String, _ label: String, _ choices: [(String, String)]) -> HTML {
            guard !choices.isEmpty else { return .empty }
            return Components.form(action: poll.path.below("removal"), csrf: principal, style: "line", """
                \(Components.select(name, label, choices))\(Components.button(plain("Take off")))
                """)
        }
        let forms: HTML = """
            \(form("optionId", plain("Option, with what was said to it"), options))\
            \(form("voterId", plain("Somebody, with their answers"), people))
            """
        guard !people.isEmpty || !options.isEmpty else { return .empty }
        return """
            <details class="more"><summary class="button quiet">\(say("Take something off"))</summary>\
            <div class="stack near"><p class="second">\(say("It is gone for good, and nobody is told."))</p>\(forms)\
            </div></details>
            """
    }

    package static var example: PollHostPage {
        let poll = Poll.example
        return PollHostPage(
            principal: .example, poll: poll, link: .example, url: "https://meet.example/poll/example",
            voters: PollVoter.examples,
            freedom: PollFreedom([poll.options[1].id: .taken, poll.options[2].id: .busy]), zone: .utc,
            pollZone: .utc, clock: .twentyFour, now: poll.createdAt, form: "example", choosing: poll.options[0])
    }
}
