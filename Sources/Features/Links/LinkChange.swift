/// What saving a link would change in the next 60 days: the times that appear and those that vanish.
import Database
import Scheduling
import Web

package struct LinkChange: Sendable, Equatable {
    /// How far ahead it looks, in days.
    package static let days = 60
    /// Told one by one; the others are counted.
    private static let shown = 5

    package var appears: [Instant]
    package var vanishes: [Instant]
    package var zone: Zone

    package init(from old: [Instant], to new: [Instant], zone: Zone) {
        let (olds, news) = (Set(old), Set(new))
        appears = new.filter { !olds.contains($0) }
        vanishes = old.filter { !news.contains($0) }
        self.zone = zone
    }

    /// - Parameter hours: typed and not yet stored; nil for those of the schedule.
    static func read(
        of stored: Link, becoming typed: Link, hours: [[Window]]?, now: Instant, _ times: LinkTimes, _ scope: Scope,
        _ tx: Transaction
    ) throws -> LinkChange {
        let end = now.adding(days: days)
        let (before, _) = try times(stored, nil, now, end, scope, tx)
        let (after, zone) = try times(typed, hours, now, end, scope, tx)
        return LinkChange(from: before.slots().map(\.start), to: after.slots().map(\.start), zone: zone)
    }

    var html: HTML {
        let (more, fewer) = (appears.count, vanishes.count)
        let days = Self.days
        guard more + fewer > 0 else {
            return "<p class=\"meta second\">\(say("In the next \(days) days no time appears or vanishes."))</p>"
        }
        let appear = say("\(more)|one:One time appears:|other:%1 times appear:")
        let vanish = say("\(fewer)|one:One time vanishes:|other:%1 times vanish:")
        return """
            <p class="meta second">\(say("Saving changes the next \(days) days."))</p>\
            \(if: more > 0, then: told(appear, appears))\(if: fewer > 0, then: told(vanish, vanishes))
            """
    }

    private func told(_ words: HTML, _ starts: [Instant]) -> HTML {
        let times = starts.prefix(Self.shown).map { start in
            let local = zone.local(at: start)
            return plain("[short day and time] \(local.date.shortDayWords), \(local.words(.twentyFour))")
        }
        return """
            <p class="meta"><b>\(words)</b> \(times.joined(separator: " · "))\
            \(if: starts.count > Self.shown, then: " …")</p>
            """
    }
}
