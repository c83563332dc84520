/// The life of a booking: one pure function from a state and an event to the next state and what follows from it.

/// Where a booking stands. The raw values are stored and part of the API.
package enum BookingStatus: String, CaseIterable, Sendable {
    case held
    case pendingPayment = "pending_payment"
    case pendingApproval = "pending_approval"
    case confirmed, completed
    case noShow = "no_show"
    case cancelled, declined, expired

    /// Whether the booking still owns time in the ledger.
    package var ownsTime: Bool {
        switch self {
        case .held, .pendingPayment, .pendingApproval, .confirmed: true
        case .completed, .noShow, .cancelled, .declined, .expired: false
        }
    }
}

/// What a booking waits for: its host decides about the time it has now.
package struct Waiting: Hashable, Sendable {
    /// When the wish dies.
    package var until: Instant
    /// The confirmed time, which stays the attendee's until then; nil where nothing is confirmed yet.
    package var kept: Span?

    package init(until: Instant, kept: Span? = nil) {
        self.until = until
        self.kept = kept
    }
}

/// What the state machine needs to know of a booking, and all it may change.
package struct BookingState: Hashable, Sendable {
    package var status: BookingStatus
    package var starts: Instant
    package var ends: Instant
    /// iCalendar SEQUENCE: rises with every change of time and with the cancellation (RFC 5546 §2.1.4).
    package var sequence: Int
    /// Rises by one with every event; every write is guarded by the version it has read.
    package var version: Int
    /// Set while a host is asked for the time.
    package var waiting: Waiting?

    package init(
        status: BookingStatus, starts: Instant, ends: Instant, sequence: Int, version: Int, waiting: Waiting? = nil
    ) {
        self.waiting = waiting
        self.status = status
        self.starts = starts
        self.ends = ends
        self.sequence = sequence
        self.version = version
    }

    /// A booking that has just been made.
    package static func booked(starts: Instant, ends: Instant) -> BookingState {
        BookingState(status: .confirmed, starts: starts, ends: ends, sequence: 0, version: 1)
    }

    /// A booking that has just been made, and that its host decides about.
    package static func asked(starts: Instant, ends: Instant, until: Instant) -> BookingState {
        BookingState(
            status: .pendingApproval, starts: starts, ends: ends, sequence: 0, version: 1,
            waiting: Waiting(until: until))
    }

    /// The time that is confirmed, if one is; of a wish for another time the one before it.
    package var confirmed: Span? {
        guard status == .pendingApproval else { return status.ownsTime ? Span(start: starts, end: ends) : nil }
        return waiting?.kept
    }

    /// The first moment that belongs to the attendee, be it confirmed or only asked for.
    package var firstStart: Instant { min(starts, waiting?.kept?.start ?? starts) }
}

/// Something that happens to a booking.
package enum BookingEvent: Hashable, Sendable {
    /// Moved to another time by attendee or host. The booking stays the same booking.
    case rescheduled(starts: Instant, ends: Instant)
    /// The attendee wants another time, about which the host decides. What was confirmed stays until then; asking for
    /// just that takes the wish back.
    case asked(starts: Instant, ends: Instant, until: Instant)
    case cancelled
    /// Its host changed what it is called or where it takes place; the time stays.
    case changed
    case approved, declined, paid, expired
    /// The end has passed.
    case completed
    /// The attendee did not come; said by the host after the start.
    case noShow
    /// The no-show was a mistake; what is left of the time is taken again.
    case noShowUndone
}

/// What must be written together with the new state.
package enum BookingEffect: Hashable, Sendable {
    /// The ledger rows move to the new time.
    case moveTime
    /// The ledger rows go.
    case releaseTime
    /// The ledger rows come back.
    case takeTime
    /// The new time is taken beside the confirmed one.
    case takeWish
    /// The time that was asked for goes, the confirmed one stays.
    case releaseWish
    /// The time that was confirmed before goes, the one that was asked for stays.
    case releaseKept
    /// The attendee's token ends and a new one begins.
    case rotateToken
    case tellMoved, tellCancelled, tellChanged, tellAsked, tellStays, tellConfirmed, tellDeclined
}

/// Why an event was refused; nothing was changed.
package enum BookingLifeError: Error, Hashable, Sendable {
    /// The meeting has started: it can no longer be moved or cancelled.
    case started
    /// The booking is over, or not in a status that knows this event.
    case notPossible(BookingStatus)
    /// The new time is the old one.
    case unchanged
    /// Too early: a meeting that has not begun cannot be completed or missed.
    case notStarted
}

extension BookingState {
    /// The state after `event`, and the effects that belong into the same transaction.
    package func applying(
        _ event: BookingEvent, now: Instant
    ) throws(BookingLifeError) -> (state: BookingState, effects: [BookingEffect]) {
        switch event {
        case .rescheduled(let newStarts, let newEnds):
            try require(.confirmed, .pendingApproval)
            guard now < firstStart else { throw .started }
            guard newStarts != starts || newEnds != ends else { throw .unchanged }
            let next = advanced(to: .confirmed, sequence: 1, at: Span(start: newStarts, end: newEnds))
            return (next, [.moveTime, .rotateToken, .tellMoved])
        case .asked(let newStarts, let newEnds, let until):
            return try asking(for: Span(start: newStarts, end: newEnds), until: until, now: now)
        case .cancelled:
            try require(.confirmed, .pendingApproval, .pendingPayment, .held)
            guard now < firstStart else { throw .started }
            // No calendar has ever seen what nobody has confirmed.
            let step = status == .pendingApproval && waiting?.kept == nil ? 0 : 1
            return (advanced(to: .cancelled, sequence: step, at: confirmed), [.releaseTime, .tellCancelled])
        case .changed:
            try require(.confirmed)
            guard now < starts else { throw .started }
            return (advanced(to: status, sequence: 1), [.tellChanged])
        case .approved:
            try require(.pendingApproval)
            guard now < starts else { throw .started }
            if let waiting, now >= waiting.until { throw .notPossible(.expired) }
            guard waiting?.kept != nil else { return (advanced(to: .confirmed), [.tellConfirmed]) }
            return (advanced(to: .confirmed, sequence: 1), [.releaseKept, .tellConfirmed])
        case .declined:
            try require(.pendingApproval)
            return comingToNothing(.declined, [.tellDeclined])
        case .paid:
            try require(.pendingPayment)
            return (advanced(to: .confirmed), [.tellConfirmed])
        case .expired:
            try require(.held, .pendingPayment, .pendingApproval)
            return comingToNothing(.expired, [])
        case .completed:
            try require(.confirmed)
            guard now >= ends else { throw .notStarted }
            return (advanced(to: .completed), [.releaseTime])
        case .noShow:
            try require(.confirmed, .completed)
            guard now >= starts else { throw .notStarted }
            return (advanced(to: .noShow), status.ownsTime ? [.releaseTime] : [])
        case .noShowUndone:
            try require(.noShow)
            return now < ends ? (advanced(to: .confirmed), [.takeTime]) : (advanced(to: .completed), [])
        }
    }

    private func asking(
        for wish: Span, until: Instant, now: Instant
    ) throws(BookingLifeError) -> (state: BookingState, effects: [BookingEffect]) {
        try require(.confirmed, .pendingApproval)
        guard now < firstStart else { throw .started }
        guard wish != Span(start: starts, end: ends) else { throw .unchanged }
        guard wish != confirmed else {
            return (advanced(to: .confirmed, at: wish), [.releaseWish, .rotateToken, .tellStays])
        }
        var next = advanced(to: .pendingApproval, at: wish)
        next.waiting = Waiting(until: until, kept: confirmed)
        return (next, [.takeWish, .rotateToken, .tellAsked])
    }

    /// A wish that is not granted: what was confirmed before stands again.
    private func comingToNothing(
        _ end: BookingStatus, _ told: [BookingEffect]
    ) -> (state: BookingState, effects: [BookingEffect]) {
        guard let kept = waiting?.kept else { return (advanced(to: end), [.releaseTime] + told) }
        return (advanced(to: .confirmed, at: kept), [.releaseWish] + told)
    }

    private func require(_ allowed: BookingStatus...) throws(BookingLifeError) {
        guard allowed.contains(status) else { throw .notPossible(status) }
    }

    /// Nothing waits in the state that follows.
    private func advanced(to status: BookingStatus, sequence step: Int = 0, at time: Span? = nil) -> BookingState {
        var next = self
        next.status = status
        next.waiting = nil
        if let time { (next.starts, next.ends) = (time.start, time.end) }
        next.sequence += step
        next.version += 1
        return next
    }
}
