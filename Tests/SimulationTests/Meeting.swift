/// A booking that was acknowledged, and what its people were told of it.
import Database
import Scheduling

@testable import Features

struct Meeting {
    let id: ID<Booking>
    let tenant: Int
    let link: ID<Link>
    var crew: Crew
    /// The session it has seats of; that has its time and its hosts'.
    var session: ID<GroupSession>?
    var guests: [String]
    /// Whom the attendee wanted to meet.
    var chosen: ID<User>?
    let answer: String
    let bookedAt: Instant
    var email: String
    var status = BookingStatus.confirmed
    var starts: Instant
    var ends: Instant
    var version = 1
    /// The time it has for certain, each subject's as it was written.
    var rows: [Taken] = []
    /// The time that is asked for.
    var wishRows: [Taken] = []
    /// Set while a host is asked.
    var waiting: Waiting?
    /// Which version asked for it.
    var wishVersion: Int?
    /// Counts the wishes that have ended: a mailed right to decide ends with its own.
    var wishesEnded = 0
    /// Whose turn it was, as far as it counts.
    var turns: Set<ID<User>> = []
    var token: String
    var formerTokens: [String] = []
    /// Who booked it for the attendee, with a token of their own, and those they had before.
    var booker: (email: String, token: String)?
    var formerBookerTokens: [String] = []
    /// The address that each correction replaced, by the version it made.
    var formerEmails: [Int: String] = [:]
    /// Addresses of guests who were taken off, by version and position.
    var formerGuests: [String: String] = [:]
    var markedAt: Instant?
    /// Only its hosts were told that it is cancelled.
    var endedQuietly = false
    /// What its people were last told of the link.
    var told: (title: String, place: String)
    /// Who is mailed because of each version.
    private(set) var mailed: [Int: [String]] = [:]
    /// The version of the last news for each that is about what is certain.
    private(set) var newest: [String: Int] = [:]

    var isWaiting: Bool { status == .pendingApproval }
    var time: [Taken] { rows + wishRows }

    /// The time that is certain; of what was only asked for there is none.
    var confirmed: Span? {
        guard isWaiting else { return status.ownsTime ? Span(start: starts, end: ends) : nil }
        return waiting?.kept
    }

    /// Whether it may still be moved or cancelled.
    func isOpen(at now: Instant) -> Bool {
        (status == .confirmed || isWaiting) && min(starts, waiting?.kept?.start ?? starts) > now
    }

    /// What it has beside its hosts at the time that is certain.
    var certainResources: [ID<BookableResource>] {
        if session != nil { return confirmed == nil ? [] : crew.resources }
        return rows.compactMap { ID<BookableResource>($0.subject) }
    }

    // MARK: What is told

    var hostNames: [String] { crew.hosts.map(\.text) }
    var guestNames: [String] { guests.indices.map { "guest.\($0)" } }

    /// Mails go out because of the version it has now.
    mutating func tell(_ people: [String], isCertain: Bool = true) {
        // Who booked hears all that the attendee hears, but that the attendee's address was mistyped.
        let isShared = booker != nil && people.contains("attendee") && !people.contains("former")
        let people = people + (isShared ? ["booker"] : [])
        mailed[version] = people
        guard isCertain else { return }
        for name in people { newest[name] = version }
        newest = newest.filter { name, _ in
            name == "attendee" || name == "booker" || toldHosts.contains(name) || guestNames.contains(name)
        }
    }

    /// What follows from asking: the end of the wish, and a reminder for each host at half time.
    private(set) var asked: [Int: (hosts: [String], isReminded: Bool)] = [:]

    /// The keys of those jobs.
    func askedKeys(_ version: Int) -> [String] {
        guard let asked = asked[version] else { return [] }
        let reminders = asked.hosts.map { "\(ApprovalJobs.reminder)|\(id)|\(version)|\($0)" }
        return ["\(ApprovalJobs.expiry)|\(id)|\(version)"] + (asked.isReminded ? reminders : [])
    }

    /// Nobody hears anything more of what was.
    mutating func fallSilent() { newest = [:] }

    /// Whether a mail planned at that version still says what is so.
    func isStillSo(_ news: String, _ job: Int, for recipient: String) -> Bool {
        if job == version { return true }
        return switch news {
        case "reminder": isWaiting && wishVersion == job
        case "asked": isWaiting && wishVersion == job && recipient != "attendee"
        case "stays": false
        default: confirmed != nil && newest[recipient] == job
        }
    }

    // MARK: What happens

    /// Another time is asked for; what is certain stays.
    mutating func ask(_ wish: Span, until: Instant, _ crew: Crew, _ rows: [Taken], now: Instant) {
        waiting = Waiting(until: until, kept: confirmed)
        (starts, ends, status, wishRows) = (wish.start, wish.end, .pendingApproval, rows)
        (self.crew, wishVersion) = (crew, version)
        asked[version] = (hostNames, until - now >= ApprovalJobs.shortest)
        tell(["attendee"] + hostNames, isCertain: false)
    }

    /// Nothing is asked for any more.
    mutating func endWish(at time: Span?, as status: BookingStatus) {
        if isWaiting { wishesEnded += 1 }
        if let time { (starts, ends) = (time.start, time.end) }
        (self.status, waiting, wishVersion, wishRows) = (status, nil, nil, [])
    }

    /// It is as it was before another time was asked for.
    mutating func standAgain() {
        let resources = certainResources
        endWish(at: confirmed, as: .confirmed)
        crew.resources = resources
    }

    mutating func decide(_ decision: Decision) {
        switch decision {
        case .approved:
            let asked = wishRows
            endWish(at: nil, as: .confirmed)
            rows = asked
            tell(["attendee"] + toldHosts + guestNames)
        case .declined, .expired:
            if waiting?.kept != nil {
                standAgain()
            } else {
                endWish(at: nil, as: decision == .expired ? .expired : .declined)
                turns = []
            }
            tell(["attendee"] + hostNames, isCertain: false)
        }
    }

    mutating func cancel(quietly: Bool) {
        // No guest ever heard of what was only asked for.
        let isKnown = confirmed != nil
        endWish(at: confirmed, as: .cancelled)
        (rows, turns, endedQuietly) = ([], [], quietly)
        let hosts = isKnown ? toldHosts : hostNames
        tell(quietly ? hosts : ["attendee"] + hosts + (isKnown ? guestNames : []))
    }
}

/// A time kept for a visitor.
struct Keeping {
    let id: ID<Hold>
    let token: String
    let visitor: String
    let link: ID<Link>
    let moving: ID<Booking>?
    /// The session it keeps a seat of, whose time is then that of all who have one.
    let session: ID<GroupSession>?
    let expires: Instant
    let starts: Instant
    let time: [Taken]
    /// The offer that it is a time of, which then owns it.
    var offer: ID<KeptOffer>?

    var claim: String { moving?.text ?? offer?.text ?? id.text }
}

/// A span of the time of somebody or something.
struct Taken {
    let claim: String
    let subject: String
    let starts: Instant
    let ends: Instant
    let gapBefore: Int64
    let gapAfter: Int64

    /// Whether the two overlap, or are nearer than the larger of the gaps they ask for.
    func isTooNear(_ other: Taken) -> Bool {
        guard subject == other.subject, claim != other.claim else { return false }
        let (first, second) = starts <= other.starts ? (self, other) : (other, self)
        return second.starts < first.ends.adding(seconds: max(first.gapAfter, second.gapBefore))
    }
}
