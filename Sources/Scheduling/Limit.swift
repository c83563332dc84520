/// How many bookings, or how many minutes of them, fit into a day, week or month.

/// Whose bookings a limit counts. The raw values are part of the API.
package enum LimitScope: String, CaseIterable, Sendable {
    /// All bookings of the link.
    case link
    /// All bookings of a host, by whichever link.
    case host
    /// A host's bookings of this link.
    case linkHost = "link_host"
    /// The bookings of the link's team.
    case team
    /// The bookings of whoever books.
    case attendee

    /// The reason of a refusal.
    var reason: Reason {
        switch self {
        case .link: .limitLink
        case .host: .limitHost
        case .linkHost: .limitLinkHost
        case .team: .limitTeam
        case .attendee: .limitAttendee
        }
    }
}

/// The stretch of dates in which a limit counts. The raw values are part of the API.
package enum LimitPeriod: String, CaseIterable, Sendable {
    case day, week, month
    /// Whatever the date: for bookings that are still to come, of which an attendee may have so many.
    case open
}

/// One limit; with both a count and minutes, both hold.
package struct Limit: Hashable, Sendable {
    package var scope: LimitScope
    package var per: LimitPeriod
    /// The most bookings, the new one included; nil: any number.
    package var count: Int?
    /// The most minutes, the new booking's included; nil: any.
    package var minutes: Int?

    package init(_ scope: LimitScope, per period: LimitPeriod, count: Int? = nil, minutes: Int? = nil) {
        self.scope = scope
        self.per = period
        self.count = count
        self.minutes = minutes
    }
}

/// A booking that counts against limits: confirmed, pending or held; not cancelled, declined or expired, nor the one
/// that is being moved.
package struct Meeting: Hashable, Sendable {
    /// It counts on this instant's date, however long it lasts.
    package var start: Instant
    package var minutes: Int
    /// Whether it is a booking of the link that is asked about; the others count for the host alone.
    package var isOfLink: Bool

    package init(start: Instant, minutes: Int, isOfLink: Bool = true) {
        self.start = start
        self.minutes = minutes
        self.isOfLink = isOfLink
    }
}

extension Limit {
    /// Hands over the starts a limit closes, period by period.
    /// - Parameters:
    ///   - meetings: those of the limit's scope.
    ///   - minutes: how long the new booking lasts.
    ///   - zone: whose dates count.
    ///   - weekStart: 0 = Sunday.
    ///   - now: what has begun by then is no longer to come, for ``LimitPeriod/open``.
    func forEachClosedPeriod(
        counting meetings: [Meeting], adding minutes: Int, in zone: Zone, weekStart: Int, now: Instant,
        _ body: (Span) -> Void
    ) {
        guard !isFull(count: 0, minutes: 0, adding: minutes) else { return body(.always) }
        var used: [LocalDate: (count: Int, minutes: Int)] = [:]
        for meeting in meetings where scope != .linkHost || meeting.isOfLink {
            if per == .open, meeting.start < now { continue }
            let date = firstDate(of: zone.local(at: meeting.start).date, weekStart: weekStart)
            let sum = used[date] ?? (0, 0)
            used[date] = (sum.count + 1, sum.minutes + max(meeting.minutes, 0))
        }
        for (date, sum) in used where isFull(count: sum.count, minutes: sum.minutes, adding: minutes) {
            body(span(from: date, in: zone))
        }
    }

    private func isFull(count: Int, minutes: Int, adding more: Int) -> Bool {
        if let most = self.count, count >= most { return true }
        if let most = self.minutes, minutes + more > most { return true }
        return false
    }

    /// The first date of the period a date lies in.
    private func firstDate(of date: LocalDate, weekStart: Int) -> LocalDate {
        switch per {
        case .day: date
        case .week: date.adding(days: -floorModulo(date.weekday - weekStart, 7))
        case .month: date.adding(days: 1 - date.day)
        case .open: LocalDate(daysSince1970: 0)
        }
    }

    private func span(from date: LocalDate, in zone: Zone) -> Span {
        let days: Int
        switch per {
        case .day: days = 1
        case .week: days = 7
        case .month: days = LocalDate.days(inMonth: date.month, of: date.year)
        case .open: return .always
        }
        return Span(start: zone.instant(of: date), end: zone.instant(of: date.adding(days: days)))
    }
}
