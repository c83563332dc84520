/// The pages of resources: which there are, and one with its hours and the bookings that have it.
import Scheduling
import Web

struct ResourcesPage: Page {
    let principal: Principal
    let resources: [BookableResource]
    var done: String?

    static var example: ResourcesPage { ResourcesPage(principal: .example, resources: [.example]) }

    var html: HTML {
        Layout.app(title: plain("Rooms and more"), tab: .resources, principal, """
            \(if: done == "deleted", then: Components.banner(.notes, say("Deleted.")))\
            \(Components.pageHead(
                plain("Rooms and more"), say("What a meeting can need beside its hosts; one booking at a time has it."),
                actions: resources.isEmpty ? .empty : new))
            \(if: resources.isEmpty, then: nothing, else: list)
            """)
    }

    private var new: HTML {
        Components.link(plain("New"), to: "/calendar/admin/resources/new", .primary, icon: .plus)
    }

    private var nothing: HTML {
        Components.empty(
            plain("No rooms yet"), say("Add a room, a desk, a device or a car, then name it on a link that needs it."),
            action: new)
    }

    private var list: HTML {
        """
        <div class="scroll" tabindex="0" role="region" aria-label="\(plain("Rooms and more"))">\
        <table class="table cards"><thead><tr><th scope="col">\(say("Name"))</th><th scope="col">\(say("Kind"))</th>\
        <th scope="col">\(say("Seats"))</th><th scope="col">\(say("State"))</th></tr></thead>\
        <tbody>\(each: resources, row)</tbody></table></div>
        """
    }

    private func row(_ resource: BookableResource) -> HTML {
        let place: HTML = resource.place.isEmpty ? .empty
            : "<br><span class=\"third\"><bdi>\(resource.place)</bdi></span>"
        return """
            <tr><th scope="row"><a class="row-link" href="\(resource.path)"><bdi>\(resource.name)</bdi></a>\
            \(place)</th>\
            <td data-label="\(plain("Kind"))">\(resource.kind.words)</td>\
            <td class="second" data-label="\(plain("Seats"))">\
            \(resource.seats.map { String($0) } ?? plain("any number"))</td>\
            <td data-label="\(plain("State"))">\
            \(resource.isActive ? plain("Can be taken") : plain("Switched off"))</td></tr>
            """
    }
}

struct ResourcePage: Page {
    let principal: Principal
    /// Nil for a new one.
    let resource: BookableResource?
    var form: Filled
    var hours: WeeklyHours
    var upcoming: [ResourceBooking] = []
    /// The viewer's.
    var zone = Zone.utc
    var clock = HourClock.twentyFour
    var refusal: String?
    var done: String?

    static var example: ResourcePage {
        ResourcePage(
            principal: .example, resource: .example, form: BookableResource.example.filled,
            hours: WeeklyHours(Schedule.defaultWeekly))
    }

    private var title: String { resource?.name ?? plain("New room or device") }

    var html: HTML {
        let said = done == "made" ? say("It is there. Name it on a link that needs it.") : say("Saved.")
        return Layout.app(title: title, tab: .resources, principal, """
            \(Components.crumbs([(plain("Rooms and more"), "/calendar/admin/resources")], title))\
            \(refusal.map { Components.banner(.fails, "\($0)") })\
            \(if: done != nil, then: Components.banner(.notes, said, isMet: true))\
            \(Components.pageHead(title, answer))\
            \(Components.form(action: resource?.path ?? "/calendar/admin/resources", csrf: principal, fields))\
            \(resource.map { bookings($0) })\(resource.map { deletion($0) })
            """)
    }

    private var answer: HTML {
        guard let resource else { return say("One booking at a time has it.") }
        guard !resource.isActive, !upcoming.isEmpty else { return "\(resource.kind.words)" }
        return say("""
            \(upcoming.count)|one:It is switched off. One upcoming booking keeps it.|\
            other:It is switched off. %1 upcoming bookings keep it.
            """)
    }

    private var fields: HTML {
        let kinds = ResourceKind.allCases.map { ($0.rawValue, $0.words) }
        return """
            \(Components.mistakes(form))\(Components.hidden("version", form["version"]))\
            \(Components.field("name", plain("Name"), in: form))\
            \(Components.select("kind", plain("Kind"), kinds, in: form))\
            \(Components.field("seats", plain("Seats"), in: form, typing: .number,
                               hint: say("How many attendees it is for, guests included."),
                               optional: plain("any number"), short: true))\
            \(Components.field("place", plain("Where it is"), in: form,
                               hint: say("Attendees read it, such as “2nd floor, on the left”."),
                               optional: plain("optional")))\
            \(Components.checkbox("active", plain("Can be taken"), in: form))\
            \(Components.select("hoursFrom", plain("When it can be taken"), [
                ("always", plain("Day and night")), ("own", plain("Only in these hours")),
            ], in: form))\
            <div class="own-hours" role="group" aria-label="\(plain("Hours"))">\(hours.html)\
            \(Components.field("timezone", plain("Time zone of the hours"), in: form))</div>\
            <p class="line">\(Components.button(plain("Save"), .primary))\
            \(Components.link(plain("Back"), to: "/calendar/admin/resources", .quiet))</p>
            """
    }

    private func bookings(_ resource: BookableResource) -> HTML {
        let list: HTML = upcoming.isEmpty ? "<p class=\"second\">\(say("No upcoming booking has it."))</p>" : """
            <ul class="rows" role="list">\(each: upcoming, row)</ul>
            """
        return """
            <section class="stack near" aria-labelledby="upcoming"><h2 class="label" id="upcoming">\
            \(say("Upcoming bookings"))</h2>\(list)</section>
            """
    }

    private func row(_ booking: ResourceBooking) -> HTML {
        let (from, to) = (zone.local(at: booking.starts), zone.local(at: booking.ends))
        return """
            <li><p><a class="inline" href="\(Path("/calendar/bookings/\(booking.id)"))">\(from.date.shortDayWords), \
            \(DateWords.range(from: from, to: to, clock))</a>\
            <br><span class="second"><bdi>\(booking.title)</bdi>, <bdi>\(booking.attendee)</bdi></span></p></li>
            """
    }

    /// Asks before it deletes, without script.
    private func deletion(_ resource: BookableResource) -> HTML {
        """
        <details class="revoke"><summary class="button quiet">\(say("Delete it"))</summary>\
        <form class="stack near" method="post" action="\(Path("/calendar/admin/resources/\(resource.id)/deletion"))">\
        \(Components.csrf(principal))<p>\(say("Links no longer find it. Bookings of the past keep its name."))</p>\
        \(Components.button(plain("Delete “\(resource.name)”"), .danger))</form></details>
        """
    }
}
