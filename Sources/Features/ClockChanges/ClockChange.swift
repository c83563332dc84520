/// A booking that was agreed by the clock, and whose clock was changed by a government since.
import Scheduling

/// A booking keeps its instant when the rules of its zone change; what changes is what the clock shows then. Nothing is
/// moved by itself: a person decides whether the clock or the instant is what was meant.
package struct ClockChange: Hashable, Sendable {
    package let booking: ID<Booking>
    package let starts: Instant
    package let zone: Zone
    /// What the clock of `zone` was to show, as it is stored beside the booking.
    package let agreed: String

    /// When the clock shows what was agreed, by the rules of now.
    package var agreedInstant: Instant? {
        let parts = agreed.split(separator: "T", omittingEmptySubsequences: false)
        guard parts.count == 2, let date = LocalDate(String(parts[0])) else { return nil }
        let time = parts[1].split(separator: ":", omittingEmptySubsequences: false).map { Int($0) }
        guard time.count == 2, let hour = time[0], let minute = time[1], (0...23).contains(hour),
            (0...59).contains(minute)
        else { return nil }
        return zone.instant(of: LocalTime(date: date, secondOfDay: (hour * 60 + minute) * 60))
    }

    /// What the clock shows at the booking's instant now.
    package var shown: String { TimeWords.wall(starts, in: zone) }

    package var isChanged: Bool { shown != agreed }
}
