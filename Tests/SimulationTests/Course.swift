/// A series as the answers have made it: which bookings it joins, and what is told of several of them at once.
import Database
import Scheduling

@testable import Features

struct Course {
    /// One of the meetings that a mail tells of, and who its reader is in it.
    struct Line {
        let booking: ID<Booking>
        let version: Int
        let who: String
    }

    /// What everybody is mailed because of one change of several meetings.
    struct Letter {
        let news: BookingNews
        let at: Instant
        /// When the last of the meetings is over.
        let ends: Instant
        private(set) var parties: [String: [Line]] = [:]

        init(_ news: BookingNews, of meetings: [Meeting], at now: Instant) {
            (self.news, at) = (news, now)
            ends = meetings.map(\.ends).max() ?? now
            var order: [String] = []
            var lines: [String: [Line]] = [:]
            for meeting in meetings {
                let guests = zip(meeting.guests, meeting.guestNames).map { ("guest \($0)", $1) }
                // An address may have been put right in one of them.
                let people = [("attendee \(meeting.email)", "attendee")] + meeting.hostNames.map { ($0, $0) } + guests
                for (name, who) in people {
                    if lines[name] == nil { order.append(name) }
                    lines[name, default: []].append(Line(booking: meeting.id, version: meeting.version, who: who))
                }
            }
            // No job names an address: people are known by where they stand.
            for (place, name) in order.enumerated() {
                let kind = name.prefix { $0 != " " }
                let isHost = kind == name
                parties[isHost ? name : place == 0 ? "attendee" : "\(kind).\(place)"] = lines[name]
            }
        }
    }

    let id: ID<Series>
    let tenant: Int
    let link: ID<Link>
    let weeks: Int
    /// By the places they have in it; some may have been left out.
    let bookings: [Int: ID<Booking>]
    private(set) var version = 0
    private(set) var letters: [Int: Letter] = [:]

    init(_ id: ID<Series>, on link: LinkFacts, weeks: Int, bookings: [Int: ID<Booking>]) {
        (self.id, tenant, self.link) = (id, link.tenant, link.id)
        (self.weeks, self.bookings) = (weeks, bookings)
    }

    mutating func tell(_ letter: Letter) {
        version += 1
        letters[version] = letter
    }

    /// The place of a booking in it.
    func place(of booking: ID<Booking>) -> Int { bookings.first { $0.value == booking }?.key ?? 0 }
}

extension Meeting {
    /// One mail tells of it and of others; by itself it is told to those who left alone.
    mutating func tellTogether(left: [String] = []) {
        fallSilent()
        tell(left, isCertain: false)
    }
}

extension Expected {
    /// The bookings of a part that are still to come, in the order of their series.
    func toCome(_ part: SeriesPart, from booking: ID<Booking>, of course: Course, now: Instant) -> [Meeting] {
        let own = course.place(of: booking)
        return course.bookings.sorted { $0.key < $1.key }.filter { part == .all || $0.key >= own }
            .compactMap { meetings[$0.value] }.filter { $0.isOpen(at: now) }
    }

    mutating func add(_ course: Course) {
        courses[course.id] = course
        running.append(course.id)
    }

    /// Whether a mail planned before still tells of it: guests hear nothing of an address that was put right.
    func isStillSo(_ line: Course.Line) -> Bool {
        guard let meeting = meetings[line.booking] else { return false }
        return meeting.version == line.version || line.who.hasPrefix("guest.") && meeting.confirmed != nil
            && ((line.version + 1)...meeting.version).allSatisfy { meeting.formerEmails[$0] != nil }
    }

    /// Everybody gets one mail about these meetings.
    mutating func tell(_ news: BookingNews, of bookings: [ID<Booking>], in course: ID<Series>, now: Instant) {
        courses[course]?.tell(Course.Letter(news, of: bookings.compactMap { meetings[$0] }, at: now))
    }
}

extension Zone {
    /// Whether a time is so many weeks after another one by the clocks on the wall.
    func isSameTime(_ time: Instant, as first: Instant, weeksLater weeks: Int) -> Bool {
        let (one, other) = (local(at: first), local(at: time))
        return other.date == one.date.adding(days: 7 * weeks) && other.secondOfDay == one.secondOfDay
    }
}
