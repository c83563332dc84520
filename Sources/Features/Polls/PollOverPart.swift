/// What the page of a poll says once nobody votes any more: when the meeting is, and what its reader had answered.
import Scheduling
import Web

extension PollVisit.Found {
    /// Whether its reader is one of those who come; nobody is at the open address.
    var comes: Bool {
        guard let voter, let meeting else { return false }
        let own = Account.folded(voter.email)
        return ([meeting.attendee.email] + meeting.guests).contains { Account.folded($0) == own }
    }
}

extension PollVotePage {
    var isOff: Bool { found.meeting?.state.status == .cancelled }

    /// Its head, instead of the question.
    func overHead(_ over: PollRefusal) -> HTML {
        guard over == .decided else {
            return """
                <header class="stack near"><h1 class="display"><bdi>\(found.link.rules.title)</bdi></h1>\
                <p class="second lead">\(over.message)</p></header>
                """
        }
        let when: HTML? = decided.map { day, range in
            let time: HTML? = range.map { "<br><time>\($0)</time>" }
            return "\(day)\(time)"
        }
        guard isOff else {
            let zoneWords: HTML? = decided?.range == nil
                ? nil : "<p class=\"second lead\">\(say("\(TimeWords.city(zone)) time."))</p>"
            return """
                <header class="stack near"><p>\(Components.state(.confirmed, plain("Decided")))</p>\
                <h1 class="display">\(when ?? "\(found.link.rules.title)")</h1>\(zoneWords)</header>
                """
        }
        return """
            <header class="stack near"><p>\(Components.state(.cancelled, plain("Decided")))</p>\
            <h1 class="display">\(say("This meeting is cancelled"))</h1>\
            \(when.map { "<p class=\"second lead\"><s>\($0)</s></p>" as HTML })</header>
            """
    }

    /// When it is by now: the meeting may have been moved since. Where whole days were asked about, only those who
    /// come are told the time.
    private var decided: (day: String, range: String?)? {
        let chosen = poll.chosen.flatMap { poll.option($0) }?.moment
        if let meeting = found.meeting, chosen?.time != nil || found.comes {
            let (start, end) = (meeting.state.starts, meeting.state.ends)
            return (zone.local(at: start).date.dayWordsWithYear, TimeWords.range(start, end, in: zone, clock))
        }
        return chosen.map { moment in
            let range = moment.time.map { TimeWords.range($0.start, $0.ends, in: zone, clock) }
            return (moment.date(in: zone).dayWordsWithYear, range)
        }
    }

    /// Where one meets is told to those who come, and to nobody else.
    func overBody(_ over: PollRefusal) -> HTML {
        let isDecided = over == .decided
        return """
            \(if: isDecided, then: facts)\(if: isDecided && !isOff, then: invited)\
            \(if: isDecided && (poll.kind == .times || found.comes), then: zonePart)\(answersFolded)
            """
    }

    private var facts: HTML {
        var pairs: [(String, HTML)] = [
            (plain("What"), "<bdi>\(found.link.rules.title)</bdi>"),
            (plain("With"), "<bdi>\(found.link.hostWords)</bdi>"),
        ]
        if found.comes, !isOff, let meeting = found.meeting {
            pairs.append((plain("Where"), BookingFacts(booking: meeting, link: found.link).place))
        }
        return Components.pairs(pairs)
    }

    private var invited: HTML {
        let words = found.comes
            ? say("""
                You are invited. The mail with the invitation has the calendar file and your own page of the meeting.
                """)
            : say("Whoever comes has an invitation by mail.")
        return "<p>\(words)</p>"
    }

    private var answersFolded: HTML {
        guard let voter = found.voter, !voter.votes.isEmpty else { return .empty }
        let said = poll.options.compactMap { option in voter.votes[option.id].map { (option.moment, $0) } }
        return """
            <details class="more"><summary class="button quiet">\(say("Your answers"))</summary>\
            <dl class="said-by">\(each: said, { moment, answer in
                "<dt>\(answer.mark)\(answer.words)</dt><dd>\(moment.longWords(in: zone, clock))</dd>"
            })</dl></details>
            """
    }
}
