/// The part of a form with details that asks for more meetings than one, and shows all dates before they are booked: of
/// attendees, and of hosts who book for somebody.
import Database
import Scheduling
import Web

struct SeriesFields {
    let link: Link
    let start: Instant
    let zone: Zone
    let clock: HourClock
    /// The dates, once more than one is asked for.
    let plan: SeriesPlan?
    let filled: Filled
    /// Nothing else is wrong: what is looked at now are the dates.
    let isAsked: Bool

    /// How many meetings, where the link repeats; nothing where it does not.
    var html: HTML {
        guard let series = link.rules.series else { return .empty }
        return number(series) + dates
    }

    private func number(_ series: LinkSeries) -> HTML {
        switch series.countIs {
        case .fixed:
            let words = say("\(series.count) meetings, \(series.rhythmWords), from this time on.")
            return "<p class=\"second\">\(Components.icon(.calendar)) \(words)</p>"
        case .most:
            let options = [("1", plain("Once"))] + (2...series.count).map { count in
                (String(count), plain("\(count) times, \(series.rhythmWords)"))
            }
            return Components.select("recurrence.count", plain("How often"), options, in: filled,
                                     hint: say("You see the dates before anything is booked."))
        }
    }

    /// Every meeting with its date: taken with it, left out, or at another time.
    private var dates: HTML {
        guard let plan else { return .empty }
        let conflicts = plan.conflicts.count
        let words = conflicts == 0
            ? say("All \(plan.occurrences.count) dates are free. Untick those you do not want, then confirm.")
            : say("""
                \(conflicts)|one:One date cannot be had. Choose another time for it or leave it out, then confirm.|\
                other:%1 dates cannot be had. Choose other times for them or leave them out, then confirm.
                """)
        return """
            \(Components.hidden("recurrence.seen", SeriesReading.seen(plan.count, start)))\
            <fieldset class="field" id="f-recurrence" tabindex="-1"\(if: isAsked, then: " autofocus")>\
            <legend>\(say("Dates"))</legend><p class="second" role="status">\(words)</p>\
            <ol class="rows" role="list">\(each: plan.occurrences, row)</ol></fieldset>
            """
    }

    private func row(_ occurrence: Occurrence) -> HTML {
        let (name, time) = ("recurrence.\(occurrence.index)", words(occurrence.start))
        guard occurrence.index > 0 else { return "<li><p><time>\(time)</time></p></li>" }
        guard occurrence.isFree else { return "<li>\(choice(occurrence, name, time))</li>" }
        let value = String(occurrence.start.seconds)
        let isTaken = filled.values["recurrence.seen"] != SeriesReading.seen(plan?.count ?? 0, start)
            || !filled[name].isEmpty
        return """
            <li><label class="choice"><input type="checkbox" id="f-\(name)" name="\(name)" value="\(value)"\
            \(if: isTaken, then: " checked")> <span><time>\(time)</time></span></label></li>
            """
    }

    private func choice(_ occurrence: Occurrence, _ name: String, _ time: String) -> HTML {
        let others = occurrence.alternatives.map { (String($0.seconds), words($0)) }
        var filled = filled
        // A time that cannot be had is no choice.
        if !others.contains(where: { $0.0 == filled[name] }) { filled.values[name] = "" }
        return Components.select(
            name, plain("\(time): \(occurrence.words)"), [("", plain("Leave it out"))] + others, in: filled)
    }

    private func words(_ start: Instant) -> String {
        let local = zone.local(at: start)
        return plain("[day and time] \(local.date.dayWordsWithYear), \(local.words(clock))")
    }
}

extension DetailsPage {
    var repeats: HTML {
        SeriesFields(
            link: link, start: start, zone: zone, clock: clock, plan: plan, filled: filled,
            isAsked: filled.errors.isEmpty && gone == nil).html
    }
}

extension BookForDetailsPage {
    var repeats: HTML {
        SeriesFields(
            link: link, start: start, zone: zone, clock: clock, plan: plan, filled: filled,
            isAsked: filled.errors.isEmpty && refusal == nil).html
    }
}

extension SeriesReading.Read {
    /// The dates for a page, or what is wrong about them.
    func plan(
        _ wish: BookingRequest, lasting minutes: Int, on link: ID<Link>, _ filled: inout Filled,
        _ installation: Installation, scope: Scope
    ) async throws -> SeriesPlan? {
        guard !filled.errors.contains(where: { $0.field == "start" }) else { return nil }
        // What was left out stays on the page, to be taken again. How much somebody has booked is for them to know,
        // once they have shown who they are.
        var (all, wish) = (self.wish, wish)
        (all.leftOut, wish.attendee.email) = ([], "")
        do {
            return try await PlanSeries(installation)(wish, all, lasting: minutes, link: link, scope: scope)
        } catch let invalid as Invalid {
            filled.errors += invalid.fields
            return nil
        }
    }
}
