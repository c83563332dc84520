/// What a host sees of polls: the list, and the words that their pages share.
import Scheduling
import Web

extension PollState {
    var words: String {
        switch self {
        case .open: plain("Open")
        case .closed: plain("Closed")
        case .finalized: plain("Decided")
        }
    }
}

extension Poll {
    var path: Path { Path("/calendar/polls/\(id)") }
}

extension PollMoment {
    /// `Thursday 3 December, 10:30–11:00`.
    func longWords(in zone: Zone, _ clock: HourClock) -> String {
        guard let time else { return dayWords(in: zone) }
        return "\(dayWords(in: zone)), \(TimeWords.range(time.start, time.ends, in: zone, clock))"
    }
}

/// `/calendar/polls`.
package struct PollListPage: Page {
    /// More than anybody scrolls through.
    static let most = 200

    let principal: Principal
    let all: [Poll]
    let titles: [ID<Link>: String]
    /// How many have answered.
    let answered: [ID<Poll>: Int]
    let now: Instant

    package var html: HTML {
        Layout.app(title: plain("Polls"), tab: .links, principal, """
            \(Components.crumbs([(plain("Links"), "/calendar/event-types")], plain("Polls")))\
            \(Components.pageHead(
                plain("Polls"), say("Ask several people when a meeting suits them."), actions: new))\
            \(if: all.isEmpty, then: Components.empty(
                plain("None yet"), say("Pick some times or days, and ask which of them suit."), action: new))\
            \(if: !all.isEmpty, then: "<ul class=\"rows\" role=\"list\">\(each: all, row)</ul>")\
            \(if: all.count == Self.most, then: "<p class=\"hint\">\(say("The newest \(Self.most)."))</p>")
            """)
    }

    private var new: HTML {
        Components.link(plain("New poll"), to: "/calendar/polls/new", .primary, icon: .plus)
    }

    private func row(_ poll: Poll) -> HTML {
        let count = answered[poll.id] ?? 0
        return """
            <li class="row"><p class="cut"><a class="row-link" href="\(poll.path)">\
            <bdi>\(titles[poll.link] ?? "")</bdi></a><br>\
            <span class="third">\(say("\(count)|one:One answer|other:%1 answers"))</span></p>\
            <p><span class="tag">\(poll.state(now: now).words)</span></p></li>
            """
    }

    package static var example: PollListPage {
        PollListPage(
            principal: .example, all: [.example], titles: [Link.example.id: Link.example.rules.title],
            answered: [Poll.example.id: 3], now: Poll.example.createdAt)
    }
}
