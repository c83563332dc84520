/// Series: several bookings of one link at the same wall time every so many weeks, made at once; and what is refused.
import Database
import Scheduling
import Web

package struct Series: Identified, Hashable, Sendable {
    package static let idPrefix = "ser"

    package var id: ID<Series>
    package var link: ID<Link>
    /// Weeks from one meeting to the next.
    package var weeks: Int
    /// How many meetings were asked for; some may have been left out.
    package var count: Int
    /// In whose wall time they keep their time of day, and what that is.
    package var anchorZone: String
    package var anchorLocal: String
    package var createdAt: Instant
}

/// Which meeting of which series a booking is.
package struct SeriesPlace: Hashable, Sendable {
    package var series: ID<Series>
    /// The first is 0.
    package var index: Int
    package var count: Int
    package var weeks: Int

    /// `2 of 8, every week`.
    var words: String {
        let rhythm = plain("\(weeks)|one:every week|other:every %1 weeks")
        return plain("\(index + 1) of \(count), \(rhythm)")
    }
}

/// What a booker asks for beside the first meeting.
package struct SeriesWish: Hashable, Sendable {
    /// The first one included.
    package var count: Int
    /// Meetings that shall not be, by index.
    package var leftOut: Set<Int> = []
    /// Meetings at another time than the series has for them, by index.
    package var moved: [Int: Instant] = [:]

    package init(count: Int) { self.count = count }

    /// A meeting at another time stays near the one it stands for.
    static let farthest: Int64 = 7 * 86_400

    /// The meetings that are wanted, with the times of the series for all others.
    /// - Throws: `Invalid` for one that was put too far from its day.
    func starts(_ recurrence: Recurrence) throws -> [(index: Int, start: Instant)] {
        try (0..<count).filter { $0 == 0 || !leftOut.contains($0) }.map { index in
            let usual = recurrence.start(index)
            guard index > 0, let other = moved[index] else { return (index, usual) }
            guard abs(other - usual) <= Self.farthest else {
                throw Invalid("recurrence", plain("Another time for a meeting lies within a week of it."))
            }
            return (index, other)
        }
    }
}

/// One meeting of a series that is being planned: free, or why not and what else there is that day.
package struct Occurrence: Hashable, Sendable {
    package var index: Int
    package var start: Instant
    package var ends: Instant
    package var reason: Reason?
    package var alternatives: [Instant] = []

    package var isFree: Bool { reason == nil }

    /// Why it cannot be had, for whoever books.
    var words: String {
        switch reason {
        case nil: plain("free")
        case .limitLink, .limitHost, .limitLinkHost, .limitTeam: plain("no more meetings fit then")
        case .limitAttendee: plain("you have as many bookings then as one person may have")
        case .outsideHours, .dateClosed, .outOfOffice, .holiday, .tooFar, .tooSoon, .notOnGrid, .windowTooShort,
            .windowInSkippedHour, .notFirstOfDay, .outsideBookerHours:
            plain("not offered then")
        default: plain("taken")
        }
    }

    func json(in zone: Zone) -> JSON {
        JSON(present: [
            ("index", .int(Int64(index))), ("start", .string(start.rfc3339(in: zone))),
            ("end", .string(ends.rfc3339(in: zone))), ("free", .bool(isFree)),
            ("reason", reason == nil ? nil : .string(words)),
            ("alternatives", .array(alternatives.map { .string($0.rfc3339(in: zone)) })),
        ])
    }
}

/// All meetings of a series that is being planned.
package struct SeriesPlan: Hashable, Sendable {
    /// The zone the series keeps its time of day in.
    package var zone: Zone
    package var weeks: Int
    package var count: Int
    package var occurrences: [Occurrence]

    package var conflicts: [Occurrence] { occurrences.filter { !$0.isFree } }
}

/// Which meetings of a series a change is about, seen from one of them.
package enum SeriesPart: String, CaseIterable, Sendable {
    /// This one and those after it.
    case later
    /// All that are still to come.
    case all
}

/// What the product says no to about series.
package enum SeriesRefusal: Refusal, Equatable {
    case notRepeating
    case tooMany(most: Int)
    /// The link has fewer bookings left than there are meetings.
    case usesLeft(Int)
    /// Some of the meetings cannot be had; nothing is booked or moved.
    case taken(SeriesPlan)
    /// It is a single meeting.
    case noSeries
    /// None of the meetings can be changed any more.
    case nothingLeft
    /// A host decides about each move.
    case asksHost

    package var status: Int {
        switch self {
        case .notRepeating, .tooMany: 422
        case .noSeries: 404
        case .usesLeft, .taken, .nothingLeft, .asksHost: 409
        }
    }

    package var code: String {
        switch self {
        case .notRepeating, .tooMany: "invalid"
        case .taken: "slot_taken"
        case .noSeries: "not_found"
        case .usesLeft, .nothingLeft, .asksHost: "conflict"
        }
    }

    package var message: String {
        switch self {
        case .notRepeating: plain("This link takes one meeting at a time.")
        case .tooMany(let most): plain("This link takes \(most) meetings at once, at most.")
        case .usesLeft(let left):
            plain("""
                \(left)|one:This link takes one more booking. Ask for fewer meetings.|other:This link takes %1 more \
                bookings. Ask for fewer meetings.
                """)
        case .taken(let plan):
            plain("""
                \(plan.conflicts.count)|one:One meeting cannot be at its time. Choose another time or leave it out.|\
                other:%1 meetings cannot be at their times. Choose other times or leave them out.
                """)
        case .noSeries: plain("This is a single meeting. It belongs to no series.")
        case .nothingLeft: plain("None of these meetings can be changed here any more.")
        case .asksHost: plain("The host decides about each new time. Move the meetings one at a time.")
        }
    }

    package var fields: [FieldError] {
        switch self {
        case .notRepeating, .tooMany: [FieldError(field: "recurrence", code: "invalid", message: message)]
        default: []
        }
    }

    package var members: [(String, JSON)] {
        guard case .taken(let plan) = self else { return [] }
        let nearest = plan.conflicts.first?.alternatives ?? []
        return [
            ("alternatives", .array(nearest.map { .string($0.rfc3339(in: plan.zone)) })),
            ("occurrences", .array(plan.conflicts.map { $0.json(in: plan.zone) })),
        ]
    }
}
