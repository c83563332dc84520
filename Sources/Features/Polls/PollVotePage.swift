/// The page of a poll for those who are asked: its options, what others said, and the form; or that it is over.
import Database
import Scheduling
import Web

extension PollAnswer {
    var words: String {
        switch self {
        case .yes: plain("Yes")
        case .ifNeedBe: plain("If need be")
        case .no: plain("No")
        }
    }
}

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

    private var poll: Poll { found.poll }
    private var clock: HourClock { ask.clock }

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
        return Layout.publicPage(
            title: title, workspaceName: found.workspaceName, shape: .broad,
            zone: namesZone ? nil : zone.name,
            head: "<meta name=\"robots\" content=\"noindex\">\n",
            foot: [(plain("Find your booking"), "/book/find")], """
            <header class="stack near"><h1 class="display"><bdi>\(title)</bdi></h1>\(lead)</header>\
            \(alert)\(kept)\(over == nil ? body : .empty)\
            <p class="second">\(say("Questions, or none of these suits? Ask \(host)."))</p>
            """)
    }

    private var host: HTML { "<bdi>\(found.link.hostWords)</bdi>" }

    private var lead: HTML {
        if let over {
            let chosen = decided.map { "<p class=\"lead\">\(say("It is decided: \($0)."))</p>" as HTML }
            let off: HTML? = isOff ? "<p class=\"lead\">\(say("This meeting is cancelled"))</p>" : nil
            return "\(chosen)\(off)<p class=\"second lead\">\(over.message)</p>"
        }
        let until: HTML? = poll.rules.deadline.map { deadline in
            let words = "\(TimeWords.dayAndTime(deadline, in: zone, clock)) (\(TimeWords.city(zone)))"
            return "<p class=\"second\">\(say("Answers are taken until \(words)."))</p>"
        }
        return "<p class=\"second lead\">\(say("\(host) asks when this suits you."))</p>\(until)"
    }

    /// When it is by now: the meeting may have been moved since.
    private var decided: String? {
        let chosen = poll.chosen.flatMap { poll.option($0) }?.moment
        guard let meeting = found.meeting, chosen?.time != nil else { return chosen?.namedWords(in: zone, clock) }
        let (start, end) = (meeting.state.starts, meeting.state.ends)
        let time = OneOff.Time(start: start, minutes: Int(end.seconds - start.seconds) / 60)
        return PollMoment.time(time).namedWords(in: zone, clock)
    }

    private var isOff: Bool { found.meeting?.state.status == .cancelled }

    private var kept: HTML {
        guard wasKept, over == nil, found.voter?.votedAt != nil else { return .empty }
        return Components.banner(.notes, say("""
            Your answers are kept. Change them here until the poll is closed; a mail has the address of this page.
            """))
    }

    private var body: HTML {
        let location = found.link.rules.firstLocation
        let place = location.text.isEmpty
            ? HTML.empty : Components.facts([(location.kind == .video ? .video : .pin, "\(location.openWords)")])
        let filled = filled ?? answers
        return """
            \(place)\(if: poll.kind == .times, then: zonePart)\
            \(Components.form(action: Path("/poll/\(token)/votes"), style: "stack far", """
                \(Components.mistakes(filled))\(Components.hidden("form", form))\(hidden)\(options(filled))\
                <div class="two">\
                \(Components.field("name", plain("Name"), in: filled, autocomplete: "name"))\(email(filled))</div>\
                \(if: found.voter == nil, then: Decoy.html)\
                <p>\(Components.button(plain("Send my answers"), .primary))</p>
                """))\(others)\(proposal)
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

    private func email(_ filled: Filled) -> HTML {
        guard let voter = found.voter else {
            return Components.field("email", plain("E-mail"), in: filled, typing: .email, autocomplete: "email")
        }
        return """
            <div class="field"><span class="third">\(say("E-mail"))</span><p><bdi>\(voter.email)</bdi></p></div>
            """
    }

    private var zonePart: HTML {
        let address = address(of: token)
        guard ask.choosesZone else {
            return Components.zoneLine(
                zone: zone.name, place: TimeWords.city(zone), now: zone.local(at: now), clock: clock,
                choose: address.path([("zone", "pick")]).fragment(Components.zoneID),
                clocks: { address.path(clock: $0).fragment(Components.clockID) })
        }
        let near = near.map { zone in
            var there = address
            there.zone = zone.name
            return (TimeWords.city(zone), there.path().fragment(Components.zoneID))
        }
        return Components.zoneForm(
            zone: zone.name, zones: zones, action: address.base, keep: clock.pairs + [("was", zone.name)],
            unknown: ask.unknownZone, near: near,
            leave: (TimeWords.city(zone), address.path().fragment(Components.zoneID)))
    }

    private func options(_ filled: Filled) -> HTML {
        let mistake: HTML = filled.error("votes").map { message in
            "<p class=\"field-error\" id=\"f-votes-error\">\(Components.icon(.warning))\(message)</p>"
        } ?? .empty
        let nothing = poll.options.allSatisfy { !found.freedom.isAlive($0.id) }
        return """
            <fieldset class="field" id="f-votes" tabindex="-1"\
            \(if: filled.error("votes") != nil, then: " aria-describedby=\"f-votes-error\"")>\
            <legend>\(poll.kind == .times ? say("Times") : say("Days"))</legend>\
            <ul class="rows" role="list">\(each: poll.options, { row($0, filled) })</ul>\(mistake)</fieldset>\
            \(if: nothing, then: Components.banner(.warns, say("None of these times is free any more.")))
            """
    }

    private func row(_ option: PollOption, _ filled: Filled) -> HTML {
        let (day, range) = (option.moment.dayWords(in: zone), option.moment.time.map { time in
            TimeWords.range(time.start, time.ends, in: zone, clock)
        })
        let time: HTML? = range.map { "<br><span class=\"second\">\($0)</span>" }
        guard found.freedom.isAlive(option.id) else {
            return """
                <li class="row vote third"><p><s>\(day)\(range.map { ", \($0)" as HTML })</s></p>\
                <p class="meta">\(say("no longer free"))</p></li>
                """
        }
        let name = "vote.\(option.id)"
        return """
            <li class="row vote"><p id="\(option.id)"><b>\(day)</b>\(time)</p>\
            <div class="segments" role="radiogroup" aria-labelledby="\(option.id)">\
            \(each: PollAnswer.allCases, { answer in """
                <label><input type="radio" name="\(name)" value="\(answer.rawValue)"\
                \(if: filled[name] == answer.rawValue, then: " checked")>\(answer.words)</label>
                """ })</div>\(found.shown.map { tally(of: option, $0) })</li>
            """
    }

    private func tally(of option: PollOption, _ voters: [PollVoter]) -> HTML {
        guard !voters.isEmpty else { return .empty }
        let tally = PollTally(of: option.id, voters)
        let suits: HTML = tally.suitsAll(of: voters.count)
            ? " <span class=\"good\">\(say("Suits everyone so far"))</span>" : .empty
        return "<p class=\"meta second\">\(tally.marks)\(tally.words)\(suits)</p>"
    }

    private var others: HTML {
        let names = (found.shown ?? []).filter { $0.id != found.voter?.id }.map(\.name)
        guard !names.isEmpty else { return .empty }
        let list: HTML = "<bdi>\(names.joined(separator: ", "))</bdi>"
        return "<p class=\"meta third\">\(say("Others who have answered: \(list)"))</p>"
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

extension PollMoment {
    /// `Thursday 3 December`, in the zone of the reader; a day is the same for all.
    func dayWords(in zone: Zone) -> String {
        switch self {
        case .time(let time): zone.local(at: time.start).date.dayWords
        case .day(let day): day.dayWords
        }
    }
}

extension PollTally {
    var words: HTML { say("\(yes) yes, \(ifNeedBe) if need be, \(no) no") }

    /// The same to be seen at a glance, as long as there are few.
    var marks: HTML {
        guard (1...12).contains(yes + ifNeedBe + no) else { return .empty }
        let all = Array(repeating: "<i></i>" as HTML, count: yes)
            + Array(repeating: "<i class=\"maybe\"></i>" as HTML, count: ifNeedBe)
            + Array(repeating: "<i class=\"no\"></i>" as HTML, count: no)
        return "<span class=\"tally\" aria-hidden=\"true\">\(each: all, { $0 })</span>"
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
