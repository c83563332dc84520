/// Instants as pages, refusals and mails of bookings say them.
import Scheduling
import Web

package enum TimeWords {
    /// `Thursday 3 December, 10:30`, in the words of the current language.
    package static func dayAndTime(_ instant: Instant, in zone: Zone, _ clock: HourClock = .usual) -> String {
        let local = zone.local(at: instant)
        return plain("[day and time] \(local.date.dayWords), \(local.words(clock))")
    }

    /// `For Ada in Berlin it is 10:30.`; nothing where both clocks show the same.
    static func theirs(_ start: Instant, beside zone: Zone, _ other: Zone, _ name: String, _ clock: HourClock) -> HTML {
        guard other.offset(at: start) != zone.offset(at: start) else { return .empty }
        let theirs = other.local(at: start)
        let isSameDay = theirs.date == zone.local(at: start).date
        let words = isSameDay ? theirs.words(clock) : dayAndTime(start, in: other, clock)
        let (time, who): (HTML, HTML) = ("<time>\(words)</time>", "<bdi>\(name)</bdi>")
        return say("For \(who) in \(city(other)) it is \(time).")
    }

    /// `10:30–11:00`.
    package static func range(
        _ starts: Instant, _ ends: Instant, in zone: Zone, _ clock: HourClock = .usual
    ) -> String {
        DateWords.range(from: zone.local(at: starts), to: zone.local(at: ends), clock)
    }

    /// ` (UTC+1)` behind a time of a list that another one of it is an hour later, where clocks are set back; else
    /// nothing.
    static func offset(_ start: Instant, in zone: Zone, among starts: [Instant]) -> String {
        let local = zone.local(at: start)
        guard starts.contains(where: { $0 != start && zone.local(at: $0) == local }) else { return "" }
        let minutes = zone.offset(at: start) / 60
        let rest = abs(minutes) % 60
        return " (UTC\(minutes < 0 ? "−" : "+")\(abs(minutes) / 60)\(rest == 0 ? "" : ":\(rest)"))"
    }

    /// `2026-12-03T10:30`, the wall time that is stored beside the instant.
    package static func wall(_ instant: Instant, in zone: Zone) -> String {
        let local = zone.local(at: instant)
        return "\(local.date)T\(DateWords.time(minuteOfDay: local.secondOfDay / 60, .twentyFour))"
    }

    /// `Lisbon` out of `Europe/Lisbon`; `New York` out of `America/New_York`.
    package static func city(_ zone: Zone) -> String {
        let last = zone.name.split(separator: "/").last.map(String.init) ?? zone.name
        return last.map { $0 == "_" ? " " : String($0) }.joined()
    }
}
