/// How the meetings of a link lie in days and weeks: its lengths, its booking window, travel and limits.
import Database
import Scheduling
import Web

/// How far ahead the link is open.
package enum LinkWindow: Hashable, Sendable {
    case rollingDays(Int)
    case rollingBusinessDays(Int)
    case bookableDays(Int)
    case range(from: LocalDate, to: LocalDate)

    package var rule: BookingWindow {
        switch self {
        case .rollingDays(let days): .rollingDays(days)
        case .rollingBusinessDays(let days): .rollingBusinessDays(days)
        case .bookableDays(let days): .bookableDays(days)
        case .range(let from, let to): .range(from: from, to: to)
        }
    }

    /// The same kind of window with so many days; a range becomes a number of days.
    func reaching(_ days: Int) -> LinkWindow {
        switch self {
        case .rollingDays, .range: .rollingDays(days)
        case .rollingBusinessDays: .rollingBusinessDays(days)
        case .bookableDays: .bookableDays(days)
        }
    }
}

extension GapRule: SQLValue {}
extension LimitScope: SQLValue {}
extension LimitPeriod: SQLValue {}

/// The rules beside grid, pauses, notice and booking window.
package struct LinkRhythm: Hashable, Sendable {
    /// Lengths in minutes the attendee may choose beside the usual one, ascending.
    package var otherLengths: [Int] = []
    /// How the pauses of two bookings that follow each other combine.
    package var gapRule = GapRule.larger
    /// Minutes on the way to the meeting and back, 0–480.
    package var travelBefore = 0
    package var travelAfter = 0
    /// Each day offers its earliest time only.
    package var firstOfDay = false
    /// Times next to a meeting are offered before the others.
    package var besideFirst = false
    /// The hours, seven lists from Sunday on, a meeting must keep to by the attendee's clock; nil: any.
    package var bookerHours: [[Window]]?
    package var limits: [Limit] = []

    package init() {}

    func apply(to slots: inout SlotRules) {
        slots.gapRule = gapRule
        (slots.travelBeforeMinutes, slots.travelAfterMinutes) = (travelBefore, travelAfter)
        (slots.firstOfDay, slots.marksBeside) = (firstOfDay, besideFirst)
        slots.bookerHours = bookerHours
        slots.limits = limits
    }
}

extension LinkRules {
    /// Every length that can be booked, the usual one first, the others ascending.
    package var lengths: [Int] { [duration] + rhythm.otherLengths.filter { $0 != duration } }

    /// The lengths as people read them, ascending: `30 min` or `30 min, 45 min or 1 h`.
    package var lengthWords: String { Self.words(ofLengths: lengths) }

    package static func words(ofLengths lengths: [Int]) -> String {
        let words = lengths.sorted().map { DateWords.duration(minutes: $0) }
        guard let last = words.last, words.count > 1 else { return words.first ?? "" }
        return plain("\(words.dropLast().joined(separator: ", ")) or \(last)")
    }
}

extension LinkRules {
    /// The length somebody asked for, or the usual one where they asked for none or for one that is not offered.
    package func length(asked: Int?) -> Int {
        guard let asked, lengths.contains(asked) else { return duration }
        return asked
    }

    /// Said where somebody asks for another length.
    package var otherLengthRefused: String { plain("This link offers \(lengthWords).") }

    /// What a meeting takes of a host's time: itself and the way there and back.
    package func taken(from starts: Instant, to ends: Instant) -> Span {
        Span(start: starts.adding(minutes: -rhythm.travelBefore), end: ends.adding(minutes: rhythm.travelAfter))
    }
}
