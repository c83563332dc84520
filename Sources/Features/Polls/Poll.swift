/// A poll: a host asks several people which of some times or days suit them, and makes a meeting of one of these.
import Database
import Scheduling
import Web

package enum PollState: String, CaseIterable, Sendable, SQLValue {
    case open
    /// Nobody votes any more; its host has not decided yet.
    case closed
    /// One of its options became a booking.
    case finalized
}

/// What a voter says to an option.
package enum PollAnswer: String, CaseIterable, Sendable, SQLValue {
    case yes
    case ifNeedBe = "if_need_be"
    case no
}

/// What its options are.
package enum PollKind: String, CaseIterable, Sendable, SQLValue {
    case times
    /// Whole dates, which are the same in every zone; the time of day is the host's to say at the end.
    case days
}

package enum PollMoment: Hashable, Sendable {
    case time(OneOff.Time)
    case day(LocalDate)

    /// As a form sends it: `1800000000.30`, `2027-01-15`.
    package var text: String {
        switch self {
        case .time(let time): time.text
        case .day(let day): day.description
        }
    }

    package init?(_ text: String) {
        let moment = OneOff.Time(text).map(Self.time) ?? LocalDate(text).map(Self.day)
        guard let moment else { return nil }
        self = moment
    }

    var time: OneOff.Time? { if case .time(let time) = self { time } else { nil } }
    var day: LocalDate? { if case .day(let day) = self { day } else { nil } }

    /// When it is over; a day by the clock of its host.
    func end(in zone: Zone) -> Instant {
        switch self {
        case .time(let time): time.ends
        case .day(let day): zone.instant(of: day.adding(days: 1))
        }
    }
}

package struct PollOption: Identified, Hashable, Sendable {
    package static let idPrefix = "opt"

    package var id: ID<PollOption>
    package var moment: PollMoment
    /// The voter who proposed it; nil for the host's own.
    package var proposer: ID<PollVoter>?

    package init(id: ID<PollOption>, moment: PollMoment, proposer: ID<PollVoter>? = nil) {
        (self.id, self.moment, self.proposer) = (id, moment, proposer)
    }
}

/// What its host has chosen.
package struct PollRules: Hashable, Sendable {
    /// Whoever has the poll's own address may vote, not only those who were invited.
    package var anyone = true
    /// Nobody but the host sees what others said.
    package var hidesVotes = false
    package var takesProposals = false
    /// The host's options are kept from others until it is decided.
    package var holds = false
    /// From then on nobody votes; nil is until the host decides.
    package var deadline: Instant?
}

package struct Poll: Identified, Hashable, Sendable {
    package static let idPrefix = "pol"
    package static let mostOptions = 40
    package static let mostInvited = 50
    /// In all, with those who came by the open address: a meeting with its guests, and room for those who say no.
    package static let mostVoters = 200
    /// Of one voter.
    package static let mostProposals = 5
    /// How far ahead its options may be, in days.
    package static let mostAhead = 366
    /// The longest that one is open where it ends by itself, in days.
    package static let mostDays = 90
    /// How many of one person may be undecided.
    package static let mostOpen = 100
    package static let longestTitle = 120
    package static let longestPlace = 500
    /// How long one is known after its last option, in days: it names people.
    static let daysKept = 90

    package var id: ID<Poll>
    package var link: ID<Link>
    /// Who made it, and is met.
    package var author: ID<User>
    /// In which its options were picked.
    package var zone: String
    package var kind: PollKind
    package var rules: PollRules
    package var state = PollState.open
    /// Counted up when it is opened again.
    package var version = 1
    /// By time.
    package var options: [PollOption] = []
    package var createdAt: Instant
    package var closedAt: Instant?
    /// The option that became the booking.
    package var chosen: ID<PollOption>?
    package var booking: ID<Booking>?

    /// How it stands now: what is closed by its deadline needs no job to be so.
    package func state(now: Instant) -> PollState {
        guard state == .open, let deadline = rules.deadline, deadline <= now else { return state }
        return .closed
    }

    /// - Throws: ``PollRefusal`` unless votes are taken.
    package func checkOpen(now: Instant) throws(PollRefusal) {
        switch state(now: now) {
        case .open: return
        case .closed: throw .closed
        case .finalized: throw .decided
        }
    }

    /// Whether nothing of it is to come, so nobody has anything to decide.
    func isPast(_ world: World) -> Bool {
        let zone = world.zones.zone(zone) ?? .utc
        return options.allSatisfy { $0.moment.end(in: zone) <= world.now }
    }

    package func option(_ id: ID<PollOption>) -> PollOption? { options.first { $0.id == id } }

    /// What marks its link as one that nobody books by its slug.
    static func key(_ id: ID<Poll>) -> String { "\(AdHocLink.poll)\(id)" }

    /// The time of its host's that it keeps, until it is decided or deleted.
    /// Of a time that somebody proposes: as long as the first of the host's own.
    var usualMinutes: Int { options.first { $0.proposer == nil }?.moment.time?.minutes ?? 60 }

    func placeholders(_ world: World, scope: Scope) -> [LedgerRow] {
        guard rules.holds else { return [] }
        return OneOff.spans(of: options.compactMap(\.moment.time)).map { span in
            LedgerRow(
                id: world.id(LedgerEntry.self).text, subject: author.text, workspace: scope.workspace,
                kind: .placeholder, ref: id.text, claim: id.text, starts: span.start, ends: span.end)
        }
    }

    static func binding(_ id: ID<Poll>, _ workspace: ID<Workspace>) -> String { "poll|\(id)|\(workspace)" }

    package static var example: Poll {
        let start = Booking.example.state.starts
        func option(_ number: UInt8, _ hours: Int) -> PollOption {
            PollOption(
                id: ID(milliseconds: 0, random: [UInt8](repeating: number, count: 10)),
                moment: .time(OneOff.Time(start: start.adding(minutes: hours * 60), minutes: 60)))
        }
        var poll = Poll(
            id: ID(milliseconds: 0, random: [UInt8](repeating: 9, count: 10)), link: Link.example.id,
            author: Link.example.hosts[0].id, zone: "UTC", kind: .times, rules: PollRules(),
            createdAt: Booking.example.createdAt)
        poll.options = [option(1, 0), option(2, 5), option(3, 26)]
        (poll.rules.deadline, poll.rules.takesProposals) = (start, true)
        return poll
    }
}

/// Somebody who is asked, or who answered at the open address.
package struct PollVoter: Identified, Hashable, Sendable {
    package static let idPrefix = "vtr"

    package var id: ID<PollVoter>
    package var poll: ID<Poll>
    /// "" as long as somebody invited has not answered.
    package var name: String
    package var email: String
    /// Of the page on which they answered.
    package var zone: String?
    package var language: String?
    package var invited: Bool
    package var votedAt: Instant?
    package var createdAt: Instant
    package var votes: [ID<PollOption>: PollAnswer] = [:]

    /// What to call them.
    package var words: String { name.isEmpty ? email : name }

    static func binding(_ id: ID<PollVoter>, _ workspace: ID<Workspace>) -> String { "poll_voter|\(id)|\(workspace)" }

    static func example(_ number: UInt8, _ name: String, _ answers: [PollAnswer]) -> PollVoter {
        var voter = PollVoter(
            id: ID(milliseconds: 0, random: [UInt8](repeating: number, count: 10)), poll: Poll.example.id, name: name,
            email: "voter\(number)@example.org", invited: number % 2 == 0, votedAt: Poll.example.createdAt,
            createdAt: Poll.example.createdAt)
        voter.votes = Dictionary(uniqueKeysWithValues: zip(Poll.example.options.map(\.id), answers))
        return voter
    }

    static var examples: [PollVoter] {
        [
            example(1, "Óscar Etxeberria", [.yes, .no, .ifNeedBe]),
            example(2, "Yūko Watanabe", [.yes, .yes, .ifNeedBe]),
            example(3, "Leïla Ben Youssef", [.yes, .no, .no]),
        ]
    }
}

/// How many said what to an option.
package struct PollTally: Hashable, Sendable {
    package var yes = 0
    package var ifNeedBe = 0
    package var no = 0

    package init(of option: ID<PollOption>, _ voters: [PollVoter]) {
        for voter in voters {
            switch voter.votes[option] {
            case .yes: yes += 1
            case .ifNeedBe: ifNeedBe += 1
            case .no: no += 1
            case nil: break
            }
        }
    }

    /// How well it suits: whoever could come counts, and among equals who would like to.
    package var rank: (Int, Int) { (yes + ifNeedBe, yes) }

    /// Whether all who have answered could come.
    package func suitsAll(of voters: Int) -> Bool { voters > 1 && yes + ifNeedBe == voters }
}

/// What stands in the way of its options.
package struct PollFreedom: Sendable {
    package enum State: Hashable, Sendable {
        case free
        /// Another calendar says so; only the host is told, and decides.
        case busy
        /// An own booking, hold or session has the time.
        case taken
        case past
    }

    private let states: [ID<PollOption>: State]

    init(_ poll: Poll, zone: Zone, now: Instant, in tx: Transaction) throws {
        let found = try tx.ledger(
            of: poll.author, around: poll.options.compactMap(\.moment.time), now: now, without: [poll.id.text])
        states = Dictionary(uniqueKeysWithValues: poll.options.map { option in
            guard let time = option.moment.time else {
                return (option.id, option.moment.end(in: zone) <= now ? .past : .free)
            }
            if time.start <= now { return (option.id, .past) }
            let beside = found.filter { row in
                time.start < row.ends.adding(seconds: row.gapAfter)
                    && row.starts.adding(seconds: -row.gapBefore) < time.ends
            }
            let isTaken = beside.contains { $0.claim != nil }
            return (option.id, isTaken ? .taken : beside.isEmpty ? .free : .busy)
        })
    }

    init(_ states: [ID<PollOption>: State]) { self.states = states }

    func state(of option: ID<PollOption>) -> State { states[option] ?? .free }

    /// Whether it can still be had.
    func isAlive(_ option: ID<PollOption>) -> Bool { [.free, .busy].contains(state(of: option)) }
}

/// What the product says no to about voting.
package enum PollRefusal: Refusal, Equatable {
    case unknown
    case closed
    case decided
    /// Somebody with this address was invited or has answered: only the address in their own mail is theirs.
    case known
    case full
    /// A proposed time at which the host has a meeting, or that is past.
    case gone
    case proposedOften

    package var status: Int {
        switch self {
        case .unknown: 404
        case .closed, .decided: 410
        case .known, .full, .gone, .proposedOften: 409
        }
    }

    package var code: String {
        switch self {
        case .unknown: "not_found"
        case .closed, .decided: "link_expired"
        case .gone: "slot_taken"
        case .known, .full, .proposedOften: "conflict"
        }
    }

    package var message: String {
        switch self {
        case .unknown: plain("There is no such address. Check it, or ask the person who sent it.")
        case .closed: plain("This poll is closed: no more answers are taken.")
        case .decided: plain("This poll is decided: no more answers are taken.")
        case .known:
            plain("This e-mail address has a page of its own here. A mail with its link is on its way; answer there.")
        case .full: plain("No more answers fit into this poll. Ask the person who sent it.")
        case .gone: plain("This time is not free any more. Pick another one.")
        case .proposedOften: plain("No more times can be proposed here.")
        }
    }
}
