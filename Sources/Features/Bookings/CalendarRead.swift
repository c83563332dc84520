/// One person's day, week or month: their bookings, and what else keeps them busy, read in one go.
import Database
import Scheduling
import Web

package enum CalendarView: String, CaseIterable, Sendable {
    case list, day, week, month

    var label: String {
        switch self {
        case .list: plain("List")
        case .day: plain("Day")
        case .week: plain("Week")
        case .month: plain("Month")
        }
    }

    /// The views of bookings, as a choice.
    /// - Parameter host: as the address says it: a person's id, `all`, or nothing.
    static func segments(_ current: CalendarView, host: String?, day: LocalDate?) -> HTML {
        Components.segments(label: plain("View"), allCases.map { view in
            Components.Choice(view.label, view.path(host: host, day: day), isCurrent: view == current)
        })
    }

    func path(host: String?, day: LocalDate?) -> Path {
        var pairs: [(String, String)] = self == .list ? [] : [("view", rawValue)]
        if self != .list, let day { pairs.append(("date", day.description)) }
        if let host { pairs.append(("host", host)) }
        return Path("/calendar/bookings").adding(query: pairs)
    }
}

/// Whose time is looked at, and in which zone.
package struct CalendarPerson: Hashable, Sendable {
    package var id: ID<User>
    package var name: String
    /// Whether the viewer looks at their own.
    package var isViewer: Bool
}

package enum CalendarRead {
    /// More than this is not drawn.
    static let most = 1000
    private static let shown: [BookingStatus] = [.confirmed, .completed, .noShow, .pendingApproval, .pendingPayment]

    /// Everything that takes the person's time between two instants, by start.
    package static func entries(
        of person: CalendarPerson, from: Instant, to: Instant, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> [CalendarEntry] {
        var filter = BookingFilter()
        filter.host = person.id
        filter.statuses = shown
        filter.from = from
        filter.to = to
        filter.limit = most
        let bookings = try BookingListStore.times(filter, scope: scope, in: tx)
        let busy = try tx.ledger(of: [person.id.text], from: from, to: to, now: now).filter { row in
            // Bookings of this workspace are shown as such; those of another one are untitled busy time.
            guard row.workspace == scope.workspace else { return true }
            if row.kind == .session { return row.expires != nil }
            guard row.kind == .booking || row.kind == .pending else { return true }
            // But for what stays confirmed while another time is asked for.
            let shown = bookings.first { $0.id.text == row.ref }
            return row.kind == .booking && shown.map { $0.status == .pendingApproval } ?? true
        }
        let own = asSessions(bookings).map { entry($0, now: now) }
        let held = busy.filter { $0.kind == .hold && $0.workspace == scope.workspace }.map(\.ref)
        let kept = try KeptOfferStore.ofHolds(Array(Set(held).prefix(most)).sorted(), scope: scope, in: tx)
        let placeholders = busy.filter { $0.kind == .placeholder && $0.workspace == scope.workspace }
        let oneOffs = try OneOffStore.titles(
            of: Set(placeholders.compactMap { ID<OneOff>($0.ref) }.prefix(most)), scope: scope, in: tx)
        let polls = try AdHocStore.titles(
            Set(placeholders.prefix(most).map { "\(AdHocLink.poll)\($0.ref)" }), scope: scope, in: tx)
        let others = busy.prefix(most).map { row in
            if person.isViewer, let id = ID<Poll>(row.ref), let title = polls["\(AdHocLink.poll)\(id)"] {
                return CalendarEntry(
                    starts: row.starts, ends: row.ends, title: plain("Kept for a poll"), detail: title,
                    tone: .pending, poll: id)
            }
            if person.isViewer, row.kind == .placeholder, let id = ID<OneOff>(row.ref), let title = oneOffs[id] {
                var entry = CalendarEntry(
                    starts: row.starts, ends: row.ends, title: plain("Kept for a one-off"), detail: title.title,
                    tone: .pending, oneOff: id)
                if title.isSheet { (entry.title, entry.isSheet) = (plain("Kept for a sign-up sheet"), true) }
                return entry
            }
            guard person.isViewer, row.kind == .hold, let offer = kept[row.ref] else {
                return entry(row, isOwn: person.isViewer, scope)
            }
            let words = offer.whom.isEmpty ? plain("Kept for somebody") : plain("Kept for \(offer.whom)")
            return CalendarEntry(
                starts: row.starts, ends: row.ends, title: words, detail: offer.title, tone: .pending,
                offer: offer.offer, link: offer.link)
        }
        return (own + others)
            .sorted { ($0.starts, $0.ends, $0.title) < ($1.starts, $1.ends, $1.title) }
    }

    /// All bookings of one session stand as one, under the link's title.
    private static func asSessions(_ bookings: [BookedTime]) -> [BookedTime] {
        let people = Dictionary(grouping: bookings, by: \.session)
        var seen: Set<ID<GroupSession>> = []
        return bookings.compactMap { booking in
            guard let session = booking.session else { return booking }
            guard seen.insert(session).inserted else { return nil }
            let all = people[session, default: []]
            var one = booking
            (one.attendee, one.title) = (booking.title, all.map(\.attendee).sorted().joined(separator: ", "))
            if all.contains(where: { $0.status == .confirmed }) { one.status = .confirmed }
            return one
        }
    }

    private static func entry(_ booking: BookedTime, now: Instant) -> CalendarEntry {
        let tone: CalendarEntry.Tone = switch booking.status {
        case .pendingApproval, .pendingPayment, .held: .pending
        case .noShow: .over
        default: booking.ends <= now ? .over : .booked
        }
        return CalendarEntry(
            starts: booking.starts, ends: booking.ends, title: booking.attendee, detail: booking.title, tone: tone,
            booking: booking.id, session: booking.session)
    }

    private static func entry(_ row: LedgerRow, isOwn: Bool, _ scope: Scope) -> CalendarEntry {
        if row.kind == .booking, row.workspace == scope.workspace {
            return CalendarEntry(
                starts: row.starts, ends: row.ends, title: plain("Confirmed; another time is asked for"), detail: "",
                tone: .booked, booking: ID<Booking>(row.ref))
        }
        return entry(row, isOwn: isOwn)
    }

    private static func entry(_ row: LedgerRow, isOwn: Bool) -> CalendarEntry {
        CalendarEntry(
            starts: row.starts, ends: row.ends, title: isOwn ? words(row) : plain("Busy"), detail: "",
            tone: isOwn && row.kind == .timeOff ? .off : .other)
    }

    private static func words(_ row: LedgerRow) -> String {
        switch row.kind {
        case .timeOff: plain("Away")
        case .hold: plain("Held for a visitor")
        case .session where row.expires != nil: plain("Held for a visitor")
        case .calendar: plain("Busy, from a calendar")
        case .booking, .session: plain("Busy, from another workspace")
        default: plain("Busy")
        }
    }
}
