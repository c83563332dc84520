/// The page of a poll for those who are asked: its options, what others said, and the form; or that it is over.
import Database
import Scheduling
import Web

/// `/poll/<token>`.
package struct PollVotePage: Page {
    let found: PollVisit.Found
    let token: String
    let ask: PickerAsk
    let zone: Zone
    let namesZone: Bool
    let zones: [String]
    let near: [Zone]
    let form: String
    let now: Instant
    var filled: Filled?
    var proposing: Filled?
    /// What was sent is kept, and the page says so.
    var wasKept = false
    var alert: HTML = .empty

    var poll: Poll { found.poll }
    var clock: HourClock { ask.clock }

    /// Why nobody votes any more; nil where they do.
    var over: PollRefusal? {
        do throws(PollRefusal) {
            try poll.checkOpen(now: now)
            return nil
        } catch {
            return error
        }
    }

    var status: Int { over?.status ?? 200 }

    /// The same page, or that of another token, in the zone somebody has chosen.
    func address(of token: String) -> PickerAddress {
        PickerAddress(base: Path("/poll/\(token)"), zone: ask.zone?.name, clock: clock)
    }

    package var html: HTML {
        let title = found.link.rules.title
        let over = over
        return Layout.publicPage(
            title: title, workspaceName: found.workspaceName, shape: .broad,
            zone: namesZone ? nil : zone.name,
            head: "<meta name=\"robots\" content=\"noindex\">\n",
            foot: [(plain("Find your booking"), "/book/find")], """
            \(over.map { "\(alert)\(overHead($0))\(overBody($0))" as HTML } ?? "\(head)\(alert)\(kept)\(body)" as HTML)\
            <p class="second">\(over == nil
                ? say("Questions, or none of these suits? Ask \(host).") : say("Questions? Ask \(host)."))</p>
            """)
    }

    private var host: HTML { "<bdi>\(found.link.hostWords)</bdi>" }

    /// Who asks, what for, and until when.
    private var head: HTML {
        let location = found.link.rules.firstLocation
        let lengths = Set(poll.options.compactMap(\.moment.time?.minutes))
        var facts: [(Icon, HTML)] = []
        if let minutes = lengths.first, lengths.count == 1 {
            facts.append((.clock, "\(DateWords.duration(minutes: minutes))"))
        }
        if !location.text.isEmpty { facts.append((location.kind == .video ? .video : .pin, "\(location.openWords)")) }
        if let deadline = poll.rules.deadline {
            let words = "\(TimeWords.dayAndTime(deadline, in: zone, clock)) (\(TimeWords.city(zone)))"
            facts.append((.calendar, say("Answers are taken until \(words).")))
        }
        let face = found.link.hosts.first.map { Components.avatar($0.name, .small) }
        return """
            <header class="stack near">\
            <p class="person second">\(face)<span>\(say("\(host) asks when this suits you."))</span></p>\
            <h1 class="display"><bdi>\(found.link.rules.title)</bdi></h1>\
            \(if: !facts.isEmpty, then: Components.facts(facts))</header>
            """
    }

    private var kept: HTML {
        guard wasKept, found.voter?.votedAt != nil else { return .empty }
        return Components.banner(.notes, say("""
            Your answers are kept. Change them here until the poll is closed; a mail has the address of this page.
            """))
    }

    private var body: HTML {
        let filled = filled ?? answers
        let count = poll.options.count { found.freedom.isAlive($0.id) }
        // Counted by the style sheet, so that it is right at every press, with and without script.
        let answered: HTML = "<b class=\"answered num\"></b>"
        return """
            \(if: poll.kind == .times, then: zonePart)\
            \(Components.form(action: Path("/poll/\(token)/votes"), style: "votes", """
                \(Components.mistakes(filled))\(Components.hidden("form", form))\(hidden)\
                <div class="two">\(name(filled))\(email(filled))</div>\(if: found.voter == nil, then: Decoy.html)\
                \(options(filled))\
                <div class="vote-bar"><p class="meta second">\(say("Answered: \(answered) of \(count)"))</p>\
                \(Components.button(plain("Send my answers"), .primary))</div>
                """))\(proposal)
            """
    }

    /// What they said before.
    private var answers: Filled {
        var values = ["name": found.voter?.name ?? ""]
        for (option, answer) in found.voter?.votes ?? [:] { values["vote.\(option)"] = answer.rawValue }
        return Filled(values: values)
    }

    private var hidden: HTML {
        """
        \(Components.hidden("timezone", zone.name))\
        \(if: clock != .usual, then: Components.hidden("clock", clock.rawValue))
        """
    }

    /// Whose page it is stands beside it: at an own address the e-mail address is no question.
    private func name(_ filled: Filled) -> HTML {
        Components.field(
            "name", plain("Name"), in: filled, hint: found.voter.map { "<bdi>\($0.email)</bdi>" } ?? .empty,
            autocomplete: "name")
    }

    private func email(_ filled: Filled) -> HTML {
        guard found.voter == nil else { return .empty }
        return Components.field("email", plain("E-mail"), in: filled, typing: .email, autocomplete: "email")
    }

    var zonePart: HTML {
        ZoneChoice(address: address(of: token), ask: ask, zone: zone, zones: zones, near: near, now: now).html
    }

    private func options(_ filled: Filled) -> HTML {
        let mistake: HTML = filled.error("votes").map { message in
            "<p class=\"field-error\" id=\"f-votes-error\">\(Components.icon(.warning))\(message)</p>"
        } ?? .empty
        let nothing = poll.options.allSatisfy { !found.freedom.isAlive($0.id) }
        let list: HTML = poll.kind == .times
            ? "\(each: days, { day($0, filled) })"
            : "<ul class=\"rows\" role=\"list\">\(each: poll.options, { row($0, filled) })</ul>"
        return """
            <fieldset class="field" id="f-votes" tabindex="-1" aria-describedby="left-open\
            \(if: filled.error("votes") != nil, then: " f-votes-error")">\
            <legend>\(poll.kind == .times ? say("Times") : say("Days"))</legend>\
            <p class="hint" id="left-open">\(say("What you leave open counts as no answer."))</p>\
            <div class="stack">\(list)</div>\(mistake)</fieldset>\
            \(if: nothing, then: Components.banner(.warns, say("None of these times is free any more.")))
            """
    }

    /// The days in the reader's zone, each with its options; both are by time.
    private var days: [(date: LocalDate, options: [PollOption])] {
        poll.options.reduce(into: []) { days, option in
            let date = option.moment.date(in: zone)
            if days.last?.date == date {
                days[days.count - 1].options.append(option)
            } else {
                days.append((date, [option]))
            }
        }
    }

    private func day(_ day: (date: LocalDate, options: [PollOption]), _ filled: Filled) -> HTML {
        """
        <div><h2 class="vote-day" id="d-\(day.date.description)">\(day.date.dayWords)</h2>\
        <ul class="rows" role="list">\(each: day.options, { row($0, filled) })</ul></div>
        """
    }

    private func row(_ option: PollOption, _ filled: Filled) -> HTML {
        let words = option.moment.time.map { TimeWords.range($0.start, $0.ends, in: zone, clock) }
            ?? option.moment.dayWords(in: zone)
        guard found.freedom.isAlive(option.id) else {
            return """
                <li class="row vote third"><p><s>\(words)</s></p><p class="meta">\(say("no longer free"))</p></li>
                """
        }
        let name = "vote.\(option.id)"
        let day: HTML = poll.kind == .times ? "d-\(option.moment.date(in: zone).description) " : .empty
        return """
            <li class="row vote"><p id="\(option.id)"><b class="num">\(words)</b></p>\
            <div class="segments answers" role="radiogroup" aria-labelledby="\(day)\(option.id)">\
            \(each: PollAnswer.allCases, { answer in """
                <label><input type="radio" name="\(name)" value="\(answer.rawValue)"\
                \(if: filled[name] == answer.rawValue, then: " checked")>\(answer.mark)\(answer.words)</label>
                """ })</div>\(found.shown.map { tally(of: option, $0) })</li>
            """
    }

    /// What others said in one line, and behind it who said what.
    private func tally(of option: PollOption, _ voters: [PollVoter]) -> HTML {
        let tally = PollTally(of: option.id, voters)
        guard tally.yes + tally.ifNeedBe + tally.no > 0 else { return .empty }
        let suits: HTML = tally.suitsAll(of: voters.count)
            ? "<span class=\"good\">\(say("Suits everyone so far"))</span>" : .empty
        return """
            <details class="who"><summary class="meta second"><span>\(tally.marks)\(tally.words)</span>\(suits)\
            </summary>\(PollSaid(option: option.id, voters: voters).html)</details>
            """
    }

    /// Who has answered can name one more.
    private var proposal: HTML {
        guard poll.rules.takesProposals, found.voter?.votedAt != nil, poll.options.count < Poll.mostOptions else {
            return .empty
        }
        let filled = proposing ?? .empty
        let isDay = poll.kind == .days
        return """
            <details class="more"\(if: proposing != nil, then: " open")><summary class="button quiet">\
            \(Components.icon(.plus))\(isDay ? say("Propose another day") : say("Propose another time"))</summary>\
            \(Components.form(action: Path("/poll/\(token)/options"), """
                \(Components.mistakes(filled))\(hidden)<div class="two">\
                \(Components.field("day", plain("Day"), in: filled, typing: .date))\
                \(if: !isDay, then: Components.field("at", plain("Start"), in: filled, typing: .time))</div>\
                <p>\(Components.button(plain("Propose")))</p>
                """))</details>
            """
    }

    package static var example: PollVotePage {
        let (poll, voters) = (Poll.example, PollVoter.examples)
        let found = PollVisit.Found(
            poll: poll, link: .example, scope: Scope(workspace: Principal.example.workspace, actor: .visitor),
            workspaceName: "Nordhavn Instruments", voters: voters,
            freedom: PollFreedom([poll.options[1].id: .taken]), voter: voters[0])
        return PollVotePage(
            found: found, token: "example", ask: PickerAsk(zone: .utc), zone: .utc, namesZone: true, zones: [],
            near: [], form: "example", now: poll.createdAt)
    }
}

/// What somebody sees who is turned away: true in every word, should a person ever see it.
package struct PollDecoyPage: Page {
    let found: PollVisit.Found
    let email: String

    package var html: HTML {
        let address: HTML = "<bdi>\(email)</bdi>"
        return Layout.publicPage(
            title: plain("Received: \(found.link.rules.title)"), workspaceName: found.workspaceName, """
                <header class="stack near"><p>\(Components.state(.confirmed, plain("Received")))</p>\
                <h1 class="display">\(say("Your answers have arrived"))</h1>\
                <p class="second lead">\(say("What follows comes by mail to \(address)."))</p></header>\
                <p class="second">\
                \(say("If no mail comes within the hour, ask \(found.link.hostWords) in another way."))</p>
                """)
    }

    package static var example: PollDecoyPage {
        PollDecoyPage(found: PollVotePage.example.found, email: "sam@example.org")
    }
}
