/// The page on which a link is made and changed, section by section, with the day beside it.
import Scheduling
import Web

/// `/settings/booking-links/new` and `/settings/booking-links/<id>`.
package struct LinkEditorPage: Page {
    let principal: Principal
    /// Nil while it is being made.
    let link: Link?
    let address: String
    var filled: Filled
    let hours: WeeklyHours
    let zone: String
    /// Those by the attendee's clock.
    var bookerHours = LinkFields.usualBookerHours
    /// The schedules the link may follow: id and name.
    var schedules: [(String, String)] = []
    /// What happened a moment ago, such as “Saved”.
    var notice: HTML = .empty
    /// A save that somebody else's came before.
    var conflict: String?
    /// Free slugs where the one typed is taken.
    var proposals: [String] = []
    var preview: LinkPreview?
    var state: LinkState?
    /// Upcoming bookings that still tell the old title or place.
    var outdated = 0
    var people = LinkPeople()
    /// Whose it is alone, and whose else a new one can be.
    var person: ActedFor?
    var persons: [ActedFor] = []
    /// What its template keeps.
    var locks: LinkLocks?
    /// It is a template of so many links.
    var madeFromIt: Int?

    package var html: HTML {
        let title = link?.rules.title ?? newTitle
        return Layout.app(title: title, tab: .links, principal, """
            \(Components.crumbs([(plain("Links"), "/calendar/event-types")], title))\
            \(Components.pageHead(title, answer, actions: actions))\(whose)\(notice)\
            \(conflict.map { Components.banner(.fails, "\($0)") })\(offer)\(madeFrom)\(sections)\
            <div class="split">\(form)\(preview?.html)</div>
            """)
    }

    private var newTitle: String {
        guard let person, !person.isOwn else { return plain("New link") }
        return plain("New link for \(person.name)")
    }

    /// Whose link it is, where it is not one's own; of a new one, a choice.
    private var whose: HTML? {
        guard let person else { return nil }
        guard link != nil else { return person.chooser(persons, action: "/settings/booking-links/new") }
        return person.isOwn ? nil : "<p class=\"second\">\(say("A link of \(person.name)."))</p>"
    }

    private var answer: HTML {
        guard let link else {
            guard let person, !person.isOwn else {
                return say("Others pick a time with you at the address you choose.")
            }
            return say("Others pick a time with \(person.name) at the address you choose.")
        }
        let url = "<bdi dir=\"ltr\">\(address + link.path.text)</bdi>" as HTML
        return state?.words ?? say("Bookable at \(url)")
    }

    private var actions: HTML {
        guard let link else { return .empty }
        let turns: HTML = !link.rotates ? .empty
            : Components.link(plain("Distribution"), to: Path("/settings/booking-links/\(link.id)/distribution"))
        let line: HTML = !link.rules.waitlist.isOn ? .empty
            : Components.link(plain("Waitlist"), to: Path("/settings/booking-links/\(link.id)/waitlist"))
        return """
            \(turns)\(line)\
            \(Components.link(plain("Share and embed"), to: Path("/settings/booking-links/\(link.id)/embed")))\
            \(Components.copyButton(address + link.path.text, label: plain("Copy link")))\
            \(Components.newTab(plain("Open as a booker"), to: link.path, icon: .eye))\
            \(Components.button(plain("Save"), .primary, form: "link"))
            """
    }

    /// Nobody is told anything unless its host wants that.
    private var offer: HTML {
        guard let link, outdated > 0 else { return .empty }
        let words = say("""
            \(outdated)|one:One upcoming booking still has the title or place from before.|\
            other:%1 upcoming bookings still have the title or place from before.
            """)
        return Components.banner(.notes, words, actions: Components.form(
            action: Path("/settings/booking-links/\(link.id)/bookings"), csrf: principal, style: "line",
            Components.button(plain("Change them and tell people"))))
    }

    /// Where it comes from, or what was made from it.
    private var madeFrom: HTML {
        if let locks {
            let isItself = locks.template == link?.id
            let words = isItself ? say("""
                This link is a template. What it keeps of others’ links can be read here and changed by an admin \
                alone; the rest is yours.
                """) : say("""
                Made from the template “\(locks.title)”. What the template keeps can be read here and changed by an \
                admin alone; the rest is yours.
                """)
            return Components.banner(.notes, words)
        }
        guard let link, let madeFromIt else { return .empty }
        let words = madeFromIt == 0 ? say("This is a template, of which nobody has a link yet.") : say("""
            \(madeFromIt)|one:One link is made from this template and follows what it keeps.|\
            other:%1 links are made from this template and follow what it keeps.
            """)
        return Components.banner(.notes, words, actions: Components.link(
            plain("Open the template"), to: Path("/calendar/admin/managed-links/\(link.id)")))
    }

    private var sections: HTML {
        let hosts = people.mayChoose || people.hosts.count > 1 ? [("hosts", plain("Hosts"))] : []
        let names: [(String, String)] = [("what", plain("What"))] + hosts + [
            ("when", plain("When")), ("seats", plain("Places")),
            ("rhythm", plain("Limits")), ("hours", plain("Weekly hours")),
            ("where", plain("Where")), ("questions", plain("Questions")), ("door", plain("Who can book")),
            ("approval", plain("Approval")),
            ("proof", plain("Strangers and bots")),
            ("repeats", plain("Repeats")), ("waitlist", plain("Waitlist")),
            ("after", plain("After booking")), ("changes", plain("Changes")), ("share", plain("Websites")),
        ]
        return """
            <nav class="tabs" aria-label="\(plain("Sections of this link"))">\(each: names, { name in
                "<a href=\"\(Path("").fragment(name.0))\">\(name.1)</a>"
            })</nav>
            """
    }

    private var form: HTML {
        let action = link.map { Path("/settings/booking-links/\($0.id)") } ?? "/settings/booking-links"
        return Components.form(action: action, csrf: principal, id: "link", kept: true, """
            \(Components.mistakes(filled))\(link == nil ? person?.field : nil)\
            \(link.map { Components.hidden("version", filled.values["version"] ?? String($0.version)) })\
            \(LinkSections(filled: filled, address: address, zone: zone, proposals: proposals, schedules: schedules,
                           hours: hours, bookerHours: bookerHours, isNew: link == nil, people: people,
                           locks: locks).html)\
            <p class="line">\(Components.button(link == nil ? plain("Make the link") : plain("Save"), .primary))\
            \(Components.link(plain("Back to links"), to: "/calendar/event-types", .quiet))</p>
            """)
    }

    package static var example: LinkEditorPage {
        LinkEditorPage(
            principal: .example, link: .example, address: "https://meet.example",
            filled: LinkFields.filled(.example, hasOwnHours: false, zone: .utc),
            hours: WeeklyHours(Schedule.defaultWeekly), zone: "Europe/Oslo")
    }
}
