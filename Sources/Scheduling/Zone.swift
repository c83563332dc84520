/// A time zone: which offset holds at an instant, and which instant a wall clock means.

/// A time zone of the IANA database.
///
/// ```swift
/// let berlin = zones.zone("Europe/Berlin")
/// berlin?.local(at: Instant(1_774_746_000)).hour                                // 3: the clock jumped over 02:00
/// ```
/// A conversion is one table look-up (no system call, no lock), also for years beyond the file's own transitions.
package final class Zone: Hashable, Sendable {
    /// The IANA name, e.g. `America/St_Johns`. Zones are equal when their names are.
    package let name: String
    private let table: ZoneTable

    init(name: String, table: ZoneTable) {
        self.name = name
        self.table = table
    }

    /// Coordinated universal time; it needs no file.
    package static let utc = Zone(name: "UTC", table: ZoneTable(transitions: [], kinds: [.utc], rule: nil))

    /// Seconds east of UTC at an instant, −89 999…93 599 (RFC 9636 §3.2).
    package func offset(at instant: Instant) -> Int { table.period(at: instant.seconds).offset }

    /// The abbreviation in use at an instant, e.g. `CEST`, or `+0545` where there is none in English.
    package func abbreviation(at instant: Instant) -> String {
        table.kinds[table.period(at: instant.seconds).kind].abbreviation
    }

    /// What a wall clock in this zone shows at an instant.
    package func local(at instant: Instant) -> LocalTime {
        LocalTime(secondsSince1970: instant.seconds + Int64(offset(at: instant)))
    }

    /// The instant a single wall-clock reading means, by RFC 5545 §3.3.5 (rule T): a reading that comes twice means
    /// its first pass; a reading the clock jumps over is taken with the offset before the jump, so 02:30 in a skipped
    /// hour means the instant that reads 03:30.
    package func instant(of local: LocalTime) -> Instant {
        let wall = local.secondsSince1970
        var period = table.period(at: wall - ZoneTable.largestOffset)
        while true {
            let candidate = wall - Int64(period.offset)
            if candidate < period.until { return Instant(candidate) }
            let next = table.period(at: period.until)
            if wall - Int64(next.offset) < period.until { return Instant(candidate) }   // in the gap between the two
            period = next
        }
    }

    /// The instant a date begins, by rule T: the first midnight, or where midnight is skipped the jump itself.
    package func instant(of date: LocalDate) -> Instant {
        instant(of: LocalTime(date: date, secondOfDay: 0))
    }

    package static func == (a: Zone, b: Zone) -> Bool { a === b || a.name == b.name }

    package func hash(into hasher: inout Hasher) { hasher.combine(name) }
}

extension Zone {
    /// A stretch of time with one offset.
    struct Period {
        /// Seconds east of UTC.
        var offset: Int
        /// The first instant of the stretch; nil when it has no beginning.
        var from: Instant?
        /// The first instant after the stretch; nil when it has no end.
        var until: Instant?
    }

    /// The stretch of constant offset an instant lies in.
    func period(at instant: Instant) -> Period {
        let found = table.period(at: instant.seconds)
        return Period(offset: found.offset,
                      from: found.from == .min ? nil : Instant(found.from),
                      until: found.until == .max ? nil : Instant(found.until))
    }

    /// Hands over, in order, the instants at which the wall clock reads within [`opens`, `closes`): none for readings
    /// the clock jumps over, two stretches for readings that come twice. Readings are seconds as of
    /// ``LocalTime/secondsSince1970``.
    func forEachSpan(reading opens: Int64, _ closes: Int64, _ body: (Span) -> Void) {
        var period = table.period(at: opens - ZoneTable.largestOffset)
        while true {
            let start = max(opens - Int64(period.offset), period.from)
            let end = min(closes - Int64(period.offset), period.until)
            if start < end { body(Span(start: Instant(start), end: Instant(end))) }
            if period.until > closes + ZoneTable.largestOffset { return }
            period = table.period(at: period.until)
        }
    }
}
