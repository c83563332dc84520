/// A host cannot make it today: the day is closed, and each meeting is given away, asked about, cancelled or kept.
import Database
import Scheduling
import Web

/// What becomes of one meeting.
package enum OutDeed: String, CaseIterable, Sendable {
    case keep
    /// The attendee chooses another time; the meeting stays until then.
    case ask
    /// Whose turn it is among those who are free takes it.
    case give
    case cancel
}

package struct OutToday: Sendable {
    package struct Meeting: Sendable {
        package var booking: Booking
        package var link: Link
        /// How many others of its pool are free then; nil where nobody takes turns.
        package var free: Int?

        /// What can be done about it, the usual thing first.
        var deeds: [OutDeed] {
            let asks: [OutDeed] = booking.isWaiting ? [] : [.ask]
            return (free ?? 0 > 0 ? [.give] : []) + asks + [.cancel, .keep]
        }
    }

    package struct Wish: Sendable {
        package var day: LocalDate
        /// Whether nobody shall be able to book the rest of the day.
        package var closes: Bool
        package var deeds: [ID<Booking>: (deed: OutDeed, message: String)]
    }

    package struct Outcome: Sendable {
        package var meeting: Meeting
        package var deed: OutDeed
        /// Why it was not done.
        package var refusal: String?
    }

    static let most = 100

    let installation: Installation
    let origin: Origin

    package init(_ installation: Installation, from origin: Origin = .console) {
        (self.installation, self.origin) = (installation, origin)
    }

    /// The person's meetings of a day that have not begun.
    package func meetings(of user: ID<User>, on day: LocalDate, zone: Zone, scope: Scope) async throws -> [Meeting] {
        let (now, zones) = (installation.world.now, installation.world.zones)
        var filter = BookingFilter()
        (filter.host, filter.statuses, filter.limit) = (user, [.confirmed, .pendingApproval], Self.most)
        let midnight = zone.instant(of: day)
        (filter.from, filter.to) = (max(now, midnight), zone.instant(of: day.adding(days: 1)))
        let wanted = filter
        return try await installation.database.read(scope) { tx in
            let found = try BookingListStore.list(wanted, scope: scope, in: tx).filter { booking in
                booking.state.firstStart > now && booking.state.starts >= midnight
            }
            let links = try LinkStore.find(Set(found.map(\.link)), scope: scope, in: tx)
            return try found.compactMap { booking in
                guard let link = links[booking.link] else { return nil }
                var meeting = Meeting(booking: booking, link: link)
                guard link.rotates, !booking.isWaiting, link.replaceable(booking).contains(where: { $0.id == user })
                else { return meeting }
                let heirs = try Heirs(of: booking, link: link, leaving: user, named: nil, scope: scope, in: tx)
                let kept = try heirs.reasons(now: now, zones: zones, scope: scope, in: tx)
                meeting.free = heirs.people.count { kept[$0.id] == nil }
                return meeting
            }
        }
    }

    /// First the day is closed, so that nothing new comes; then each meeting by itself, so that one that cannot be
    /// done keeps no other.
    /// - Parameter key: the form's; sent twice, each meeting is dealt with once.
    package func callAsFunction(
        _ wish: Wish, meetings: [Meeting], of user: ID<User>, key: RequestKey?, scope: Scope
    ) async throws -> [Outcome] {
        if wish.closes { try await close(wish.day, of: user, scope: scope) }
        var outcomes: [Outcome] = []
        for meeting in meetings {
            let (deed, message) = wish.deeds[meeting.booking.id] ?? (.keep, "")
            var outcome = Outcome(meeting: meeting, deed: deed)
            do {
                try await act(deed, message, on: meeting.booking.id, of: user, key: key, scope: scope)
            } catch let refusal as any Refusal {
                outcome.refusal = refusal.message
            }
            outcomes.append(outcome)
        }
        return outcomes
    }

    private func act(
        _ deed: OutDeed, _ message: String, on id: ID<Booking>, of user: ID<User>, key: RequestKey?, scope: Scope
    ) async throws {
        switch deed {
        case .keep: break
        case .ask:
            _ = try await ProposeTimes(installation)(id, ProposalWish(message: message), key: key, scope: scope)
        case .give:
            _ = try await ReassignBooking(installation)(
                id, from: user, to: nil, reason: message, key: key, scope: scope)
        case .cancel:
            _ = try await CancelBooking(installation, from: origin)(id, reason: message, key: key, scope: scope)
        }
    }

    /// Nothing where the day is closed already.
    private func close(_ day: LocalDate, of user: ID<User>, scope: Scope) async throws {
        let ahead = try await installation.database.read(scope) { tx in
            try TimeAwayStore.ahead(of: user, from: day, scope: scope, in: tx)
        }
        guard !ahead.contains(where: { $0.kind == .outOfOffice && $0.from <= day && day <= $0.to }) else { return }
        let wish = TimeAwayWish(
            kind: .outOfOffice, from: day, to: day, zone: nil, reason: "", colleague: nil, user: nil)
        _ = try await SaveTimeAway(installation, from: origin).create(wish, user: user, scope: scope)
    }
}
