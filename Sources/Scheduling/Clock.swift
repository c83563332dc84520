/// Where "now" comes from: the system, a standing instant for tests, or the system moved by a file.

import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// A source of the present time. It is a value handed to whoever needs it; nothing reads the system's clock directly.
package struct Clock: Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    package let milliseconds: @Sendable () -> Int64

    package init(milliseconds: @escaping @Sendable () -> Int64) {
        self.milliseconds = milliseconds
    }

    /// The present instant, the fraction of its second cut off.
    package var now: Instant { Instant(floorDivide(milliseconds(), 1_000)) }

    /// The machine's clock.
    package static let system = Clock {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// A clock that does not move.
    package static func standing(at instant: Instant) -> Clock {
        Clock { instant.seconds * 1_000 }
    }

    /// The machine's clock moved by the whole number of seconds written in `file` (`WORKESTRA_CLOCK_FILE`).
    ///
    /// The file is read again after each tenth of a second, so that a test can move a running program through time.
    /// A missing file, or one that holds no number of at most ±200 years, moves nothing.
    package static func shifted(by file: String) -> Clock {
        let shift = FileShift(file)
        return Clock {
            let now = system.milliseconds()
            return now + 1_000 * shift.seconds(at: now)
        }
    }
}

/// The number in a clock file, remembered for a tenth of a second.
private final class FileShift: Sendable {
    private let file: String
    private let last = Mutex<(readAt: Int64, seconds: Int64)?>(nil)

    init(_ file: String) {
        self.file = file
    }

    func seconds(at now: Int64) -> Int64 {
        last.withLock { last in
            if let last, abs(now - last.readAt) < 100 { return last.seconds }
            let seconds = read()
            last = (now, seconds)
            return seconds
        }
    }

    private func read() -> Int64 {
        let text = String(decoding: readFile(file, limit: 64) ?? [], as: UTF8.self)
        let number = text.split(whereSeparator: \.isWhitespace).first.flatMap { Int64($0) } ?? 0
        return abs(number.clamped(to: -limit...limit)) == limit ? 0 : number
    }

    private let limit: Int64 = 200 * 366 * 86_400
}

extension Int64 {
    fileprivate func clamped(to range: ClosedRange<Int64>) -> Int64 {
        Swift.min(Swift.max(self, range.lowerBound), range.upperBound)
    }
}
