/// Where a week's entries stand: pure arithmetic on zones, true to scale also on days of 23 and 25 hours.
import Scheduling
import Web

/// Something on a calendar that takes time.
package struct CalendarEntry: Hashable, Sendable {
    package enum Tone: String, Sendable { case booked, pending, over, other, off }

    package var starts: Instant
    package var ends: Instant
    package var title: String
    package var detail: String
    package var tone: Tone
    /// Nil for what has no page.
    package var booking: ID<Booking>?
    /// The session that stands for all its bookings.
    package var session: ID<GroupSession>?
    /// The offer whose time it keeps, and its link.
    var offer: ID<KeptOffer>?
    var link: ID<Link>?
    /// The one-off whose times it keeps.
    var oneOff: ID<OneOff>?
    /// Whether that is a sheet.
    var isSheet = false
    /// The poll whose times it keeps.
    var poll: ID<Poll>?

    var path: Path? {
        if let poll { return Path("/calendar/polls/\(poll)") }
        if let oneOff { return isSheet ? "/calendar/sheets/\(oneOff)" : "/calendar/one-off/\(oneOff)" }
        if let offer, let link { return Path("/settings/booking-links/\(link)/offers/\(offer)") }
        if let session { return Path("/calendar/sessions/\(session)") }
        return booking.map { Path("/calendar/bookings/\($0)") }
    }
}

/// An entry in its day: counted in quarters of an hour from the top, and beside those that overlap it.
package struct PlacedEntry: Hashable, Sendable {
    package var entry: CalendarEntry
    package var row: Int
    package var rows: Int
    package var lane: Int
    package var lanes: Int
}

/// The hours of one week from top to bottom. A week in which a clock goes back has the repeated hour twice.
package struct WeekAxis: Sendable {
    package let days: [LocalDate]
    package let zone: Zone
    /// When each day begins, and after the last one when it has ended.
    private let starts: [Instant]
    private let shifts: [Shift?]
    /// The repeated stretch of the week: where it begins on the axis, and how long it is.
    private let fold: Shift?

    /// From `at` minutes after the day's beginning on, the wall clock is `minutes` ahead of the time gone by.
    private struct Shift: Hashable, Sendable {
        var at: Int
        var minutes: Int
    }

    package init(from first: LocalDate, days count: Int = 7, zone: Zone) {
        let days = (0..<count).map { first.adding(days: $0) }
        let shifts = days.map { Self.shift(on: $0, zone) }
        self.days = days
        self.zone = zone
        self.shifts = shifts
        starts = (0...count).map { zone.instant(of: first.adding(days: $0)) }
        fold = shifts.compactMap(\.self).first { $0.minutes < 0 }.map { Shift(at: $0.at, minutes: -$0.minutes) }
    }

    private static func shift(on day: LocalDate, _ zone: Zone) -> Shift? {
        let (start, end) = (zone.instant(of: day), zone.instant(of: day.adding(days: 1)))
        // Midnight itself was skipped: the day begins later on the clock.
        let first = zone.local(at: start)
        if first.secondOfDay > 0, first.date == day { return Shift(at: 0, minutes: first.secondOfDay / 60) }
        let offset = zone.offset(at: start)
        // Nearly every day: its hours are twenty-four, and it ends as it began.
        guard end - start != 86_400 || zone.offset(at: end) != offset else { return nil }
        for minute in stride(from: 0, to: Int((end - start) / 60), by: 15) {
            let change = zone.offset(at: start.adding(minutes: minute)) - offset
            if change != 0 { return Shift(at: minute, minutes: change / 60) }
        }
        return nil
    }

    /// Minutes from the top to the bottom.
    package var length: Int { 1440 + (fold?.minutes ?? 0) }

    /// The full hours: minutes from the top, and the minute of the day they are called by.
    package var hours: [(top: Int, minuteOfDay: Int)] {
        var hours = (0..<24).map { (top: place($0 * 60), minuteOfDay: $0 * 60) }
        if let fold {
            let again = stride(from: fold.at - fold.minutes, to: fold.at, by: 60).filter { $0 % 60 == 0 }
            hours += again.map { (top: $0 + fold.minutes, minuteOfDay: $0) }
        }
        return hours.sorted { $0.top < $1.top }
    }

    /// Where a wall-clock minute stands that comes once.
    private func place(_ minute: Int) -> Int {
        guard let fold, minute >= fold.at else { return minute }
        return minute + fold.minutes
    }

    /// Minutes from the top of the day at which an instant stands; clipped to that day.
    package func top(of instant: Instant, on index: Int) -> Int {
        let (start, end) = (begins(index), begins(index + 1))
        let gone = Int((min(max(instant, start), end) - start) / 60)
        guard let shift = shifts[index] else { return place(gone) }
        // The day the clock goes back has every minute of the axis; the day it goes forward lacks some.
        return shift.minutes < 0 || gone < shift.at ? gone : gone + shift.minutes
    }

    package func begins(_ index: Int) -> Instant { starts[index] }

    /// The entries of one day in quarters of an hour, those that overlap side by side.
    package func placed(_ entries: [CalendarEntry], on index: Int) -> [PlacedEntry] {
        let (start, end) = (begins(index), begins(index + 1))
        let spans = entries.filter { $0.starts < end && $0.ends > start }.map { entry in
            let row = top(of: entry.starts, on: index) / 15
            let bottom = (top(of: entry.ends, on: index) + 14) / 15
            return PlacedEntry(entry: entry, row: row, rows: max(1, bottom - row), lane: 0, lanes: 1)
        }
        return Self.laned(spans.sorted { ($0.row, -$0.rows, $0.entry.title) < ($1.row, -$1.rows, $1.entry.title) })
    }

    /// Each entry takes the first free lane; those that touch one another share the width.
    private static func laned(_ spans: [PlacedEntry]) -> [PlacedEntry] {
        var done: [PlacedEntry] = []
        var group: [PlacedEntry] = []
        var bottoms: [Int] = []
        func close() {
            done += group.map { entry in
                var entry = entry
                entry.lanes = bottoms.count
                return entry
            }
            (group, bottoms) = ([], [])
        }
        for var span in spans {
            if let lowest = bottoms.max(), lowest <= span.row { close() }
            span.lane = bottoms.firstIndex { $0 <= span.row } ?? bottoms.count
            if span.lane == bottoms.count { bottoms.append(0) }
            bottoms[span.lane] = span.row + span.rows
            group.append(span)
        }
        close()
        return done
    }
}

extension LocalDate {
    /// The first day of the week this day lies in, where weeks begin on `weekday` (0 = Sunday).
    package func startOfWeek(_ weekday: Int) -> LocalDate {
        adding(days: -((self.weekday - weekday + 7) % 7))
    }
}
