/// The starts of a series: the same wall time every so many weeks, whatever the clocks do in between.

/// ```swift
/// let weekly = Recurrence(first: start, zone: berlin, weeks: 1)
/// weekly.start(3)      // three weeks later at the same time of day in Berlin, in winter and in summer
/// ```
package struct Recurrence: Hashable, Sendable {
    package let first: Instant
    /// In whose wall time the series keeps its time of day.
    package let zone: Zone
    /// Weeks from one start to the next.
    package let weeks: Int

    package init(first: Instant, zone: Zone, weeks: Int) {
        (self.first, self.zone, self.weeks) = (first, zone, weeks)
    }

    /// The start with that index, the first one being 0.
    ///
    /// Rule T: a wall time that comes twice on its day means its first pass, one that the clock jumps over is taken
    /// with the offset before the jump. The first start is the instant that was chosen, even on a second pass.
    package func start(_ index: Int) -> Instant {
        guard index != 0 else { return first }
        return shifted(first, by: index)
    }

    /// Any instant, moved by so many steps of the series; it keeps its own time of day.
    package func shifted(_ instant: Instant, by steps: Int) -> Instant {
        let local = zone.local(at: instant)
        return zone.instant(
            of: LocalTime(date: local.date.adding(days: 7 * weeks * steps), secondOfDay: local.secondOfDay))
    }
}
