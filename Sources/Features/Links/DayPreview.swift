/// One day of a link as its host sees it: what can be booked, and for each closed piece why not.
import Scheduling
import Web

/// Pure: made from one question to the engine, the same that bookers' pages ask.
package struct DayPreview: Sendable, Equatable {
    package enum Kind: String, Sendable { case free, busy, rule, closed }

    package struct Piece: Sendable, Equatable {
        package var starts: Instant
        package var minutes: Int
        package var kind: Kind
        var why: Why

        /// Made when they are read: the language is that of the page, not of whoever asked the engine.
        package var words: String { why.words }
    }

    /// Free, not free at all, or free and yet no start, by a rule.
    enum Why: Sendable, Equatable {
        case free
        case taken(Reason)
        case rule(Reason, minutes: Int)
    }

    package let date: LocalDate
    package let zone: Zone
    /// In order, without holes, from midnight to midnight.
    package private(set) var pieces: [Piece] = []
    /// How many times can be booked on that day.
    package private(set) var times = 0

    /// A quarter of a quarter: fine enough for every rule that is a multiple of five minutes.
    private static let step = 5

    /// - Parameter question: as asked for the link; its range is set to the day.
    package init(_ question: SlotQuestion, on date: LocalDate, zone: Zone) {
        (self.date, self.zone) = (date, zone)
        var question = question
        question.from = zone.instant(of: date)
        question.to = zone.instant(of: date.adding(days: 1))
        // A meeting may begin before midnight and end after it, so the question reaches beyond the day.
        question.to = question.to.adding(minutes: question.rules.durationMinutes)
        let end = zone.instant(of: date.adding(days: 1))
        let starts = question.slots().map(\.start).filter { $0 < end }
        times = starts.count
        var at = question.from
        for (index, start) in starts.enumerated() {
            if at < start { appendClosed(from: at, to: start, question) }
            let next = index + 1 < starts.count ? starts[index + 1] : end
            let stop = min(next, start.adding(minutes: question.rules.durationMinutes), end)
            append(Piece(starts: start, minutes: Self.minutes(start, stop), kind: .free, why: .free))
            at = max(at, stop)
        }
        if at < end { appendClosed(from: at, to: end, question) }
    }

    private mutating func append(_ piece: Piece) { pieces.append(piece) }

    /// A stretch without a start, cut where the reason changes.
    private mutating func appendClosed(from: Instant, to: Instant, _ question: SlotQuestion) {
        var at = from
        while at < to {
            let next = min(at.adding(minutes: Self.step), to)
            let (kind, why) = Self.reason(at, question)
            if let last = pieces.last, last.kind == kind, last.why == why, last.kind != .free {
                pieces[pieces.count - 1].minutes += Self.minutes(at, next)
            } else {
                append(Piece(starts: at, minutes: Self.minutes(at, next), kind: kind, why: why))
            }
            at = next
        }
    }

    private static func minutes(_ from: Instant, _ to: Instant) -> Int { Int((to - from) / 60) }

    /// First whether this very moment is free at all; where it is, the rule that keeps a meeting from starting here.
    private static func reason(_ at: Instant, _ question: SlotQuestion) -> (Kind, Why) {
        var bare = question
        bare.rules.durationMinutes = step
        bare.rules.stepMinutes = step
        (bare.rules.offsetMinutes, bare.rules.alignMinutes) = (0, 0)
        (bare.rules.bufferBeforeMinutes, bare.rules.bufferAfterMinutes) = (0, 0)
        (bare.rules.travelBeforeMinutes, bare.rules.travelAfterMinutes) = (0, 0)
        (bare.rules.limits, bare.rules.bookerHours) = ([], nil)
        (bare.rules.firstOfDay, bare.rules.marksBeside) = (false, false)
        // Neither notice nor window: what is closed is closed, however far away.
        (bare.now, bare.rules.notice, bare.rules.window) = (at, .minutes(0), .rollingDays(1))
        (bare.from, bare.to) = (at, at.adding(minutes: step))
        if let reason = bare.refusal(at: at), reason != .notOnGrid, reason != .windowTooShort {
            return (kind(of: reason), .taken(reason))
        }
        let rule = question.refusal(at: at) ?? .notOnGrid
        return (rule == .tooFar ? .closed : .rule, .rule(rule, minutes: question.rules.durationMinutes))
    }

    private static func kind(of reason: Reason) -> Kind {
        switch reason {
        case .outsideHours, .dateClosed, .outOfOffice, .holiday, .windowInSkippedHour, .tooFar: .closed
        default: .busy
        }
    }
}

extension DayPreview.Why {
    var words: String {
        switch self {
        case .free: plain("Free")
        case .taken(let reason): Self.words(of: reason)
        case .rule(let reason, let minutes): Self.ruleWords(reason, minutes: minutes)
        }
    }

    private static func words(of reason: Reason) -> String {
        switch reason {
        case .outsideHours: plain("Closed")
        case .dateClosed: plain("Closed on this date")
        case .outOfOffice: plain("Out of office")
        case .holiday: plain("Holiday")
        case .windowInSkippedHour: plain("Skipped by the clock change")
        case .tooFar: plain("Beyond the days that can be booked")
        case .tooSoon: plain("Too soon to be booked")
        case .buffer: plain("Pause")
        case .busyBooking: plain("Booked")
        case .busyHold: plain("Somebody is booking this")
        case .busyCalendar: plain("Busy in a calendar")
        case .busyTimeOff: plain("Time off")
        default: plain("Busy")
        }
    }

    /// Why no meeting starts at a moment that is free in itself.
    private static func ruleWords(_ reason: Reason, minutes: Int) -> String {
        switch reason {
        case .buffer: plain("Pause beside another meeting")
        case .limitLink, .limitHost, .limitLinkHost, .limitTeam: plain("No more meetings by the limits")
        case .notFirstOfDay: plain("Not the first time of the day")
        case .notOnGrid: plain("No meeting starts here")
        case .tooSoon, .tooFar: words(of: reason)
        default: plain("Too short for \(DateWords.duration(minutes: minutes))")
        }
    }
}
