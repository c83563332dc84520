/// A meeting as a guest of it sees it: when, where and by whom; neither answers nor the addresses of others.
import Scheduling
import Web

package struct GuestPage: Page {
    let booking: Booking
    let link: Link
    let workspaceName: WorkspaceName
    let token: String
    /// Their address.
    let guest: String
    let zone: Zone
    let now: Instant
    /// What was refused a moment ago, said above everything.
    var refusal: String?

    private var isGuest: Bool { booking.guests.contains { $0.lowercased() == guest.lowercased() } }
    private var host: String { booking.hosts.first?.name ?? workspaceName.text }

    package var html: HTML {
        guard isGuest else { return farewell }
        let state = BookingWords.state(booking.state.status)
        return Layout.publicPage(
            title: plain("\(state): \(link.rules.title)"), workspaceName: workspaceName, """
                \(refusal.map { Components.banner(.fails, "\($0)") })\
                <header class="stack near"><p>\(Components.state(BookingWords.mark(booking.state.status), state))</p>\
                \(heading)</header>\(Components.pairs(pairs))\(decline)
                """)
    }

    private var heading: HTML {
        let day = zone.local(at: booking.state.starts).date.dayWordsWithYear
        let range = TimeWords.range(booking.state.starts, booking.state.ends, in: zone, .usual)
        let city = say("\(TimeWords.city(zone)) time.")
        guard booking.state.status != .cancelled else {
            return """
                <h1 class="display">\(say("This meeting is cancelled"))</h1>\
                <p class="second lead"><s>\(day), <time>\(range)</time></s>, \(city)</p>
                """
        }
        return "<h1 class=\"display\">\(day),<br><time>\(range)</time></h1><p class=\"second lead\">\(city)</p>"
    }

    private var pairs: [(String, HTML)] {
        var pairs: [(String, HTML)] = [
            (plain("What"), "\(link.rules.title)"),
            (plain("With"), "<bdi>\(booking.hosts.map(\.name).joined(separator: ", "))</bdi>"),
            (plain("Where"), BookingFacts(booking: booking, link: link).place),
        ]
        if booking.tellsGuests { pairs.append((plain("Invited by"), "<bdi>\(booking.attendee.name)</bdi>")) }
        return pairs + [(plain("You"), "<bdi>\(guest)</bdi>")]
    }

    private var decline: HTML {
        guard booking.state.status == .confirmed, now < booking.state.starts else { return .empty }
        let name: HTML = "<bdi>\(booking.attendee.name)</bdi>", host: HTML = "<bdi>\(host)</bdi>"
        let told = booking.tellsGuests
            ? say("\(name) and \(host) are told by mail, and the meeting stays for all others.")
            : say("\(host) is told by mail, and the meeting stays for all others.")
        return """
            <section class="stack near" aria-labelledby="decline"><h2 class="label" id="decline">\
            \(say("You cannot come?"))</h2>\
            <p class="second">\(told)</p>\
            \(Components.form(action: Path("/booking/guest/\(token)/decline"), """
                <p>\(Components.button(plain("I will not come"), icon: .x))</p>
                """))</section>
            """
    }

    /// To who has said so, or was taken off: no more of the meeting than they knew.
    private var farewell: HTML {
        let title = plain("You are no longer a guest")
        let name: HTML = "<bdi>\(booking.tellsGuests ? booking.attendee.name : host)</bdi>"
        return Layout.publicPage(title: title, workspaceName: workspaceName, """
            <header class="stack near"><h1 class="display">\(title)</h1>\
            <p class="second lead">\(say("""
                The meeting goes on without you. If that is a mistake, ask \(name) to name you again.
                """))</p></header>
            """)
    }

    package static var example: GuestPage {
        var booking = Booking.example
        booking.guests = ["grace@example.com"]
        return GuestPage(
            booking: booking, link: .example, workspaceName: "Nordhavn Instruments", token: "example",
            guest: "grace@example.com", zone: .utc, now: booking.createdAt)
    }
}
