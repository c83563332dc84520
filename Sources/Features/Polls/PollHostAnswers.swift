/// The answers to a poll as its host reads them: a table where there is room, else a list with the best option first.
import Scheduling
import Web

struct PollHostAnswers: Sendable {
    let poll: Poll
    let voters: [PollVoter]
    let freedom: PollFreedom
    let zone: Zone
    let clock: HourClock
    /// Whether one can still be chosen.
    let isOpen: Bool

    private var answered: [PollVoter] { voters.filter { $0.votedAt != nil } }

    /// The style sheet shows one of the two.
    var html: HTML { "\(table)\(list)" }

    private func tally(_ option: PollOption) -> PollTally { PollTally(of: option.id, answered) }

    private func isAlive(_ option: PollOption) -> Bool { freedom.isAlive(option.id) || option.id == poll.chosen }

    // MARK: Beside each other

    private var table: HTML {
        """
        <div class="scroll said-wide" tabindex="0" role="region" aria-label="\(plain("Answers"))">\
        <table class="table said-table">\
        <thead><tr><th scope="col">\(say("Option"))</th>\
        \(if: isOpen, then: "<th scope=\"col\"><span class=\"hidden\">\(say("Choose"))</span></th>")\
        <th scope="col">\(say("Answers"))</th>\(each: answered, { voter in
            "<th scope=\"col\" class=\"name\"><span title=\"\(voter.words)\"><bdi>\(voter.words)</bdi></span></th>"
        })</tr></thead><tbody>\(each: poll.options, row)</tbody></table></div>
        """
    }

    private func row(_ option: PollOption) -> HTML {
        let range: HTML? = option.moment.time.map { time in
            "<br>\(TimeWords.range(time.start, time.ends, in: zone, clock))"
        }
        let words: HTML = "<span class=\"when\">\(option.moment.dayWords(in: zone))\(range)</span>"
        return """
            <tr><th scope="row">\(if: isAlive(option), then: words, else: "<s>\(words)</s>")\
            \(each: notes(option), { "<br><span class=\"meta third\">\($0)</span>" })</th>\
            \(if: isOpen, then: "<td>\(choose(option))</td>")<td>\(tally(option).counts)</td>\
            \(each: answered, { vote($0.votes[option.id]) })</tr>
            """
    }

    private func vote(_ answer: PollAnswer?) -> HTML {
        guard let answer else {
            return """
                <td class="one"><span class="third" aria-hidden="true">–</span>\
                <span class="hidden">\(say("no answer"))</span></td>
                """
        }
        return "<td class=\"one\">\(answer.mark)<span class=\"hidden\">\(answer.words)</span></td>"
    }

    private func choose(_ option: PollOption) -> HTML {
        guard isAlive(option) else { return .empty }
        let decide = poll.path.adding(query: [("option", option.id.text)]).fragment("decide")
        return """
            <a class="button" href="\(decide)">\(say("Choose"))\
            <span class="hidden"> \(option.moment.words(in: zone, clock))</span></a>
            """
    }

    // MARK: Below each other

    private var list: HTML {
        """
        <ul class="rows said-narrow" role="list" aria-label="\(plain("Answers, the best option first"))">\
        \(each: ranked, entry)</ul>
        """
    }

    /// What can be had first, and of that what suits most.
    private var ranked: [PollOption] {
        let keys = poll.options.enumerated().map { place, option in
            let (could, like) = tally(option).rank
            return (option, [option.id == poll.chosen ? 0 : 1, isAlive(option) ? 0 : 1, -could, -like, place])
        }
        return keys.sorted { $0.1.lexicographicallyPrecedes($1.1) }.map(\.0)
    }

    private func entry(_ option: PollOption) -> HTML {
        let words: HTML = "<b>\(option.moment.longWords(in: zone, clock))</b>"
        return """
            <li class="row"><p>\(if: isAlive(option), then: words, else: "<s>\(words)</s>")\
            \(each: notes(option), { "<br><span class=\"meta third\">\($0)</span>" })</p>\
            <p>\(tally(option).counts)</p>\(PollSaid(option: option.id, voters: answered).html)\
            \(if: isOpen && isAlive(option), then: "<p>\(choose(option))</p>")</li>
            """
    }

    // MARK: What is to be known of one

    private func notes(_ option: PollOption) -> [String] {
        var notes: [String] = []
        if option.id == poll.chosen {
            notes.append(plain("Decided"))
        } else if isOpen {
            switch freedom.state(of: option.id) {
            case .free: if let rank = rank(of: option) { notes.append(rank) }
            case .busy: notes.append(plain("Busy in another calendar of yours"))
            case .taken: notes.append(plain("You have a meeting then"))
            case .past: notes.append(plain("Past"))
            }
        }
        if let proposer = option.proposer.flatMap({ id in voters.first { $0.id == id } }) {
            notes.append(plain("Proposed by \(proposer.words)"))
        }
        return notes
    }

    /// What most could come to, those who would rather not counted as well; among equals, what most like.
    private func rank(of option: PollOption) -> String? {
        let tallies = poll.options.filter { freedom.isAlive($0.id) }.map(tally)
        let own = tally(option)
        if own.suitsAll(of: answered.count) { return plain("Suits everyone so far") }
        guard own.yes + own.ifNeedBe > 0, !tallies.contains(where: { own.rank < $0.rank }) else { return nil }
        return plain("Suits most so far")
    }
}
