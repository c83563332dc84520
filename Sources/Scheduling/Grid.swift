/// The starts within open time (rule G): from its beginning, aligned once, then at equal steps of elapsed time.

/// Lays starts into open intervals. Busy time never moves them.
///
/// Starts count from the beginning of the open interval, so they must not depend on how much of it was looked at.
/// Open time that goes on for more than ``horizon`` dates (a host who is there day and night) therefore begins anew
/// each midnight of the link's zone: which start holds on a date is then known from the dates just before it.
struct Grid {
    private let zone: Zone
    let duration: Int64
    let step: Int64
    private let offset: Int64
    private let align: Int64

    /// How many dates after its first an open interval keeps counting from its beginning.
    static let horizon = 7
    /// Open time of fewer seconds than these ends before its horizon, even where the clock skips a whole date.
    private static let surelyOneRun: Int64 = 5 * 86_400

    /// Inlined, so that the rules are not copied for it.
    @inline(__always)
    init(_ rules: SlotRules) {
        precondition(rules.durationMinutes > 0, "a slot has a length")
        precondition(min(rules.stepMinutes, rules.offsetMinutes, rules.alignMinutes) >= 0, "minutes are not negative")
        zone = rules.zone
        duration = Int64(rules.durationMinutes) * 60
        step = rules.stepMinutes == 0 ? duration : Int64(rules.stepMinutes) * 60
        offset = Int64(rules.offsetMinutes) * 60
        align = Int64(rules.alignMinutes) * 60
    }

    /// Hands over, in order, the parts of `starts` at which a slot within `open` could start and that count from one
    /// origin, with that origin.
    @inline(__always)
    func forEachStretch(of open: Span, within starts: Span, _ body: (_ origin: Instant, _ starts: Span) -> Void) {
        let starts = Span(start: max(open.start, starts.start),
                          end: min(open.end.adding(seconds: 1 - duration), starts.end))
        guard starts.start < starts.end else { return }
        if open.end - open.start <= Grid.surelyOneRun {
            body(origin(of: open), starts)
        } else {
            forEachRun(of: open, within: starts, body)
        }
    }

    private func forEachRun(of open: Span, within starts: Span, _ body: (Instant, Span) -> Void) {
        var reached = starts.start
        while reached < starts.end {
            let run = run(at: reached, in: open)
            body(origin(of: run), Span(start: reached, end: min(run.end, starts.end)))
            reached = run.end
        }
    }

    /// Hands over the starts within a span that does not begin before the origin: the first and how many, if any.
    @inline(__always)
    func forRow(from origin: Instant, _ starts: Span, _ body: (_ first: Instant, _ count: Int) -> Void) {
        let steps = (starts.start.seconds &- origin.seconds &+ step &- 1) / step
        let first = origin.seconds &+ steps &* step
        let room = starts.end.seconds &- first
        if room > 0 { body(Instant(first), Int((room &- 1) / step) &+ 1) }
    }

    /// Whether an instant within `open` is one of its starts, whatever the length of the slot.
    func contains(_ start: Instant, in open: Span) -> Bool {
        let origin = origin(of: run(at: start, in: open))
        return start >= origin && (start - origin) % step == 0
    }

    /// The part of `open` around an instant that counts from one origin.
    private func run(at instant: Instant, in open: Span) -> Span {
        let endOfFirst = zone.instant(of: zone.local(at: open.start).date.adding(days: Grid.horizon))
        if instant < endOfFirst { return Span(start: open.start, end: min(endOfFirst, open.end)) }
        let date = zone.local(at: instant).date
        return Span(start: zone.instant(of: date), end: min(zone.instant(of: date.adding(days: 1)), open.end))
    }

    /// The first start of a run.
    private func origin(of run: Span) -> Instant {
        let first = run.start.adding(seconds: offset)
        return align == 0 ? first : aligned(first)
    }

    private func aligned(_ first: Instant) -> Instant {
        var instant = first
        while true {
            let period = zone.period(at: instant)
            let secondOfDay = floorModulo(instant.seconds + Int64(period.offset), 86_400)
            let past = secondOfDay % align
            if past == 0 { return instant }
            // Midnight is a multiple of everything. A change of the clock before the next multiple: look again there.
            let next = instant.adding(seconds: min(align - past, 86_400 - secondOfDay))
            instant = period.until.map { min($0, next) } ?? next
        }
    }
}
