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

/// What the state machine needs to know of a booking, and all it may change.
package struct BookingState: Hashable, Sendable {
    package var status: BookingStatus
    package var starts: Instant
    package var ends: Instant
    /// iCalendar SEQUENCE: rises with every change of time and with the cancellation (RFC 5546 §2.1.4).
    package var sequence: Int
    /// Rises by one with every event; every write is guarded by the version it has read.
    package var version: Int

    package init(status: BookingStatus, starts: Instant, ends: Instant, sequence: Int, version: Int) {
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
}

/// Something that happens to a booking.
package enum BookingEvent: Hashable, Sendable {
    /// Moved to another time by attendee or host. The booking stays the same booking.
    case rescheduled(starts: Instant, ends: Instant)
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
    /// The attendee's token ends and a new one begins.
    case rotateToken
    case tellMoved, tellCancelled, tellChanged, tellConfirmed, tellDeclined
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
            guard now < starts else { throw .started }
            guard newStarts != starts || newEnds != ends else { throw .unchanged }
            var next = advanced(to: status, sequence: 1)
            next.starts = newStarts
            next.ends = newEnds
            return (next, [.moveTime, .rotateToken, .tellMoved])
        case .cancelled:
            try require(.confirmed, .pendingApproval, .pendingPayment, .held)
            guard now < starts else { throw .started }
            return (advanced(to: .cancelled, sequence: 1), [.releaseTime, .tellCancelled])
        case .changed:
            try require(.confirmed)
            guard now < starts else { throw .started }
            return (advanced(to: status, sequence: 1), [.tellChanged])
        case .approved:
            try require(.pendingApproval)
            return (advanced(to: .confirmed), [.tellConfirmed])
        case .declined:
            try require(.pendingApproval)
            return (advanced(to: .declined), [.releaseTime, .tellDeclined])
        case .paid:
            try require(.pendingPayment)
            return (advanced(to: .confirmed), [.tellConfirmed])
        case .expired:
            try require(.held, .pendingPayment, .pendingApproval)
            return (advanced(to: .expired), [.releaseTime])
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

    private func require(_ allowed: BookingStatus...) throws(BookingLifeError) {
        guard allowed.contains(status) else { throw .notPossible(status) }
    }

    private func advanced(to status: BookingStatus, sequence step: Int = 0) -> BookingState {
        var next = self
        next.status = status
        next.sequence += step
        next.version += 1
        return next
    }
}
