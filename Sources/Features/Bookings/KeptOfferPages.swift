/// What a host sees of times that are kept: the form that keeps them, the page of one offer, and where they are listed.
import Scheduling
import Web

/// Below the times that were picked: keeps them free for a while.
struct KeepForm {
    let principal: Principal
    let link: Link
    /// What stands in the page's address: the times, their length, the zone.
    let carried: [(String, String)]
    /// Signed: pressed twice it is one offer.
    let form: String
    var filled = Filled.empty

    private static let days = [1, 2, 3, 5, 7, KeptOffer.mostDays]

    var html: HTML {
        var filled = filled
        if filled["days"].isEmpty { filled.values["days"] = "3" }
        let choices = Self.days.map { (String($0), plain("\($0)|one:One day|other:%1 days")) }
        return """
            <details class="more"\(if: !filled.errors.isEmpty, then: " open")><summary class="button quiet">\
            \(Components.icon(.clock))\(say("Keep these times free"))</summary>\
            \(Components.form(action: Path("/settings/booking-links/\(link.id)/offers"), csrf: principal, """
                \(Components.mistakes(filled))\(HTML(carried.map { Components.hidden($0.0, $0.1) }))\
                \(Components.hidden("form", form))\
                <p class="second">\(say("""
                    Nobody else can book them meanwhile. Whoever has the addresses can: the first to pick one gets it, \
                    and the others are free again.
                    """))</p>\
                <div class="two">\(Components.select("days", plain("How long"), choices, in: filled))\
                \(Components.field("whom", plain("For whom"), in: filled,
                                   hint: say("Only you and your colleagues see it."),
                                   optional: plain("optional")))</div>\
                <p>\(Components.button(plain("Keep them free")))</p>
                """))</details>
            """
    }
}

/// The offers that are open, each with the way to its page.
struct KeptOfferList {
    let offers: [KeptOffer]
    /// The titles of their links.
    let titles: [ID<Link>: String]
    let zone: Zone
    let clock: HourClock

    var html: HTML {
        guard !offers.isEmpty else { return .empty }
        return """
            <section class="stack near" aria-labelledby="kept"><h2 class="label" id="kept">\
            \(say("Times kept for somebody"))</h2>\
            <ul class="rows" role="list">\(each: offers, row)</ul></section>
            """
    }

    private func row(_ offer: KeptOffer) -> HTML {
        let until = TimeWords.dayAndTime(offer.expires, in: zone, clock)
        let count = offer.times.count
        let first = offer.times.first.map { TimeWords.dayAndTime($0.start, in: zone, clock) } ?? ""
        let more = say("\(count - 1)|one:and one more|other:and %1 more")
        return """
            <li class="row"><div class="stack tight"><a class="row-link tall" href="\(offer.path)">\
            <bdi>\(offer.whom.isEmpty ? titles[offer.link] ?? "" : offer.whom)</bdi></a>\
            <span class="second"><time>\(first)</time>\(if: count > 1, then: " \(more)")</span></div>\
            <span class="third">\(say("until \(until)"))</span></li>
            """
    }
}

extension KeptOffer {
    var path: Path { Path("/settings/booking-links/\(link)/offers/\(id)") }
}

/// `/settings/booking-links/<id>/offers/<offer>`.
package struct KeptOfferPage: Page {
    let principal: Principal
    let link: Link
    let offer: KeptOffer
    /// Nil when the key file is another: then the addresses cannot be told again.
    let token: String?
    /// The public address of the installation.
    let address: String
    let zone: Zone
    let clock: HourClock
    /// The zone its text speaks.
    let textZone: Zone
    let now: Instant

    package var html: HTML {
        let title = offer.whom.isEmpty ? plain("Kept times") : plain("Times kept for \(offer.whom)")
        let own = Path("/settings/booking-links/\(link.id)")
        return Layout.app(title: title, tab: .links, principal, """
            \(Components.crumbs([
                (plain("Links"), "/calendar/event-types"), (link.rules.title, own),
                (plain("Offer times"), Path("/settings/booking-links/\(link.id)/offer")),
            ], title))\(Components.pageHead(title, answer))\
            <ul class="rows" role="list">\(each: offer.times, row)</ul>\(text)\(deeds)
            """)
    }

    private var state: KeptOfferState { offer.state(now: now) }

    private var answer: HTML {
        let until = TimeWords.dayAndTime(offer.expires, in: zone, clock)
        switch state {
        case .open: return say("Kept free until \(until). The first to pick one gets it; the others are free again.")
        case .taken: return say("One of them is booked. The others are free again.")
        case .released: return say("You let them go: they are free for everybody.")
        case .lapsed: return say("Nobody picked one by \(until). They are free for everybody.")
        }
    }

    private func row(_ time: KeptOffer.Time) -> HTML {
        let ends = time.start.adding(minutes: offer.minutes)
        let day = zone.local(at: time.start).date.dayWords
        let words = "\(day), \(TimeWords.range(time.start, ends, in: zone, clock))"
        let isKept = state == .open && now < time.expires
        let mark: HTML = isKept ? Components.state(.held, plain("Kept free")) : .empty
        let early: HTML = state == .open && time.expires < offer.expires
            ? "<br><span class=\"third\">\(say("until \(TimeWords.dayAndTime(time.expires, in: zone, clock))"))</span>"
            : .empty
        return "<li class=\"line\"><span>\(if: isKept, then: "<time>\(words)</time>", else: "<s>\(words)</s>")"
            + "\(early)</span>\(mark)</li>"
    }

    private var text: HTML {
        guard state == .open, let token else { return .empty }
        let offered = Offer(offer, link: link, zone: textZone, address: address, token: token)
        return """
            <section class="stack near" aria-labelledby="text"><h2 class="label" id="text">\
            \(say("Put them into a mail"))</h2>\(offered.boxes)</section>
            """
    }

    private var deeds: HTML {
        let booking: HTML = offer.booking.map { id in
            Components.link(plain("The booking"), to: Path("/calendar/bookings/\(id)"), .primary)
        } ?? .empty
        let more = Components.link(
            plain("Offer other times"), to: Path("/settings/booking-links/\(link.id)/offer"), .quiet)
        guard state == .open else { return "<p class=\"line\">\(booking)\(more)</p>" }
        return """
            \(Components.form(
                action: Path("/settings/booking-links/\(link.id)/offers/\(offer.id)/release"), csrf: principal,
                style: "line", Components.button(plain("Let these times go"), .danger)))
            """
    }

    package static var example: KeptOfferPage {
        KeptOfferPage(
            principal: .example, link: .example, offer: .example, token: "example", address: "https://meet.example",
            zone: .utc, clock: .twentyFour, textZone: .utc, now: KeptOffer.example.createdAt)
    }
}
