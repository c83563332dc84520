/// The page that says of every time of a day whether it is free, and if not why and what would free it.
import Scheduling
import Web

/// `/calendar/troubleshooter`.
package struct TroubleshooterPage: Page {
    let principal: Principal
    let links: [Link]
    /// The one that is asked about.
    var link: Link?
    var filled = Filled.empty
    var day: ExplainedDay?

    package var html: HTML {
        let title = plain("Troubleshooter")
        return Layout.app(title: title, tab: .links, principal, """
            \(Components.crumbs([(plain("Links"), "/calendar/event-types")], title))\
            \(Components.pageHead(title, say("Pick a link and a day. Every time is either free or has a reason.")))\
            \(link == nil ? none : form)\(day.map { ExplainedDayPart(day: $0).html })
            """)
    }

    private var none: HTML {
        Components.empty(
            plain("No links yet"), say("Times are those of a link. Make one first."),
            action: Components.link(plain("Your links"), to: "/calendar/event-types", .primary))
    }

    /// Nothing is changed by asking, so the question is an address.
    private var form: HTML {
        let other = link.map { link in links.contains { $0.id == link.id } ? [] : [link] } ?? []
        let options = (other + links).map { ($0.id.text, $0.rules.title) }
        let lengths = (link?.rules.lengths.sorted() ?? []).map { (String($0), DateWords.duration(minutes: $0)) }
        return """
            <form class="ask-why" method="get" action="/calendar/troubleshooter">\
            \(Components.select("link", plain("Link"), options, in: filled))\
            \(Components.field("day", plain("Day"), in: filled, typing: .date))\
            \(if: lengths.count > 1, then: Components.select("duration", plain("Length"), lengths, in: filled))\
            \(Components.button(plain("Explain"), .primary))</form>
            """
    }

    package static var example: TroubleshooterPage {
        TroubleshooterPage(
            principal: .example, links: [.example], link: .example,
            filled: Filled(values: ["link": Link.example.id.text, "day": "2026-12-03"]))
    }
}

/// The answer: in a sentence, as a strip for each host, and reason by reason.
struct ExplainedDayPart: Sendable {
    let day: ExplainedDay

    var html: HTML {
        """
        <section class="stack near" id="answer" aria-labelledby="headline"><h2 id="headline">\(headline)</h2>\
        <p class="meta second">\(say("Times are in \(TimeWords.city(day.zone)) time."))</p>\(key)</section>\
        \(if: !day.starts.isEmpty, then: strips)\(reasons)
        """
    }

    private var headline: HTML {
        let (free, all, date) = (day.free.count, day.starts.count, day.date.dayWords)
        guard all > 0 else { return say("On \(date) this link has no times: \(closed).") }
        let words = plain(Sentence(
            "%1|one:On %2 bookers see %3 of one time.|other:On %2 bookers see %3 of %1 times.",
            [.number(all), .text(date), .number(free)]))
        return "\(words)"
    }

    /// Why a day without any start has none.
    private var closed: String {
        day.whole.pieces.max { $0.minutes < $1.minutes }?.words ?? Reason.outsideHours.hostWords
    }

    private var key: HTML {
        """
        <ul class="key" role="list"><li><i class="free"></i>\(say("Free"))</li>\
        <li><i class="busy"></i>\(say("Busy"))</li>\
        <li><i class="rule"></i>\(say("A rule of the link"))</li><li><i class="closed"></i>\(say("Closed"))</li></ul>
        """
    }

    // MARK: Strips

    private var strips: HTML {
        let strip = DayStrip(day.whole)
        return """
            <div class="stack near"><section class="host" aria-labelledby="all">\
            <p class="cut"><b id="all">\(say("What bookers see"))</b><br>\
            <span class="meta third">\(times(day.whole))</span></p>\
            \(strip.table(labelled: "all", hasHours: true))</section>\
            \(each: day.hosts.count > 1 ? Array(day.hosts.enumerated()) : [], { index, host in """
                <section class="host" aria-labelledby="host-\(index)">\
                <p class="cut"><b id="host-\(index)"><bdi>\(host.host.name)</bdi></b><br>\
                <span class="meta third">\(times(host.day))</span></p>\
                \(DayStrip(host.day, within: strip.range).table(labelled: "host-\(index)"))</section>
                """ })</div>
            """
    }

    private func times(_ preview: DayPreview) -> HTML {
        say("\(preview.times)|one:One time|other:%1 times")
    }

    // MARK: Reasons

    private var reasons: HTML {
        let groups = ExplainedGroup.groups(of: day)
        guard !groups.isEmpty else { return .empty }
        return """
            <section class="stack near" aria-labelledby="reasons"><h2 id="reasons">\
            \(say("Reasons, and what to do"))</h2><ul class="rows" role="list">\(each: groups, row)</ul></section>
            """
    }

    private func row(_ group: ExplainedGroup) -> HTML {
        let remedy = group.cause.remedy(day.link)
        let name = day.hosts.count > 1 ? group.host.flatMap { id in
            day.hosts.first { $0.host.id.text == id }?.host.name
        } : nil
        let who: HTML = name.map { "<bdi>\($0)</bdi>: " } ?? ""
        let nothing: HTML = "<span class=\"third\">\(say("Nothing to do"))</span>"
        return """
            <li class="row reason"><p class="when"><bdi dir="ltr">\(group.times(in: day.zone))</bdi></p>\
            <p><b>\(who)\(group.cause.words(in: day.zone))</b><br><span class="second">\(span(group.cause))\
            \(remedy?.words ?? group.cause.noRemedy)</span></p>\
            \(remedy.map { Components.link($0.label, to: $0.path) } ?? nothing)</li>
            """
    }

    /// When what is in the way is.
    private func span(_ cause: ExplainedCause) -> HTML {
        guard let span = cause.span else { return .empty }
        let range = TimeWords.range(span.start, span.end, in: day.zone, .twentyFour)
        return "<bdi dir=\"ltr\">\(range)</bdi>. "
    }
}

/// Starts in a row that one and the same thing closes.
struct ExplainedGroup: Sendable {
    var host: String?
    var cause: ExplainedCause
    var first: Instant
    var last: Instant

    func times(in zone: Zone) -> String {
        let (from, to) = (zone.local(at: first).words(.twentyFour), zone.local(at: last).words(.twentyFour))
        return from == to ? from : "\(from)–\(to)"
    }

    /// By their first start.
    static func groups(of day: ExplainedDay) -> [ExplainedGroup] {
        var groups: [ExplainedGroup] = []
        var open: [Key: Int] = [:]
        for start in day.starts {
            var now: [Key: Int] = [:]
            let causes = start.hosts.flatMap { host in host.causes.map { Key(host: host.host, cause: $0) } }
                + start.forAll.map { Key(host: nil, cause: $0) }
            for key in causes {
                if let place = open[key] {
                    groups[place].last = start.start
                    now[key] = place
                } else {
                    now[key] = groups.count
                    groups.append(ExplainedGroup(
                        host: key.host, cause: key.cause, first: start.start, last: start.start))
                }
            }
            open = now
        }
        return groups
    }

    private struct Key: Hashable {
        var host: String?
        var cause: ExplainedCause
    }
}
