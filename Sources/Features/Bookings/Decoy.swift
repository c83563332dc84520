/// What bots and the blocked get: an answer like any other, and nothing is booked.
import Scheduling
import Web

enum Decoy {
    /// The field that no person sees; what fills it in is a program.
    static let field = "website"

    /// Out of sight, out of the tab order and unread; under a name that programs like to fill in.
    static var html: HTML {
        """
        <div class="hidden" inert aria-hidden="true"><label for="f-website">\(say("Leave this empty"))</label>\
        <input id="f-website" name="website" tabindex="-1" autocomplete="off"></div>
        """
    }

    /// A booking that is nowhere, as the API tells one.
    static func reply(_ wish: BookingRequest, _ link: Link, _ installation: Installation) -> Reply {
        let world = installation.world
        let id: ID<Booking> = world.id()
        let minutes = link.rules.length(asked: wish.duration)
        let zone = world.zones.zone(wish.attendee.zone) ?? .utc
        let hosts = link.rules.kind.mode == .allOf ? link.hosts : Array(link.hosts.prefix(1))
        let ends = wish.start.adding(minutes: minutes)
        var booking = Booking(
            id: id, link: link.id, uid: "\(id)-\(world.token().prefix(10))@\(installation.host)",
            state: link.firstState(from: wish.start, to: ends, by: .visitor, now: world.now), anchorZone: zone.name,
            anchorLocal: TimeWords.wall(wish.start, in: zone), attendee: wish.attendee,
            location: wish.location ?? link.rules.firstLocation, hosts: hosts, answers: wish.answers,
            source: wish.source, utm: wish.utm, reason: "", createdAt: world.now, guests: wish.guests)
        booking.bookedBy = wish.bookedBy
        if link.hasSeats { booking.session = world.id() }
        return Reply(
            status: 201, body: BookingJSON(booking, link: link, zones: world.zones).json(token: world.token()).bytes)
    }
}

/// The same on a page: true in every word, should a person ever see it.
package struct DecoyPage: Page {
    let link: Link
    let workspaceName: WorkspaceName
    let start: Instant
    let email: String
    let zone: Zone
    let clock: HourClock

    package var html: HTML {
        let time: HTML = "<time>\(TimeWords.dayAndTime(start, in: zone, clock))</time>"
        let address: HTML = "<bdi>\(email)</bdi>"
        return Layout.publicPage(
            title: plain("Received: \(link.rules.title)"), workspaceName: workspaceName, foot: FindPage.foot(link), """
                <header class="stack near"><p>\(Components.state(.confirmed, plain("Received")))</p>\
                <h1 class="display">\(say("Your wish has arrived"))</h1>\
                <p class="second lead">\(say("\(time). What follows comes by mail to \(address)."))</p></header>\
                <p class="second">\(say("If no mail comes within the hour, ask \(link.hostWords) in another way."))</p>
                """)
    }

    package static var example: DecoyPage {
        DecoyPage(
            link: .example, workspaceName: "Nordhavn Instruments", start: Picker.example.times[0],
            email: "sam@example.org", zone: .utc, clock: .twentyFour)
    }
}
