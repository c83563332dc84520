/// Reads how many meetings a booker asks for, from the page's form or the API's body.
import Scheduling
import Web

enum SeriesReading {
    /// What was asked for; and whether the dates of it stood before whoever pressed.
    struct Read: Sendable {
        var wish: SeriesWish
        var isSeen: Bool
    }

    /// Nil for a single meeting.
    static func read(_ fields: inout Fields, link: Link, start: Instant) -> Read? {
        let given = fields.json("recurrence")
        guard let series = link.rules.series else {
            if given != nil {
                fields.fail("recurrence", "invalid", SeriesRefusal.notRepeating.message)
            }
            return nil
        }
        if let given {
            fields.refuseOthers(than: ["count", "exceptions"], in: given, of: "recurrence")
        }
        guard let count = count(&fields, series), count > 1 else { return nil }
        var wish = SeriesWish(count: count)
        guard fields.isForm else {
            readExceptions(&fields, into: &wish)
            return Read(wish: wish, isSeen: true)
        }
        let isSeen = fields.text("recurrence.seen", 0...60) == seen(count, start)
        if isSeen { readRows(&fields, into: &wish) }
        return Read(wish: wish, isSeen: isSeen)
    }

    /// Tells whether the dates on a page are those of this wish.
    static func seen(_ count: Int, _ start: Instant) -> String { "\(count).\(start.seconds)" }

    /// The fixed number, or what was chosen up to the most.
    private static func count(_ fields: inout Fields, _ series: LinkSeries) -> Int? {
        let label = plain("Number of meetings")
        switch series.countIs {
        case .fixed:
            let count = fields.optionalInteger("recurrence.count", series.count...series.count, label: label)
            // What is wrong is said; whoever says nothing gets what the link gives.
            return count ?? series.count
        case .most:
            guard fields.has("recurrence.count") else {
                if fields.json("recurrence") != nil {
                    fields.fail("recurrence.count", "missing", plain("Say how many meetings."))
                }
                return nil
            }
            return fields.optionalInteger("recurrence.count", 1...series.count, label: label)
        }
    }

    /// `exceptions`: meetings that are left out (`start` null) or are at another time.
    private static func readExceptions(_ fields: inout Fields, into wish: inout SeriesWish) {
        let last = wish.count - 1
        let read = fields.list("recurrence.exceptions", atMost: last, label: plain("Exceptions")) { element in
            // Null leaves the meeting out.
            (element.integer("index", 1...last, label: plain("Index")),
             element.json("start") == nil ? nil : element.instant("start"))
        }
        for (index, start) in read {
            if let start { wish.moved[index] = start } else { wish.leftOut.insert(index) }
        }
        for index in wish.leftOut { wish.moved[index] = nil }
    }

    /// A row for each meeting but the first: its time, another one, or nothing.
    private static func readRows(_ fields: inout Fields, into wish: inout SeriesWish) {
        for index in 1..<wish.count {
            let text = fields.text("recurrence.\(index)", 0...20)
            guard !text.isEmpty else {
                wish.leftOut.insert(index)
                continue
            }
            guard let start = Int64(text).flatMap(Instant.init(bounded:)) else {
                fields.fail("recurrence.\(index)", "invalid", plain("Choose one of the times."))
                continue
            }
            wish.moved[index] = start
        }
    }
}
