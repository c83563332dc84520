/// The two rules that look at whole days of slots: the next n bookable days, and only the first slot of a day.
///
/// They depend on which other slots are free, so they are the two under which a slot may appear when time becomes
/// busy: the next one of a day, or one of the day after the last.

extension SlotQuestion {
    var picksDays: Bool {
        if case .bookableDays = rules.window { return true }
        return rules.firstOfDay
    }

    /// The slots in a range of the days that count. What lies before the range decides with, so the answer for a time
    /// does not depend on the range that is asked.
    func slotsOfPickedDays(in range: Span) -> [Slot] {
        guard range.start < range.end else { return [] }
        let begin = min(range.start, beginOfDays(before: range.start))
        return picked(offered(in: Span(start: begin, end: range.end))).filter { $0.start >= range.start }
    }

    /// Where looking must begin: at midnight, or for bookable days now.
    private func beginOfDays(before start: Instant) -> Instant {
        if case .bookableDays = rules.window { return now }
        return dayZone.instant(of: dayZone.local(at: start).date)
    }

    /// - Parameter slots: all from the beginning, ascending.
    private func picked(_ slots: [Slot]) -> [Slot] {
        var most = Int.max
        if case .bookableDays(let days) = rules.window { most = days }
        let zone = dayZone
        var picked: [Slot] = []
        var (day, days) = (LocalDate?.none, 0)
        for slot in slots {
            let date = zone.local(at: slot.start).date
            let isNew = date != day
            if isNew { (day, days) = (date, days + 1) }
            if days > most { break }
            if isNew || !rules.firstOfDay { picked.append(slot) }
        }
        return picked
    }

    /// What picking days says to a start that is free by all other rules.
    func pickingCauses(at start: Instant, lasting seconds: Int64) -> [Cause] {
        let begin = min(start, beginOfDays(before: start))
        let before = offered(in: Span(start: begin, end: start.adding(seconds: seconds))).filter { $0.start < start }
        let zone = dayZone
        let date = zone.local(at: start).date
        var causes: [Cause] = []
        if case .bookableDays(let most) = rules.window {
            let days = Set(before.map { zone.local(at: $0.start).date }).subtracting([date])
            if days.count >= most { causes.append(Cause(.tooFar, .window)) }
        }
        if rules.firstOfDay, let first = before.first(where: { zone.local(at: $0.start).date == date }) {
            causes.append(Cause(.notFirstOfDay, .slot(first.start)))
        }
        return causes
    }
}
