/// The day beside the editor, true to scale: what bookers see under the rules in the form.
import Database
import Scheduling
import Web

/// The engine's question for a link, made from stored rows; handed in by the wiring, since bookings know how.
///
/// `hours` stand in for those of the link's schedule when they are typed and not yet stored.
package typealias LinkTimes = @Sendable (
    _ link: Link, _ hours: [[Window]]?, _ from: Instant, _ to: Instant, _ scope: Scope, _ tx: Transaction
) throws -> (question: SlotQuestion, zone: Zone)

/// What the aside shows.
package struct LinkPreview: Sendable {
    package var day: DayPreview
    package var minutes: Int
    /// Set when the rules are those typed: how many times there are under those stored.
    package var storedTimes: Int?
    /// What saving would do, where the rules are those typed.
    package var change: LinkChange?
    /// The stored link, whose missing times can be explained.
    package var explained: ID<Link>?
    /// Whether it was asked for, and should be met by the eye.
    package var isAsked = false

    /// - Parameters:
    ///   - stored: the link as it is, where `link` is one that is only typed.
    ///   - date: a day somebody picked; else the first with a free time within two weeks, or today.
    static func make(
        _ link: Link, hours: [[Window]]?, stored: Link? = nil, isAsked: Bool = false, on date: LocalDate?,
        _ routes: LinkRoutes, scope: Scope
    ) async throws -> LinkPreview {
        let (times, now) = (routes.times, routes.installation.world.now)
        let picked = date.flatMap { abs($0.daysSince1970 - Int(now.seconds / 86_400)) <= farthest ? $0 : nil }
        return try await routes.installation.database.read(scope) { tx in
            let date = try picked ?? firstDay(link, hours: hours, now: now, times, scope, tx)
            var preview = LinkPreview(
                day: try day(link, hours: hours, on: date, times, scope, tx), minutes: link.rules.duration)
            preview.isAsked = isAsked
            preview.storedTimes = try stored.map { try day($0, hours: nil, on: date, times, scope, tx).times }
            preview.change = try stored.map {
                try .read(of: $0, becoming: link, hours: hours, now: now, times, scope, tx)
            }
            preview.explained = stored?.id ?? (isAsked ? nil : link.id)
            return preview
        }
    }

    /// Three years: farther than any window, near enough for every calendar.
    private static let farthest = 3 * 366

    private static func firstDay(
        _ link: Link, hours: [[Window]]?, now: Instant, _ times: LinkTimes, _ scope: Scope, _ tx: Transaction
    ) throws -> LocalDate {
        let (question, zone) = try times(link, hours, now, now.adding(days: 14), scope, tx)
        return zone.local(at: question.slots().first?.start ?? now).date
    }

    private static func day(
        _ link: Link, hours: [[Window]]?, on date: LocalDate, _ times: LinkTimes, _ scope: Scope, _ tx: Transaction
    ) throws -> DayPreview {
        // A day more on both sides: the zone is known only with the answer.
        let midnight = Zone.utc.instant(of: date)
        let (question, zone) = try times(link, hours, midnight.adding(days: -2), midnight.adding(days: 3), scope, tx)
        return DayPreview(question, on: date, zone: zone)
    }

    var html: HTML {
        """
        <aside class="well stack near day-preview" aria-labelledby="preview">\
        <div class="section-head"><h2 id="preview"\(if: isAsked, then: " tabindex=\"-1\" autofocus")>\
        \(day.date.dayWords)</h2><span class="end">\(step(plain("Day before"), -1, .left))\
        \(step(plain("Day after"), 1, .right))</span></div>\
        <p class="meta second">\(answer)</p>\(change?.html)\(list)\(controls)\(why)</aside>
        """
    }

    private var answer: HTML {
        let length = DateWords.duration(minutes: minutes)
        let count = say("\(day.times)|one:One time of \(length).|other:%1 times of \(length).")
        guard let storedTimes, storedTimes != day.times else { return count }
        let more = day.times - storedTimes
        let change = more > 0 ? say("\(more)|one:One more than now.|other:%1 more than now.")
            : say("\(-more)|one:One fewer than now.|other:%1 fewer than now.")
        return "\(count) \(change)"
    }

    /// What lies before the first and after the last moment that is not closed is said in one line each.
    private var list: HTML {
        let first = day.pieces.firstIndex { $0.kind != .closed }
        let last = day.pieces.lastIndex { $0.kind != .closed }
        guard let first, let last else {
            return "<ol class=\"day\" role=\"list\">\(each: day.pieces, closedLine)</ol>"
        }
        return """
            <ol class="day" role="list">\(each: day.pieces[..<first], closedLine)\
            \(each: day.pieces[first...last], piece)\(each: day.pieces[(last + 1)...], closedLine)</ol>
            """
    }

    private func closedLine(_ piece: DayPreview.Piece) -> HTML {
        "<li><time>\(time(piece.starts))</time><p class=\"closed\">\(piece.words)</p></li>"
    }

    private func piece(_ piece: DayPreview.Piece) -> HTML {
        // Five minutes are the finest the picture has; the words stay exact.
        let drawn = max(5, (piece.minutes + 2) / 5 * 5)
        return """
            <li class="h\(drawn / 60) m\(drawn % 60)"><time>\(time(piece.starts))</time>\
            <p class="\(piece.kind.rawValue)"><span>\(piece.words)</span></p></li>
            """
    }

    private func time(_ instant: Instant) -> String { day.zone.local(at: instant).words(.twentyFour) }

    /// They send the form beside it, so nothing typed is lost; nothing is saved.
    private var controls: HTML {
        """
        <div class="line"><label class="hidden" for="f-day">\(say("Day"))</label>\
        <input class="input" id="f-day" name="day" type="date" value="\(day.date.description)" form="link">\
        \(Components.button(plain("Preview"), name: "preview", value: "typed", form: "link"))</div>\
        <p class="meta third">\(say("Shows what the form says now, without saving. Times are in \(day.zone.name)."))</p>
        """
    }

    private var why: HTML {
        guard let explained else { return .empty }
        let path = Path("/calendar/troubleshooter").adding(query: [
            ("link", explained.text), ("day", day.date.description),
        ])
        return "<p class=\"meta\"><a class=\"inline\" href=\"\(path)\">\(say("Why is a time missing?"))</a></p>"
    }

    private func step(_ label: String, _ days: Int, _ icon: Icon) -> HTML {
        """
        <button class="icon-button" name="preview" value="\(day.date.adding(days: days).description)" form="link" \
        aria-label="\(label)">\(Components.icon(icon, flip: true))</button>
        """
    }
}
