/// The page that shows how a link's bookings fell to its hosts, and why each went to whom.
import Scheduling
import Web

/// `/settings/booking-links/<id>/distribution`.
package struct DistributionPage: Page {
    let principal: Principal
    let distribution: Distribution
    let clock: HourClock
    /// The viewer's, for times of bookings.
    let zone: Zone
    var filled = Filled.empty

    private static let mostRows = 50

    private var link: Link { distribution.link }
    private var path: Path { Path("/settings/booking-links/\(link.id)/distribution") }

    package var html: HTML {
        let title = plain("Distribution")
        return Layout.app(title: title, tab: .links, principal, """
            \(Components.crumbs([
                (plain("Links"), "/calendar/event-types"),
                (link.rules.title, Path("/settings/booking-links/\(link.id)")),
            ], title))\
            \(Components.pageHead(title, answer, actions: months))\(shares)\(check)\(choices)\(others)
            """)
    }

    private var month: LocalDate? { distribution.period.map { distribution.zone.local(at: $0.start).date } }

    private var answer: HTML {
        let count = distribution.made.count { $0.counts }
        let total = say("\(count)|one:One booking counts|other:%1 bookings count")
        guard let month else { return "\(total), \(say("of all time"))." }
        return "\(total), \(say("in \(month.monthWords)"))."
    }

    private var months: HTML {
        guard let month else { return .empty }
        let (before, after) = (month.adding(days: -1).firstOfMonth, month.adding(days: 31).firstOfMonth)
        return """
            \(Components.iconLink(plain("Month before"), to: address(before), .left, flip: true))\
            \(Components.iconLink(plain("Month after"), to: address(after), .right, flip: true))
            """
    }

    private func address(_ month: LocalDate) -> Path {
        path.adding(query: [("month", String(month.description.prefix(7)))])
    }

    // MARK: Shares

    private var shares: HTML {
        let isReplayed = distribution.lines.contains { $0.replayed != nil }
        return """
            <section class="stack near" aria-labelledby="shares"><h2 class="label" id="shares">\(say("Shares"))</h2>\
            <div class="scroll" tabindex="0" role="region" aria-label="\(plain("Shares of the hosts"))">\
            <table class="table"><thead><tr><th scope="col">\(say("Host"))</th>\
            \(if: link.hasPools, then: "<th scope=\"col\">\(say("Pool"))</th>")<th scope="col">\(say("Priority"))</th>\
            <th scope="col">\(say("Weight"))</th><th scope="col">\(say("Bookings"))</th>\
            <th scope="col">\(say("Due"))</th><th scope="col">\(say("Behind"))</th>\
            <th scope="col">\(say("Last"))</th>\
            \(if: isReplayed, then: "<th scope=\"col\">\(say("With these weights"))</th>")</tr></thead><tbody>\
            \(each: distribution.lines, line)</tbody></table></div>\
            <p class="meta third">\(say("Due is what the weight entitles to; behind is due less bookings."))</p>\
            </section>
            """
    }

    private func line(_ line: Distribution.Line) -> HTML {
        let last = line.standing.last.map { TimeWords.dayAndTime($0, in: zone, clock) } ?? plain("never")
        let replayed = line.replayed.map { count -> HTML in "<td>\(count)</td>" }
        return """
            <tr><th scope="row"><bdi>\(line.host.name)</bdi></th>\
            \(line.pool.map { "<td>\($0)</td>" as HTML })<td>\(line.standing.priority)</td>\
            <td>\(line.standing.weight) (\(Self.tenths(line.share)) %)</td><td>\(line.standing.counted)</td>\
            <td>\(Self.tenths(line.due))</td><td>\(Self.tenths(line.shortfall))</td><td>\(last)</td>\(replayed)</tr>
            """
    }

    /// `1.5`, `−0.3`.
    private static func tenths(_ number: Double) -> String {
        let tenths = Int((number * 10).rounded())
        return "\(tenths < 0 ? "−" : "")\(abs(tenths) / 10).\(abs(tenths) % 10)"
    }

    // MARK: Choices

    private var check: HTML {
        guard !distribution.made.isEmpty else { return .empty }
        let count = distribution.differences.count
        guard count > 0 else {
            return "<p class=\"second\">\(say("Made again, every choice comes out the same."))</p>"
        }
        let words = say("""
            \(count)|one:Made again, one choice comes out differently: hosts, days away or bookings changed since.|\
            other:Made again, %1 choices come out differently: hosts, days away or bookings changed since.
            """)
        return Components.banner(.notes, words)
    }

    private var choices: HTML {
        let made = distribution.made.reversed().filter { principal.acts(on: [$0.host]) }
        guard !made.isEmpty else { return "<p>\(say("Nobody has been given a booking in this time."))</p>" }
        return """
            <section class="stack near" aria-labelledby="choices"><h2 class="label" id="choices">\
            \(say("Who was given what, and why"))</h2>\
            <ol class="steps history" role="list">\(each: made.prefix(Self.mostRows), choice)</ol></section>
            """
    }

    private func choice(_ made: Assignment) -> HTML {
        let (name, when) = (distribution.name(made.host.text), TimeWords.dayAndTime(made.starts, in: zone, clock))
        let eligible = made.judged.eligible.map(distribution.name).joined(separator: ", ")
        let others: HTML = made.ground.needsNoOthers ? .empty : say("Free were: \(eligible).")
        let differs = distribution.differences[made.number].map { difference -> HTML in
            let other = difference.host.map(distribution.name) ?? plain("nobody")
            return "<p class=\"third\">\(say("Made again, it would go to \(other)."))</p>"
        }
        return """
            <li><time class="meta third">\(TimeWords.dayAndTime(made.at, in: zone, clock))</time><div>\
            <p><b><bdi>\(name)</bdi></b>: <a class="inline" href="\(Path("/calendar/bookings/\(made.booking)"))">\
            \(when)</a>\(if: !made.counts, then: " · \(say("does not count"))")</p>\
            <p class="second">\(made.reason(name)) \(others)</p>\(differs)</div></li>
            """
    }

    // MARK: Other weights

    /// It only looks, so it asks by GET.
    private var others: HTML {
        guard distribution.lines.count > 1 else { return .empty }
        return """
            <section class="stack near" aria-labelledby="others"><h2 class="label" id="others">\
            \(say("What other weights would have done"))</h2>\
            <form class="form" method="get" action="\(path)">\(Components.mistakes(filled))\
            \(month.map { Components.hidden("month", String($0.description.prefix(7))) })\
            <div class="two">\(each: distribution.lines, { line in
                Components.field("weight.\(line.host.id)", plain("Weight of \(line.host.name)"), in: filled,
                                 typing: .number, short: true)
            })</div>\
            <p class="hint">\(say("Among those who were free then. Nothing is changed."))</p>\
            <p>\(Components.button(plain("Show")))</p></form></section>
            """
    }

    package static var example: DistributionPage {
        let standing = Rotation.Standing(host: LinkHost.example.id.text, priority: 2, weight: 100)
        var link = Link.example
        link.rules.kind = .roundRobin
        let distribution = Distribution(
            link: link, period: nil, zone: .utc,
            lines: [Distribution.Line(host: .example, standing: standing, share: 100)], made: [], differences: [:],
            names: [:])
        return DistributionPage(principal: .example, distribution: distribution, clock: .twentyFour, zone: .utc)
    }
}
