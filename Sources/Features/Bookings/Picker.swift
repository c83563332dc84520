/// What a picker shows: one month's free days and one day's times, in the viewer's zone and in one read.
import Database
import Foundation
import Scheduling
import Web

/// What the viewer asked for in the address; everything is optional and nothing is believed unread.
package struct PickerAsk: Sendable {
    package var month: LocalDate?
    package var day: LocalDate?
    package var start: Instant?
    /// In minutes, as somebody wrote it.
    package var duration: Int?
    /// Whom of those who take turns they want to meet; read by `ChooseHost`.
    package var host: ID<User>?
    package var zone: Zone?
    package var clock: HourClock
    /// `?zone=pick`: the viewer wants to choose a zone.
    package var choosesZone: Bool
    /// What was typed for a zone and is none.
    package var unknownZone: String?
    /// Of the language that is spoken where it is asked: threads of the database speak none.
    let firstWeekday = Language.current.firstWeekday

    package init(_ query: Query, zones: Zones, now: Instant) {
        let firstOfMonth = query["month"].flatMap { LocalDate("\($0)-01") }
        day = query["day"].flatMap(LocalDate.init)
        month = firstOfMonth ?? day.map(\.firstOfMonth)
        start = query["start"].flatMap(Int64.init).flatMap(Instant.init(bounded:))
            ?? query["start"].flatMap(Instant.init(rfc3339:))
        duration = query["duration"].flatMap { Int($0) }
        let typed = query["timezone"].flatMap { $0.isEmpty ? nil : $0 }
        let meant = typed.flatMap { zones.zone($0) ?? zones.meant(by: $0, now: now) }
        // Beside a zone that is none stands the one the page spoke before.
        zone = meant ?? query["was"].flatMap(zones.zone)
        clock = query["clock"].flatMap(HourClock.init(rawValue:)) ?? .usual
        unknownZone = meant == nil ? typed.map { String($0.prefix(64)) } : nil
        choosesZone = query["zone"] != nil || unknownZone != nil
    }

    /// Opens on a day.
    mutating func show(_ day: LocalDate) { (self.day, month) = (day, day.firstOfMonth) }

    package init(zone: Zone?, clock: HourClock = .usual) {
        self.zone = zone
        self.clock = clock
        choosesZone = false
    }
}

package struct Picker: Sendable {
    package var link: Link
    package var zone: Zone
    package var hostZone: Zone
    package var clock: HourClock
    package var now: Instant
    /// How long the meeting lasts.
    package var minutes: Int
    /// Whose times they are, where somebody was chosen.
    package var host: ID<User>?
    /// The first day of the month on show.
    package var month: LocalDate
    package var today: LocalDate
    /// Free times of each day of that month; days without one are absent.
    package var free: [LocalDate: Int]
    /// The chosen day, or the first free one of the month.
    package var day: LocalDate?
    /// The free times of that day.
    package var times: [Instant]
    /// Those that suit the host best.
    package var beside: Set<Instant> = []
    /// How many places the times have left, where that is shown.
    package var seatsLeft: [Instant: Int] = [:]
    /// Days of which all is taken by bookings; and the full sessions of the day on show. Where people can wait.
    package var full: Set<LocalDate> = []
    package var fullSessions: [Instant] = []
    /// The chosen time, when it is among them.
    package var chosen: Instant?
    /// The first free day after this month, when the month has none.
    package var nextFree: LocalDate?
    /// The first free time of all, when somebody chose to look at a later day.
    package var soonest: Instant?
    /// The time of the booking that is to be moved.
    package var own: Instant?
    /// Where the table begins in the last week of a month: with today, and on into the next month.
    package var opening: LocalDate?
    package var previousMonth: LocalDate?
    package var nextMonth: LocalDate?
    package var choosesZone = false
    package var unknownZone: String?
    /// Zones that may have been meant by the unknown one.
    package var near: [Zone] = []
    var firstWeekday = Language.current.firstWeekday

    /// The first and the last day on show.
    package var shown: (first: LocalDate, last: LocalDate) {
        guard let opening else { return (month, month.adding(days: 31).firstOfMonth.adding(days: -1)) }
        return (opening, opening.startOfWeek(firstWeekday).adding(days: 34))
    }

    package var hasNothing: Bool { free.isEmpty && nextFree == nil }
}

extension Picker {
    /// Reads the link's free times and lays them out as asked.
    /// - Parameters:
    ///   - booker: who will come to the meeting; nil is whoever looks, by the clock of the page.
    ///   - people: how many attend, guests included.
    ///   - booking: the booking to be moved; its own time counts as free and is not offered again.
    package static func load(
        _ link: Link, _ ask: PickerAsk, for booker: Booker? = nil, people: Int = 1, moving booking: Booking? = nil,
        now: Instant? = nil, installation: Installation, scope: Scope, in tx: Transaction
    ) throws -> Picker {
        let (now, zones) = (now ?? installation.world.now, installation.world.zones)
        let times = try OfferedTimes(
            link: link, moving: booking, from: now, to: link.rules.window.horizon(now: now), people: people,
            booker: booker ?? Booker(email: booking?.attendee.email), now: now, zones: zones, scope: scope, in: tx)
        return Picker(link, times, ask, isOfViewer: booker == nil, moving: booking, zones: zones)
    }

    /// The same for whoever looks, out of the link's snapshot; nil where it has none that tells all of it.
    static func known(
        _ link: Link, _ ask: PickerAsk, now: Instant, installation: Installation
    ) async throws -> Picker? {
        let horizon = link.rules.window.horizon(now: now)
        // Waiting lists look at whose bookings fill a day, which a snapshot does not keep.
        guard link.keepsSnapshot, link.servedAt == nil,
            !link.rules.waitlist.isOn, OfferedSnapshot.reaches(horizon, now: now),
            let found = try await snapshot(of: link, now: now, installation),
            found.link.id == link.id, found.link.version == link.version, let snapshot = found.snapshot,
            snapshot.covers(until: horizon, now: now)
        else { return nil }
        let picker = Picker(
            link, snapshot.times(booker: Booker(), now: now), ask, isOfViewer: true, moving: nil,
            zones: installation.world.zones)
        if installation.snapshots.checksItself {
            try await installation.snapshots.check(picker.compared, from: found, installation) { link, tx in
                try load(link, ask, now: now, installation: installation, scope: found.scope, in: tx).compared
            }
        }
        return picker
    }

    /// Nil where somebody else was to read it and found the database busy: then the page reads for itself.
    private static func snapshot(
        of link: Link, now: Instant, _ installation: Installation
    ) async throws -> OfferedSnapshots.Found? {
        do {
            return try await installation.snapshots.find(slug: link.rules.slug, now: now, installation)
        } catch DatabaseError.busy {
            return nil
        }
    }

    /// All that times decide, to compare.
    private var compared: [UInt8] {
        Array("""
            \(free.sorted { $0.key < $1.key }) \(times) \(beside.sorted()) \(String(describing: soonest)) \
            \(String(describing: nextFree)) \(zone.name) \(hostZone.name) \(String(describing: opening))
            """.utf8)
    }

    /// - Parameter isOfViewer: that the booker keeps the hours of the page's clock.
    private init(
        _ link: Link, _ read: OfferedTimes, _ ask: PickerAsk, isOfViewer: Bool, moving booking: Booking?, zones: Zones
    ) {
        var times = read
        let now = times.now
        let horizon = link.rules.window.horizon(now: now)
        times.chosen = ask.host
        if isOfViewer { times.booker.zone = ask.zone ?? times.zone }
        let minutes = booking.map { Int(($0.state.ends - $0.state.starts) / 60) }
            ?? link.rules.length(asked: ask.duration)
        let slots = times.question(from: now, to: horizon, duration: minutes).slots()
            .filter { $0.start != booking?.state.starts }
        self.init(link, starts: slots.map(\.start), hostZone: times.zone, horizon: horizon, now: now, ask)
        (self.minutes, host) = (minutes, ask.host)
        beside = Set(slots.filter(\.isBeside).map(\.start))
        if link.hasSeats, link.rules.seats.showsSeats {
            seatsLeft = Dictionary(slots.compactMap { slot in slot.seatsLeft.map { (slot.start, $0) } }) { $1 }
        }
        if isOfViewer, booking == nil, link.rules.waitlist.isOn {
            let full = FullTimes(times, from: now, to: horizon, minutes: minutes)
            mark(full, free: slots.map(\.start), asked: ask.day)
        }
        own = booking?.state.starts
        near = ask.unknownZone.map { zones.near($0, now: now) } ?? []
    }

    init(_ link: Link, starts: [Instant], hostZone: Zone, horizon: Instant, now: Instant, _ ask: PickerAsk) {
        let zone = ask.zone ?? hostZone
        let today = zone.local(at: now).date
        let days = Dictionary(grouping: starts) { zone.local(at: $0).date }
        let firstFree = starts.first.map { zone.local(at: $0).date }
        let month = (ask.month ?? firstFree ?? today).firstOfMonth
        self.init(
            link: link, zone: zone, hostZone: hostZone, clock: ask.clock, now: now,
            minutes: link.rules.length(asked: ask.duration), month: month, today: today, free: [:], day: nil,
            times: [], chosen: nil)
        firstWeekday = ask.firstWeekday
        if month == today.firstOfMonth, today.adding(days: 7).firstOfMonth != month { opening = today }
        free = days.filter { (shown.first...shown.last).contains($0.key) }.mapValues(\.count)
        day = ask.day.flatMap { free[$0] == nil ? nil : $0 } ?? free.keys.min()
        times = day.flatMap { days[$0] } ?? []
        if ask.day != nil || ask.month != nil, let day, let firstFree, firstFree < day { soonest = starts.first }
        chosen = ask.start.flatMap { times.contains($0) ? $0 : nil }
        if free.isEmpty { nextFree = days.keys.filter { $0 > month }.min() ?? days.keys.max() }
        if month > today.firstOfMonth { previousMonth = month.adding(days: -1).firstOfMonth }
        let next = month.adding(days: 31).firstOfMonth
        if next <= zone.local(at: horizon).date { nextMonth = next }
        choosesZone = ask.choosesZone
        unknownZone = ask.unknownZone
    }
}

extension LinkWindow {
    /// An instant after which nothing can be free, whatever the zones; never more than 750 days ahead.
    func horizon(now: Instant) -> Instant {
        switch self {
        case .rollingDays(let days): now.adding(days: min(days, 730) + 2)
        // Somebody who works one day of the week, and every holiday there may be.
        case .rollingBusinessDays(let days): now.adding(days: min(days * 7 + 30, 750))
        // A free day in each month is looked for; rarer ones are not worth the wait of every visitor.
        case .bookableDays(let days): now.adding(days: min(days * 31 + 31, 750))
        case .range(_, let to):
            min(Instant(Int64(to.daysSince1970 + 2) * 86_400), now.adding(days: 750))
        }
    }
}

extension LocalDate {
    var firstOfMonth: LocalDate { adding(days: 1 - day) }
}

extension Instant {
    /// Seconds out of an address: nil beyond the years 1970–2200, so that arithmetic on it cannot overflow.
    init?(bounded seconds: Int64) {
        guard (0...7_258_118_400).contains(seconds) else { return nil }
        self.init(seconds)
    }
}
