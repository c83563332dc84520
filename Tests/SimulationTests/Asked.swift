/// A host's question for another time as the answers have made it, the times it keeps, and how it ends.
import Database
import Scheduling

@testable import Features

struct Asked {
    let id: ID<Proposal>
    let booking: ID<Booking>
    let tenant: Int
    /// The start the booking had then.
    let about: Instant
    /// None leaves the choice to the attendee.
    let starts: [Instant]
    /// The time that is kept, under the booking's claim.
    let rows: [Taken]
    let at: Instant
    let expires: Instant
    /// What its link was like: what is needed beside the hosts may have changed since.
    let linkVersion: Int
    fileprivate(set) var state = ProposalState.open
    /// The mails that follow from it, and when each was planned.
    private(set) var jobs: [(key: String, at: Instant)] = []

    init(
        _ id: ID<Proposal>, of meeting: Meeting, starts: [Instant], rows: [Taken], at now: Instant, expires: Instant,
        linkVersion: Int
    ) {
        (self.id, booking, tenant, about) = (id, meeting.id, meeting.tenant, meeting.starts)
        (self.starts, self.rows, at, self.expires) = (starts, rows, now, expires)
        self.linkVersion = linkVersion
        let readers = ["attendee"] + (meeting.booker == nil ? [] : ["booker"])
        jobs = readers.map { (Self.key(id, .proposed, $0), now) }
    }

    /// None of its times suits: each host hears of it.
    mutating func refuse(_ meeting: Meeting, at now: Instant) {
        state = .refused
        jobs += meeting.hostNames.map { (Self.key(id, .refused, $0), now) }
    }

    mutating func withdraw(at now: Instant) { state = expires > now ? .withdrawn : .lapsed }

    mutating func lapse() { state = .lapsed }

    private static func key(_ id: ID<Proposal>, _ news: ProposalNews, _ recipient: String) -> String {
        "\(ProposalJobs.kind)|\(id)|\(news.rawValue)|\(recipient)"
    }
}

extension Expected {
    /// The one that nobody has answered, be its time over or not.
    func unanswered(of booking: ID<Booking>) -> Asked? {
        proposed.lazy.reversed().compactMap { proposals[$0] }.first { $0.booking == booking && $0.state == .open }
    }

    /// What an attendee is asked now.
    func question(of meeting: Meeting) -> Asked? {
        unanswered(of: meeting.id).flatMap { $0.expires > now && $0.about == meeting.starts ? $0 : nil }
    }

    /// The time that is kept for attendees until they answer.
    func askedTime(at now: Instant) -> [Taken] {
        proposed.compactMap { proposals[$0] }.filter { $0.state == .open && $0.expires > now }.flatMap(\.rows)
    }

    mutating func add(_ asked: Asked) {
        proposals[asked.id] = asked
        proposed.append(asked.id)
    }

    mutating func change(_ proposal: ID<Proposal>, _ change: (inout Asked) -> Void) {
        guard var asked = proposals[proposal] else { return }
        change(&asked)
        proposals[proposal] = asked
    }

    /// A change of the booking answers what is open, or ends it: with another time, another host, or the booking.
    mutating func follow(_ meeting: Meeting, over before: Meeting) {
        guard let asked = unanswered(of: meeting.id) else { return }
        let isSame = before.status == meeting.status && before.starts == meeting.starts
            && before.crew.hosts == meeting.crew.hosts
        guard !isSame else { return }
        let isNamed = meeting.status == .confirmed && asked.starts.contains(meeting.starts)
        let isChoice = asked.starts.isEmpty && before.starts != meeting.starts && actor == .attendee
        let end: ProposalState = isNamed || isChoice ? .accepted : asked.expires > now ? .ended : .lapsed
        proposals[asked.id]?.state = end
    }
}
