/// A time of day as people type it: `9:00`, `0900`, `9`, `9.30`, `5pm`, `24:00`, and `26:00` for the next day's 02:00.

package enum ClockText {
    /// Minutes from midnight, up to 48:00; nil when it is no time.
    package static func minutes(_ text: String) -> Int? {
        var rest = Substring(text.lowercased().filter { $0 != " " && $0 != "\u{a0}" && $0 != "\u{202f}" })
        let half = [("am", 0), ("a.m.", 0), ("pm", 12), ("p.m.", 12)].first { rest.hasSuffix($0.0) }
        if let half { rest = rest.dropLast(half.0.count) }
        guard var (hour, minute) = parts(rest) else { return nil }
        if let half {
            guard (1...12).contains(hour) else { return nil }
            hour = hour % 12 + half.1
        }
        guard minute < 60, hour * 60 + minute <= 2_880 else { return nil }
        minute += hour * 60
        return minute
    }

    /// Hour and minute, parted by a colon, a full stop or nothing; seconds, as some browsers send them, are dropped.
    private static func parts(_ text: Substring) -> (hour: Int, minute: Int)? {
        let parts = text.split(omittingEmptySubsequences: false) { $0 == ":" || $0 == "." }
        guard let first = parts.first, let whole = digits(first) else { return nil }
        guard parts.count > 1 else {
            // Alone, a number beyond 24 is no hour that anybody means.
            if first.utf8.count <= 2 { return whole <= 24 ? (whole, 0) : nil }
            return (whole / 100, whole % 100)
        }
        guard parts.count <= 3, parts.allSatisfy({ $0.utf8.count <= 2 }), let minute = digits(parts[1]),
            parts.count == 2 || digits(parts[2]) != nil
        else { return nil }
        return (whole, minute)
    }

    /// One to four ASCII digits.
    private static func digits(_ text: Substring) -> Int? {
        guard (1...4).contains(text.utf8.count) else { return nil }
        return text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Int(text) : nil
    }
}
