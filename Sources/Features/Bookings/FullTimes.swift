/// What of a link is full: taken by bookings alone, so that it would be free without them.
import Database
import Scheduling

package struct FullTimes: Sendable {
    /// Full sessions, by start.
    package var sessions: [GroupSession] = []
    /// Starts that could be had if nobody had booked.
    private var starts: [Instant] = []

    /// Looks at meetings of so many minutes from `from`, that end by `to`.
    init(_ times: OfferedTimes, from: Instant, to: Instant, minutes: Int) {
        starts = times.withoutBookings.question(from: from, to: to, duration: minutes).slots().map(\.start)
        let could = Set(starts)
        sessions = times.sessions.filter { $0.seatsLeft == 0 && could.contains($0.starts) }
    }

    /// The days of a zone that are full.
    /// - Parameter free: starts that can be had.
    func days(in zone: Zone, beside free: [Instant]) -> Set<LocalDate> {
        Set(starts.map { zone.local(at: $0).date }).subtracting(free.map { zone.local(at: $0).date })
    }
}

extension OfferedTimes {
    /// The session or the day that somebody asks to wait for.
    /// - Throws: `WaitlistRefusal.notFull` where nobody has to wait, or waiting would be in vain.
    func target(of wish: WaitlistWish, minutes: Int) throws -> (target: WaitlistTarget, minutes: Int) {
        var times = self
        times.booker.zone = wish.zone
        if let start = wish.start {
            let longest = link.rules.lengths.max() ?? minutes
            let full = FullTimes(times, from: start, to: start.adding(minutes: longest), minutes: minutes)
            guard let session = full.sessions.first(where: { $0.starts == start }) else {
                throw WaitlistRefusal.notFull
            }
            let lasting = Int((session.ends - session.starts) / 60)
            return (.session(Span(start: session.starts, end: session.ends)), lasting)
        }
        guard let day = wish.day else { throw WaitlistRefusal.notFull }
        let target = WaitlistTarget.day(day, in: wish.zone)
        let (from, to) = (max(target.span.start, now), target.span.end.adding(minutes: minutes))
        guard from < target.span.end else { throw WaitlistRefusal.notFull }
        let free = times.question(from: from, to: to, duration: minutes).slots().map(\.start)
        let full = FullTimes(times, from: from, to: to, minutes: minutes)
        guard full.days(in: wish.zone, beside: free).contains(day) else { throw WaitlistRefusal.notFull }
        return (target, minutes)
    }
}
