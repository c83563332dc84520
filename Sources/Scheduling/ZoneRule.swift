/// The yearly rule at the end of a TZif file: a POSIX TZ string such as `CET-1CEST,M3.5.0,M10.5.0/3`.

/// What the clock does after the last transition of a file (RFC 9636 §3.3.1; POSIX.1-2017 §8.3 with the wider hours of
/// RFC 9636, −167…167).
struct ZoneRule: Hashable, Sendable {
    var standard: ZoneKind
    /// Summer time; nil when the clock does not change any more.
    var summer: Summer?

    struct Summer: Hashable, Sendable {
        var kind: ZoneKind
        /// Read by the standard clock.
        var begins: Change
        /// Read by the summer clock.
        var ends: Change
    }

    /// A day of each year and a time on it.
    struct Change: Hashable, Sendable {
        var day: Day
        /// After that day's midnight, in seconds; may be negative or pass 24 hours.
        var seconds: Int
    }

    enum Day: Hashable, Sendable {
        /// `Jn`, 1…365: 29 February is never counted.
        case julian(Int)
        /// `n`, 0…365: 29 February counts.
        case ordinal(Int)
        /// `Mm.w.d`: the w-th (5 = last) such week day (0 = Sunday) of a month.
        case week(month: Int, week: Int, weekday: Int)
    }

    /// Reads a footer; nil if it is not one.
    init?(_ text: some Sequence<UInt8>) {
        var reader = TextReader(text)
        guard let name = reader.zoneName(), let west = reader.clock(hours: 24) else { return nil }
        standard = ZoneKind(offset: -west, abbreviation: name)
        if reader.isAtEnd { return }
        guard let summerName = reader.zoneName() else { return nil }
        var summerOffset = standard.offset + 3_600
        if reader.next != UInt8(ascii: ",") {
            guard let west = reader.clock(hours: 24) else { return nil }
            summerOffset = -west
        }
        guard let begins = reader.change(), let ends = reader.change(), reader.isAtEnd else { return nil }
        summer = Summer(kind: ZoneKind(offset: summerOffset, abbreviation: summerName), begins: begins, ends: ends)
    }
}

extension ZoneRule.Change {
    /// The wall clock at which this change happens in a year, in the form of ``LocalTime/secondsSince1970``.
    func wall(in year: Int) -> Int64 {
        let newYear = LocalDate.days(year: year, month: 1, day: 1)
        let date = switch day {
        case .julian(let number): newYear + number - (LocalDate.isLeap(year) && number >= 60 ? 0 : 1)
        case .ordinal(let number): newYear + number
        case .week(let month, let week, let weekday): Self.day(year, month, week, weekday)
        }
        return Int64(date) * 86_400 + Int64(seconds)
    }

    private static func day(_ year: Int, _ month: Int, _ week: Int, _ weekday: Int) -> Int {
        let first = LocalDate(daysSince1970: LocalDate.days(year: year, month: month, day: 1))
        let offset = floorModulo(weekday - first.weekday, 7) + 7 * (week - 1)
        // The fifth week means the last one; that is the fourth when the month has only four.
        let inMonth = offset < LocalDate.days(inMonth: month, of: year) ? offset : offset - 7
        return first.daysSince1970 + inMonth
    }
}

extension TextReader {
    /// Three or more letters, or `<…>` with digits and signs too.
    fileprivate mutating func zoneName() -> String? {
        if skip("<") {
            let name = run { $0.isLetter || $0.isDigit || $0 == UInt8(ascii: "+") || $0 == UInt8(ascii: "-") }
            return name.count >= 3 && skip(">") ? String(decoding: name, as: UTF8.self) : nil
        }
        let name = run(while: \.isLetter)
        return name.count >= 3 ? String(decoding: name, as: UTF8.self) : nil
    }

    /// `[+-]h[h[h]][:mm[:ss]]` in seconds.
    fileprivate mutating func clock(hours limit: Int) -> Int? {
        let negative = skip("-")
        if !negative { _ = skip("+") }
        guard let hours = number(most: 3, limit: limit) else { return nil }
        var seconds = hours * 3_600
        for unit in [60, 1] where skip(":") {
            guard let part = number(most: 2, limit: 59) else { return nil }
            seconds += part * unit
        }
        return negative ? -seconds : seconds
    }

    /// `,date[/time]`; the time is 02:00 when left out.
    fileprivate mutating func change() -> ZoneRule.Change? {
        guard skip(","), let day = ruleDay() else { return nil }
        guard skip("/") else { return ZoneRule.Change(day: day, seconds: 7_200) }
        return clock(hours: 167).map { ZoneRule.Change(day: day, seconds: $0) }
    }

    private mutating func ruleDay() -> ZoneRule.Day? {
        if skip("M") {
            guard let month = number(most: 2, limit: 12), month >= 1, skip("."),
                  let week = number(most: 1, limit: 5), week >= 1, skip("."),
                  let weekday = number(most: 1, limit: 6)
            else { return nil }
            return .week(month: month, week: week, weekday: weekday)
        }
        if skip("J") {
            return number(most: 3, limit: 365).flatMap { $0 >= 1 ? .julian($0) : nil }
        }
        return number(most: 3, limit: 365).map { .ordinal($0) }
    }
}
