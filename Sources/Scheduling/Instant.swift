/// A point in time as whole UTC seconds, and its RFC 3339 text.

/// A point in time: seconds since 1970-01-01T00:00:00Z, leap seconds not counted (POSIX time).
///
/// Every instant the product stores or compares is one of these; wall clocks are ``LocalTime`` with a ``Zone``.
/// Texts exist for the years 0000…9999.
package struct Instant: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Seconds since 1970-01-01T00:00:00Z; negative before.
    package let seconds: Int64

    package init(_ seconds: Int64) {
        self.seconds = seconds
    }

    package static func < (a: Instant, b: Instant) -> Bool { a.seconds < b.seconds }

    /// The seconds from `b` to `a`; negative when `a` is earlier.
    package static func - (a: Instant, b: Instant) -> Int64 { a.seconds - b.seconds }

    /// Later by elapsed seconds; earlier by negative ones.
    package func adding(seconds: Int64) -> Instant { Instant(self.seconds + seconds) }

    /// Later by elapsed minutes of 60 s.
    package func adding(minutes: Int) -> Instant { adding(seconds: Int64(minutes) * 60) }

    /// Later by elapsed hours of 3 600 s.
    package func adding(hours: Int) -> Instant { adding(seconds: Int64(hours) * 3_600) }

    /// Adds elapsed days of 86 400 s. The wall clock moves when a zone's offset changes in between;
    /// for "the same time in n days" add to the ``LocalDate`` instead.
    package func adding(days: Int) -> Instant { adding(seconds: Int64(days) * 86_400) }

    /// `2026-03-08T07:00:00Z`.
    package var description: String { rfc3339() }
}

extension Instant {
    /// The instant as RFC 3339 text with whole seconds.
    ///
    /// - Parameter zone: `nil` writes `…Z`; else the wall clock and offset of that zone at this instant. RFC 3339
    ///   offsets are whole minutes, so a historic offset such as +00:53:28 is written as +00:53 with the clock moved
    ///   to match: the text always names this very instant.
    package func rfc3339(in zone: Zone? = nil) -> String {
        let minutes = (zone?.offset(at: self) ?? 0) / 60
        let local = LocalTime(secondsSince1970: seconds + Int64(minutes) * 60)
        var text: [UInt8] = []
        text.reserveCapacity(25)
        text.append(contentsOf: local.date.description.utf8)
        text.append(UInt8(ascii: "T"))
        text.appendTwoDigits(local.hour)
        text.append(UInt8(ascii: ":"))
        text.appendTwoDigits(local.minute)
        text.append(UInt8(ascii: ":"))
        text.appendTwoDigits(local.second)
        if zone == nil {
            text.append(UInt8(ascii: "Z"))
        } else {
            text.append(minutes < 0 ? UInt8(ascii: "-") : UInt8(ascii: "+"))
            text.appendTwoDigits(abs(minutes) / 60)
            text.append(UInt8(ascii: ":"))
            text.appendTwoDigits(abs(minutes) % 60)
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Reads RFC 3339 text such as `2026-03-08T02:30:00-05:00`; nil for anything else.
    ///
    /// The offset (or `Z`) is required. Fractions of a second are cut off; second 60 is the next minute's first.
    package init?(rfc3339 text: String) {
        var reader = TextReader(text)
        guard let date = reader.date(), reader.skip("T") || reader.skip("t"),
              let hour = reader.digits(2), hour < 24, reader.skip(":"),
              let minute = reader.digits(2), minute < 60, reader.skip(":"),
              let second = reader.digits(2), second <= 60
        else { return nil }
        if reader.skip(".") {
            guard reader.digits(1) != nil else { return nil }
            while reader.digits(1) != nil {}
        }
        guard let offset = reader.offset(), reader.isAtEnd else { return nil }
        let wall = Int64(date.daysSince1970) * 86_400 + Int64(hour * 3_600 + minute * 60 + second)
        self.init(wall - Int64(offset))
    }
}

extension [UInt8] {
    /// Appends the last two decimal digits of a number from 0 to 99.
    mutating func appendTwoDigits(_ number: Int) {
        append(UInt8(ascii: "0") + UInt8(number / 10 % 10))
        append(UInt8(ascii: "0") + UInt8(number % 10))
    }
}
