/// The addresses at which a host picks free times of a link and takes them along as text for a mail.
import Database
import Scheduling
import Web

struct OfferRoutes: Sendable {
    let installation: Installation

    init(_ installation: Installation) { self.installation = installation }

    var routes: [Route] {
        [
            Route(.get, "/settings/booking-links/:id/offer", .signedIn(.manageLinks), show),
            Route(.post, "/settings/booking-links/:id/offer/times", .signedIn(.manageLinks), pick),
        ] + KeptOfferRoutes(installation).routes
    }

    private var world: World { installation.world }

    /// Nothing is stored: what was picked is in the address.
    private func show(_ request: Request) async throws -> Answer {
        let (principal, link) = try await link(request)
        return try await page(principal, link, request.query)
    }

    /// The page as it was sent, with what is wrong about it.
    func again(
        _ principal: Principal, _ link: Link, _ data: FormData, filled: Filled, alert: HTML = .empty, status: Int
    ) async throws -> Answer {
        try await page(principal, link, data, filled: filled, alert: alert, status: status)
    }

    private func page(
        _ principal: Principal, _ link: Link, _ data: FormData, filled: Filled = .empty, alert: HTML = .empty,
        status: Int = 200
    ) async throws -> Answer {
        let (scope, starts) = (principal.scope, Offer.starts(data))
        let form = FormToken(world: world).text(keyring: installation.keyring)
        let page = try await installation.database.read(scope) { tx in
            let viewer = try Viewer(principal, installation, in: tx)
            var wanted = PickerAsk(data, zones: world.zones, now: world.now)
            let namesZone = wanted.zone != nil
            let zone = wanted.zone ?? viewer.zone
            wanted.zone = zone
            // Where the last one was picked, the next one may be.
            if wanted.day == nil, wanted.month == nil, let last = starts.last { wanted.show(zone.local(at: last).date) }
            var picker = try Picker.load(
                link, wanted, for: Booker(), installation: installation, scope: scope, in: tx)
            picker.times.removeAll(where: starts.contains)
            let offer = Offer(
                link: link, starts: starts, minutes: picker.minutes, zone: picker.zone, address: installation.address)
            var page = OfferPage(
                principal: principal, picker: picker, offer: offer,
                zones: wanted.choosesZone ? world.zones.names : [], namesZone: namesZone, form: form, alert: alert)
            page.kept = try KeptOfferStore.open(of: link.id, now: world.now, scope: scope, in: tx)
            page.filled = filled
            return page
        }
        return .page(page.html, status: status)
    }

    private func pick(_ request: Request) async throws -> Answer {
        let (principal, link) = try await link(request)
        let data = try request.form()
        let wanted = PickerAsk(data, zones: world.zones, now: world.now)
        guard let start = wanted.start else {
            let alert = BookingRoutes.alert(plain("Pick one of the times below."))
            return try await page(principal, link, data, alert: alert, status: 422)
        }
        var starts = Offer.starts(data)
        if !starts.contains(start), starts.count < Offer.mostTimes { starts.append(start) }
        let zone = try await installation.database.read(principal.scope) { tx in
            try wanted.zone ?? Viewer(principal, installation, in: tx).zone
        }
        let duration = wanted.duration.map { [("duration", String($0))] } ?? []
        let address = PickerAddress(
            base: Path("/settings/booking-links/\(link.id)/offer"), zone: wanted.zone?.name, clock: wanted.clock,
            extra: Offer.pairs(starts) + duration)
        return .redirect(address.path([("day", zone.local(at: start).date.description)]))
    }

    /// The link of the path, when this person may see it.
    func link(_ request: Request) async throws -> (Principal, Link) {
        let principal = try request.signedIn()
        return (principal, try await ownLink(try request.parameter("id"), principal, installation))
    }
}

/// Picked times of a link as somebody else reads them.
struct Offer: Sendable {
    static let mostTimes = 10

    let link: Link
    let starts: [Instant]
    let minutes: Int
    let zone: Zone
    /// The public address of the installation.
    let address: String
    /// Of the offer, where its times are kept, and until when they are; some end earlier.
    var token: String?
    var until: Instant?
    var earlier: [Instant: Instant] = [:]

    /// What an address or a form says was picked; nothing of it is believed.
    static func starts(_ data: FormData) -> [Instant] {
        let given = data.all("starts").compactMap { Int64($0).flatMap(Instant.init(bounded:)) }
        return Array(given.reduce(into: [Instant]()) { if !$0.contains($1) { $0.append($1) } }.prefix(mostTimes))
    }

    static func pairs(_ starts: [Instant]) -> [(String, String)] { starts.map { ("starts", String($0.seconds)) } }

    /// Leads to the details with the time chosen; when it is gone, to the nearest ones.
    func url(_ start: Instant) -> String {
        let duration = minutes == link.rules.duration ? [] : [("duration", String(minutes))]
        let query = [("start", start.rfc3339())] + duration + [("timezone", zone.name)]
            + [token.map { ("offer", $0) }].compactMap(\.self)
        return address + link.path.adding(query: query).text
    }

    func words(_ start: Instant) -> String {
        let date = zone.local(at: start).date
        return "\(date.dayWords), \(TimeWords.range(start, start.adding(minutes: minutes), in: zone))"
    }

    /// The time, and until when it is kept where that is less than is said of all.
    private func line(_ start: Instant) -> String {
        guard let until = earlier[start] else { return words(start) }
        return plain("\(words(start)) (kept until \(TimeWords.dayAndTime(until, in: zone)))")
    }

    var head: String {
        let what = plain(
            "\(link.rules.title), \(DateWords.duration(minutes: minutes)). Times are \(TimeWords.city(zone)) time.")
        guard let until else { return what }
        return "\(what) " + plain("They are kept for you until \(TimeWords.dayAndTime(until, in: zone)).")
    }

    var other: String { plain("None of these suits? See all free times:") }

    /// For mail programs that write plain text.
    var text: String {
        let lines = starts.sorted().map { "\(line($0))\n\(url($0))" }
        return ([head] + lines + ["\(other)\n\(address)\(link.path.text)"]).joined(separator: "\n\n") + "\n"
    }

    /// For those that write HTML: no style of ours, so that it looks like the rest of the mail.
    var html: HTML {
        let lines: [HTML] = starts.sorted().compactMap { start in
            WebURL(url(start)).map { url in "<li><a href=\"\(url)\">\(line(start))</a></li>" }
        }
        let all: HTML? = WebURL(address + link.path.text).map { url in
            "<p>\(other) <a href=\"\(url)\">\(url.text)</a></p>"
        }
        return "<p>\(head)</p><ul>\(HTML(lines))</ul>\(all)"
    }
}

extension Offer {
    /// Times that are kept, with their token where it is known.
    init(_ kept: KeptOffer, link: Link, zone: Zone, address: String, token: String?) {
        self.init(
            link: link, starts: kept.times.map(\.start), minutes: kept.minutes, zone: zone, address: address,
            token: token, until: kept.expires)
        for time in kept.times where time.expires < kept.expires { earlier[time.start] = time.expires }
    }

    /// To be copied: as text, and as HTML for who wants it.
    var boxes: HTML {
        let (text, html) = (text, String(decoding: html.bytes, as: UTF8.self))
        let filled = Filled(values: ["text": text, "html": html])
        return """
            \(Components.textarea("text", plain("As text"), in: filled,
                                  hint: say("Each address leads to the form with its time chosen.")))\
            <p>\(Components.copyButton(text, label: plain("Copy the text"), .primary))</p>\
            <details class="more"><summary class="button quiet">\(Components.icon(.code))\(say("As HTML"))</summary>\
            <div class="stack near">\(Components.textarea("html", plain("HTML"), in: filled))\
            <p>\(Components.copyButton(html, label: plain("Copy the HTML")))</p></div></details>
            """
    }
}

/// `/settings/booking-links/<id>/offer`.
package struct OfferPage: Page {
    let principal: Principal
    let picker: Picker
    let offer: Offer
    let zones: [String]
    let namesZone: Bool
    /// Signed: keeping times twice with it keeps them once.
    let form: String
    var alert: HTML = .empty
    /// Offers of the link whose times are kept now.
    var kept: [KeptOffer] = []
    var filled = Filled.empty

    package var html: HTML {
        let link = picker.link
        let path = Path("/settings/booking-links/\(link.id)/offer")
        let duration = picker.minutes == link.rules.duration ? [] : [("duration", String(picker.minutes))]
        let address = PickerAddress(
            base: path, zone: namesZone ? picker.zone.name : nil, clock: picker.clock,
            extra: Offer.pairs(offer.starts) + duration)
        let carried = HTML(address.extra.map { Components.hidden($0.0, $0.1) })
        let part = PickerPart(
            picker: picker, address: address, action: Path("/settings/booking-links/\(link.id)/offer/times"),
            hidden: Components.csrf(principal) + carried, zones: zones, alert: alert)
        let above: [(String, Path)] = [
            (plain("Links"), "/calendar/event-types"), (link.rules.title, Path("/settings/booking-links/\(link.id)")),
        ]
        let answer = say("""
            Pick up to \(Offer.mostTimes) and put them into a mail. They stay free for everybody, unless you keep them.
            """)
        let list = KeptOfferList(
            offers: kept, titles: [link.id: link.rules.title], zone: picker.zone, clock: picker.clock)
        return Layout.app(title: plain("Offer times"), tab: .links, principal, """
            \(Components.crumbs(above, plain("Offer times")))\
            \(Components.pageHead(plain("Offer times of “\(link.rules.title)”"), answer))\
            \(chosen(address))\(LengthChoice(picker: picker, address: bare(address)).html)\
            \(part.html)\(list.html)
            """)
    }

    /// Times of another length are other times.
    private func bare(_ address: PickerAddress) -> PickerAddress {
        var address = address
        address.extra = []
        return address
    }

    private func chosen(_ address: PickerAddress) -> HTML {
        guard !offer.starts.isEmpty else { return .empty }
        let keep = KeepForm(
            principal: principal, link: picker.link, carried: address.extra + (namesZone ? [
                ("timezone", picker.zone.name),
            ] : []), form: form, filled: filled)
        return """
            <section class="stack near" aria-labelledby="chosen"><h2 class="label" id="chosen">\
            \(say("\(offer.starts.count)|one:One time so far|other:%1 times so far"))</h2>\
            <ul class="chips" role="list">\(each: offer.starts.sorted(), { start in chip(start, address) })</ul>\
            \(offer.boxes)\(keep.html)</section>
            """
    }

    private func chip(_ start: Instant, _ address: PickerAddress) -> HTML {
        var less = address
        less.extra.removeAll { $0 == ("starts", String(start.seconds)) }
        return """
            <li><a class="chip" href="\(less.path())"><span>\(offer.words(start))</span>\
            <span class="hidden">\(say(", take this time off"))</span>\(Components.icon(.x))</a></li>
            """
    }

    package static var example: OfferPage {
        let offer = Offer(
            link: .example, starts: [Booking.example.state.starts], minutes: 30, zone: .utc,
            address: "https://meet.example")
        return OfferPage(
            principal: .example, picker: .example, offer: offer, zones: [], namesZone: false, form: "example")
    }
}
