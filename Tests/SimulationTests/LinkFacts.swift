/// A link as its host last saw it saved, and who may come to a meeting of it.
import Database
import Scheduling

@testable import Features

struct LinkFacts: Sendable {
    let id: ID<Link>
    let tenant: Int
    let kind: LinkKind
    let question: ID<Question>?
    /// What it has when nothing of it was taken away.
    let usual: (hosts: [HostWish], needs: [LinkNeed], window: Window?)
    var hosts: [ID<User>]
    /// Out of which pool a host is taken; nobody for those who always attend.
    var poolOf: [ID<User>: String]
    var pools: [LinkPool]
    var needs: [LinkNeed]
    /// Whether a host decides about what strangers want, and how long they may take.
    var approval: LinkApproval
    var movesReassign: Bool
    /// Whether attendees may say whom they want to meet.
    var mayChoose: Bool
    var title: String
    var place: String
    var duration: Int
    /// How many places each start has; with 1 a booking is a meeting of its own.
    var capacity: Int
    var gapBefore: Int64
    var gapAfter: Int64
    /// How long before its start a time can be booked, in seconds.
    let notice: Int64
    var mostUses: Int?
    /// How it is booked several times at once.
    let series: LinkSeries?
    /// Whether people can wait where all is taken, and for how many minutes a freed time is kept for each.
    var waitlist: LinkWaitlist
    var isActive: Bool
    /// Whether whoever books proves their address.
    let proves: Bool
    /// Whether nobody has made it: it is of those who were asked for together.
    let isAdHoc: Bool
    /// The link it is made from; what is locked of it is that one's.
    var template: ID<Link>?
    var isDeleted = false
    var version: Int

    /// - Parameters:
    ///   - usual: what it had in the beginning; nil is what it has.
    ///   - window: the only hours of its days, where it has some of its own.
    init(
        _ link: Link, tenant: Int, usual: (hosts: [HostWish], needs: [LinkNeed], window: Window?)? = nil,
        window: Window? = nil
    ) {
        self.tenant = tenant
        (id, kind, question) = (link.id, link.rules.kind, link.questions.first?.id)
        (hosts, pools, needs) = (link.hosts.map(\.id), link.rules.pools, link.rules.needs)
        let wishes = link.hosts.map { HostWish($0.id, pool: link.shares[$0.id]?.pool) }
        self.usual = usual ?? (wishes, link.rules.needs, window)
        poolOf = link.shares.compactMapValues(\.pool)
        (approval, movesReassign) = (link.rules.approval, link.rules.rotation.movesReassign)
        mayChoose = link.rules.rotation.hostChoice == .allowed
        (title, place, duration) = (link.rules.title, link.rules.firstLocation.text, link.rules.duration)
        (gapBefore, gapAfter) = (Int64(link.rules.bufferBefore) * 60, Int64(link.rules.bufferAfter) * 60)
        notice = Int64(link.rules.notice.value) * (link.rules.notice.unit == .hour ? 3_600 : 60)
        (capacity, series, waitlist) = (link.rules.seats.capacity, link.rules.series, link.rules.waitlist)
        (proves, isAdHoc) = (link.rules.door.verifiesEmail, link.adHoc != nil)
        (mostUses, isActive, version) = (link.rules.access.mostUses, link.rules.active, link.version)
    }

    /// Whether it is one of those on which hosts decide: their hours are not the usual ones.
    var mayAsk: Bool { approval.hours != LinkApproval().hours }

    /// Whether it is one of those with a waitlist: freed times are not kept for as long as usual.
    var mayWait: Bool { waitlist.minutes != LinkWaitlist().minutes }

    /// Whether somebody can book it at all.
    func isOpen(uses: Int) -> Bool { isActive && !isDeleted && mostUses.map { uses < $0 } ?? true }

    /// Whether people share a start.
    var hasSeats: Bool { capacity > 1 }

    /// Whose hours are those of the link, about.
    var host: ID<User> { hosts[0] }

    /// Whether its bookings go to some of its hosts.
    var rotates: Bool { isTurns || kind == .multiHost }
    /// Whether all its hosts take turns with each other.
    private var isTurns: Bool { kind == .roundRobin || kind == .instant }
    var attending: [ID<User>] { isTurns ? [] : hosts.filter { poolOf[$0] == nil } }

    /// One host, nothing beside, nobody asked: what a careless visitor can get.
    var isPlain: Bool {
        kind == .oneOnOne && !hasSeats && needs.isEmpty && !approval.isRequired && !mayWait && !proves
    }

    /// Whether this actor only asks for a time.
    func asks(_ actor: Actor) -> Bool {
        switch actor {
        case .visitor, .attendee: approval.isRequired
        default: false
        }
    }

    /// Those who take turns with each other, and how many of them attend.
    var turns: [(hosts: [ID<User>], take: Int)] {
        switch kind {
        case .roundRobin, .instant: [(hosts, 1)]
        case .multiHost: pools.map { pool in (hosts.filter { poolOf[$0] == pool.name }, pool.take) }
        default: []
        }
    }

    /// Those who take turns with a host.
    func heirs(of host: ID<User>) -> [ID<User>] {
        isTurns ? hosts : turns.first { $0.hosts.contains(host) }?.hosts ?? []
    }

    /// The time that these take when the meeting is then.
    func taken(_ subjects: [String], claim: String, from starts: Instant, to ends: Instant) -> [Taken] {
        subjects.map { subject in
            Taken(claim: claim, subject: subject, starts: starts, ends: ends, gapBefore: gapBefore, gapAfter: gapAfter)
        }
    }
}

/// Who and what has a meeting, as an answer told it.
struct Crew: Equatable {
    var hosts: [ID<User>]
    var resources: [ID<BookableResource>]

    var subjects: [String] { hosts.map(\.text) + resources.map(\.text) }
}
