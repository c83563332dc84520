/// Why times of a link can or cannot be booked, host by host: what the troubleshooter and the API tell.
import Database
import Scheduling
import Web

/// One thing that keeps a host from a time, with what is behind it.
package struct ExplainedCause: Hashable, Sendable {
    package var cause: Cause
    /// When what is in the way begins and ends; nil for rules and hours.
    package var span: Span?
    /// Of a booking the asker may read.
    package var booking: ID<Booking>?
    package var title: String?

    package var reason: Reason { cause.reason }

    /// The pool that cannot be filled.
    var pool: String? {
        guard case .pool(let name) = cause.origin else { return nil }
        return name
    }
}

/// One start and everybody who could take it.
package struct ExplainedStart: Hashable, Sendable {
    package struct OfHost: Hashable, Sendable {
        package var host: String
        package var causes: [ExplainedCause]
    }

    package var start: Instant
    /// Nil where it can be booked.
    package var reason: Reason?
    package var hosts: [OfHost]
    /// What closes it whoever comes.
    package var forAll: [ExplainedCause]
}

/// A day of a link: every start of its grid, and the day as a picture for each host.
package struct ExplainedDay: Sendable {
    package var link: Link
    package var date: LocalDate
    package var zone: Zone
    package var minutes: Int
    package var starts: [ExplainedStart]
    /// What bookers see, and each host alone, in the order of the link.
    package var whole: DayPreview
    package var hosts: [(host: LinkHost, day: DayPreview)]

    package var free: [ExplainedStart] { starts.filter { $0.reason == nil } }
}

package struct ExplainDay: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// - Parameters:
    ///   - asked: nil is today where the host is.
    ///   - reads: whose bookings may be named; nil for everybody's.
    package func callAsFunction(
        _ link: Link, on asked: LocalDate?, minutes: Int, reads: Set<ID<User>>?, scope: Scope
    ) async throws -> ExplainedDay {
        try await installation.database.read(scope) { tx in
            // A day more on both sides: the zone is known only with the answer.
            let now = installation.world.now
            let midnight = Zone.utc.instant(of: asked ?? Zone.utc.local(at: now).date)
            let times = try times(link, midnight.adding(days: -2), midnight.adding(days: 3), scope, tx)
            let zone = times.zone
            let date = asked ?? zone.local(at: now).date
            let (from, to) = (zone.instant(of: date), zone.instant(of: date.adding(days: 1)))
            let question = times.question(from: from, to: to.adding(minutes: minutes), duration: minutes)
            let answers = question.grid.filter { $0 < to }.map { question.explanation(at: $0) }
            let known = try Known(answers, times, reads: reads, scope: scope, in: tx)
            return ExplainedDay(
                link: link, date: date, zone: zone, minutes: minutes, starts: answers.map(known.told),
                whole: DayPreview(question, on: date, zone: zone),
                hosts: zip(link.hosts, question.hosts).map { host, engineHost in
                    var alone = question
                    (alone.hosts, alone.rules.mode) = ([engineHost], .single)
                    return (host, DayPreview(alone, on: date, zone: zone))
                })
        }
    }

    /// One instant, whether or not it is on the grid.
    package func callAsFunction(
        _ link: Link, at start: Instant, minutes: Int, reads: Set<ID<User>>?, scope: Scope
    ) async throws -> ExplainedStart {
        try await installation.database.read(scope) { tx in
            let end = start.adding(minutes: minutes)
            let times = try times(link, start, end, scope, tx)
            let answer = times.question(from: start, to: end, duration: minutes).explanation(at: start)
            return try Known([answer], times, reads: reads, scope: scope, in: tx).told(answer)
        }
    }

    private func times(
        _ link: Link, _ from: Instant, _ to: Instant, _ scope: Scope, _ tx: Transaction
    ) throws -> OfferedTimes {
        try OfferedTimes(
            link: link, from: from, to: to, now: installation.world.now, zones: installation.world.zones, scope: scope,
            in: tx)
    }
}

extension SlotQuestion {
    /// Every start there would be if nobody were busy or away and no rule but the grid held.
    fileprivate var grid: [Instant] {
        var bare = self
        bare.now = from
        (bare.rules.notice, bare.rules.window, bare.rules.limits) = (.minutes(0), .unlimited, [])
        (bare.rules.bookerHours, bare.rules.firstOfDay, bare.rules.marksBeside) = (nil, false, false)
        bare.rules.mode = hosts.count > 1 ? .oneOf : rules.mode
        (bare.sessions, bare.resources) = ([], [])
        bare.hosts = hosts.map { host in
            var host = host
            (host.busy, host.meetings, host.barred, host.availability.daysOff) = ([], [], [], [:])
            return host
        }
        return bare.slots().map(\.start)
    }
}

/// What is behind the busy time of some answers, as far as the asker may know it.
private struct Known {
    private let times: OfferedTimes
    private let bookings: [String: Booking]
    private let titles: [ID<Link>: String]

    init(
        _ answers: [Explanation], _ times: OfferedTimes, reads: Set<ID<User>>?, scope: Scope, in tx: Transaction
    ) throws {
        self.times = times
        var refs: Set<String> = []
        for host in answers.flatMap(\.hosts) {
            guard reads == nil || ID<User>(host.id).map({ reads?.contains($0) ?? true }) ?? false else { continue }
            for case .busy(let place) in host.causes.map(\.origin) {
                guard let row = times.rows[host.id]?[place], row.workspace == scope.workspace else { continue }
                refs.insert(row.ref)
            }
        }
        let found = try BookingStore.all(refs.sorted().compactMap { ID<Booking>($0) }, scope: scope, in: tx)
        bookings = Dictionary(found.map { ($0.id.text, $0) }, uniquingKeysWith: { first, _ in first })
        titles = try LinkStore.find(Set(found.map(\.link)), scope: scope, in: tx).mapValues(\.rules.title)
    }

    func told(_ answer: Explanation) -> ExplainedStart {
        ExplainedStart(
            start: answer.start, reason: answer.reason,
            hosts: answer.hosts.map { host in
                ExplainedStart.OfHost(host: host.id, causes: host.causes.map { told($0, of: host.id) })
            },
            forAll: answer.forAll.map { cause in
                var told = ExplainedCause(cause: cause)
                if case .need(let need) = cause.origin { told.title = times.needs.names(of: need) }
                return told
            })
    }

    private func told(_ cause: Cause, of host: String) -> ExplainedCause {
        var told = ExplainedCause(cause: cause)
        guard case .busy(let place) = cause.origin, let row = times.rows[host]?[place] else { return told }
        told.span = Span(start: row.starts, end: row.ends)
        guard let booking = bookings[row.ref] else { return told }
        told.booking = booking.id
        told.title = "\(titles[booking.link] ?? ""), \(booking.attendee.name)"
        return told
    }
}
