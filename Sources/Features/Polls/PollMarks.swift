/// How answers to a poll are drawn: a mark of its own shape for each, how many there are of each, and who gave them.
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

    /// A disc, half a disc, a cross: told apart without colour. The word stands beside it, seen or only heard.
    var mark: HTML {
        switch self {
        case .yes: "<i class=\"said yes\" aria-hidden=\"true\"></i>"
        case .ifNeedBe: "<i class=\"said maybe\" aria-hidden=\"true\"></i>"
        case .no: "<i class=\"said no\" aria-hidden=\"true\"></i>"
        }
    }
}

extension PollMoment {
    /// `Thursday 3 December`, in the zone of the reader; a day is the same for all.
    func dayWords(in zone: Zone) -> String { date(in: zone).dayWords }

    func date(in zone: Zone) -> LocalDate {
        switch self {
        case .time(let time): zone.local(at: time.start).date
        case .day(let day): day
        }
    }
}

extension PollTally {
    var words: HTML { say("\(yes) yes, \(ifNeedBe) if need be, \(no) no") }

    func count(of answer: PollAnswer) -> Int {
        switch answer {
        case .yes: yes
        case .ifNeedBe: ifNeedBe
        case .no: no
        }
    }

    /// The same to be seen at a glance, as long as there are few.
    var marks: HTML {
        guard (1...12).contains(yes + ifNeedBe + no) else { return .empty }
        let all = Array(repeating: "<i></i>" as HTML, count: yes)
            + Array(repeating: "<i class=\"maybe\"></i>" as HTML, count: ifNeedBe)
            + Array(repeating: "<i class=\"no\"></i>" as HTML, count: no)
        return "<span class=\"tally\" aria-hidden=\"true\">\(each: all, { $0 })</span>"
    }

    /// A mark and a number for each answer, as narrow as can be; the words are heard.
    var counts: HTML {
        """
        <span class="counts num" aria-hidden="true">\
        \(each: PollAnswer.allCases, { "<span>\($0.mark)\(count(of: $0))</span>" })</span>\
        <span class="hidden">\(words)</span>
        """
    }
}

/// Who gave which answer to an option; an answer that nobody gave is left out.
struct PollSaid: Sendable {
    let option: ID<PollOption>
    let voters: [PollVoter]

    var html: HTML {
        "<dl class=\"said-by\">\(each: PollAnswer.allCases, names)</dl>"
    }

    private func names(_ answer: PollAnswer) -> HTML {
        let names = voters.filter { $0.votes[option] == answer }.map(\.words)
        guard !names.isEmpty else { return .empty }
        return "<dt>\(answer.mark)\(answer.words)</dt><dd><bdi>\(names.joined(separator: ", "))</bdi></dd>"
    }
}
