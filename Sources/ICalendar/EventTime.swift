/// A time as calendar files say it: a date, a wall clock's reading with or without a zone, or an instant.
import Scheduling

/// The value of DTSTART and its like (RFC 5545 §3.3.4, §3.3.5).
package enum EventTime: Hashable, Sendable {
    /// The whole of a day.
    case date(LocalDate)
    /// The same reading wherever one is ("floating").
    case floating(LocalTime)
    case zoned(LocalTime, Zone)
    case utc(Instant)

    /// Reads `19980118`, `19980118T230000` or `19980118T230000Z`; nil for anything else and for days that do not exist.
    /// - Parameter zone: whose clock a reading without `Z` is of; nil: it floats.
    package init?(_ text: some StringProtocol, zone: Zone?) {

        let bytes = Array(text.utf8)[...]
        guard bytes.count >= 8, let date = Self.date(bytes.prefix(8)) else { return nil }
        if bytes.count == 8 {
            self = .date(date)
            return
        }
        let isUTC = bytes.count == 16 && bytes[15] | 0x20 == UInt8(ascii: "z")
        guard bytes.count == 15 || isUTC, bytes[8] | 0x20 == UInt8(ascii: "t"),
              let second = Self.second(bytes[9..<15])
        else { return nil }
        let local = LocalTime(date: date, secondOfDay: second)
        if isUTC {
            self = .utc(Instant(local.secondsSince1970))
        } else {
            self = zone.map { .zoned(local, $0) } ?? .floating(local)
        }
    }

    private static func date(_ bytes: ArraySlice<UInt8>) -> LocalDate? {
        guard let year = number(bytes.prefix(4)), let month = number(bytes.dropFirst(4).prefix(2)),
              let day = number(bytes.dropFirst(6))
        else { return nil }
        return LocalDate(year: year, month: month, day: day)
    }

    private static func second(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard let hour = number(bytes.prefix(2)), hour < 24, let minute = number(bytes.dropFirst(2).prefix(2)),
              minute < 60, let second = number(bytes.dropFirst(4)), second <= 60
        else { return nil }
        return hour * 3_600 + minute * 60 + min(second, 59)
    }

    private static func number(_ digits: ArraySlice<UInt8>) -> Int? {
        var number = 0
        for digit in digits {
            guard 0x30...0x39 ~= digit else { return nil }
            number = number * 10 + Int(digit - 0x30)
        }
        return number
    }
}

extension EventTime {
    package var isDate: Bool {
        if case .date = self { true } else { false }
    }

    /// The clock's reading in the form of ``LocalTime/secondsSince1970``; a date's is its midnight.
    var wall: Int64 {
        switch self {
        case .date(let date): LocalTime(date: date, secondOfDay: 0).secondsSince1970
        case .floating(let local), .zoned(let local, _): local.secondsSince1970
        case .utc(let instant): instant.seconds
        }
    }

    /// Whose clock it is.
    /// - Parameter calendar: the zone of the calendar it stands in, for dates and readings without one.
    func zone(in calendar: Zone) -> Zone {
        switch self {
        case .date, .floating: calendar
        case .zoned(_, let zone): zone
        case .utc: .utc
        }
    }

    /// The instant it means (``Zone/instant(of:)-(LocalTime)``); a date's is its beginning.
    package func instant(in calendar: Zone) -> Instant {
        switch self {
        case .utc(let instant): instant
        default: zone(in: calendar).instant(of: LocalTime(secondsSince1970: wall))
        }
    }
}

/// The value of DURATION (RFC 5545 §3.3.6): days go by the calendar, hours by elapsed time.
package struct EventDuration: Hashable, Sendable {
    /// Of the calendar: a day has 23 or 25 hours when the clock changes.
    package let days: Int
    /// Elapsed, after the days.
    package let seconds: Int

    /// Reads `P1W`, `P1DT2H`, `-PT15M`; nil for anything else and for more than about 273 years.
    package init?(_ text: some StringProtocol) {
        var rest = Substring(text)
        let sign = rest.first == "-" ? -1 : 1
        if rest.first == "-" || rest.first == "+" { rest.removeFirst() }
        guard rest.first == "P" || rest.first == "p" else { return nil }
        rest.removeFirst()
        var (days, seconds, isTime, hasPart) = (0, 0, false, false)
        while let first = rest.first {
            if first == "T" || first == "t" {
                isTime = true
                rest.removeFirst()
                continue
            }
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            rest = rest.dropFirst(digits.count)
            guard let number = Int(digits), number <= Self.most, let unit = rest.popFirst() else { return nil }
            switch (unit.uppercased(), isTime) {
            case ("W", false): days += 7 * number
            case ("D", false): days += number
            case ("H", true): seconds += 3_600 * number
            case ("M", true): seconds += 60 * number
            case ("S", true): seconds += number
            default: return nil
            }
            hasPart = true
        }
        guard hasPart, days <= 100_000, seconds <= Self.most else { return nil }
        (self.days, self.seconds) = (sign * days, sign * seconds)
    }

    private static let most = 8_640_000_000
}
