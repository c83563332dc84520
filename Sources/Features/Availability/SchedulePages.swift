/// The pages of schedules: the list, and the form that makes and changes one.
import Scheduling
import Web

/// `/calendar/schedules`.
package struct SchedulesPage: Page {
    let principal: Principal
    /// The default first.
    let own: [Schedule]
    let others: [OwnedSchedule]
    /// The titles of the links that follow each.
    let links: [ID<Schedule>: [String]]
    var refusal: String?

    package var html: HTML {
        let answer = own.isEmpty
            ? say("Nobody can book you yet: there are no hours.")
            : say("\(own.count)|one:One schedule says when you work.|other:%1 schedules say when you work.")
        return Layout.app(title: plain("Schedules"), tab: .schedules, principal, """
            \(Components.pageHead(plain("Schedules"), answer, actions: """
                \(Components.link(plain("Time away"), to: "/calendar/schedules/away", icon: .leave))\
                \(Components.link(plain("New schedule"), to: "/calendar/schedules/new", .primary, icon: .plus))
                """))\(refusal.map { Components.banner(.fails, "\($0)") })\(ownPart)\(othersPart)
            """)
    }

    private var ownPart: HTML {
        guard !own.isEmpty else {
            return Components.empty(
                plain("No schedules yet"), say("A schedule is a week of hours in which others can book you."),
                action: Components.link(plain("New schedule"), to: "/calendar/schedules/new", .primary))
        }
        return """
            <ul class="rows" role="list">\
            \(each: own.indices, { row(own[$0], owner: nil, isDefault: $0 == 0) })</ul>
            """
    }

    private var othersPart: HTML {
        guard !others.isEmpty else { return .empty }
        return """
            <section class="stack near" aria-labelledby="others">\
            \(Components.sectionHead(plain("Of others"), id: "others"))\
            <ul class="rows" role="list">\
            \(each: others, { row($0.schedule, owner: $0.ownerName, isDefault: false) })</ul></section>
            """
    }

    private func row(_ schedule: Schedule, owner: String?, isDefault: Bool) -> HTML {
        let links = links[schedule.id] ?? []
        let page = Path("/calendar/schedules/\(schedule.id)")
        return """
            <li class="link-row schedule-row"><div class="stack tight">\
            <h2><a href="\(page)"><bdi>\(schedule.name)</bdi></a></h2>\
            <p class="meta third">\(owner.map { "<bdi>\($0)</bdi> · " })\(schedule.zone) · \
            \(ScheduleWords.use(links))</p></div>\(if: isDefault, then: "<span class=\"tag\">\(say("Default"))</span>")\
            <div class="line end">\(if: owner == nil && !isDefault, then: """
                <form method="post" action="\(Path("/calendar/schedules/\(schedule.id)/default"))">\
                \(Components.csrf(principal))\(Components.button(plain("Make default"), .quiet))</form>
                """)\(if: links.isEmpty, then: deletion(schedule))</div></li>
            """
    }

    private func deletion(_ schedule: Schedule) -> HTML {
        """
        <details class="revoke"><summary class="button quiet">\(say("Delete"))</summary>\
        <form class="stack near" method="post" action="\(Path("/calendar/schedules/\(schedule.id)/deletion"))">\
        \(Components.csrf(principal))<p>\(say("“\(schedule.name)” goes for good. No link follows it."))</p>\
        \(Components.button(plain("Delete the schedule"), .danger))</form></details>
        """
    }

    package static var example: SchedulesPage {
        let schedule = ScheduleWords.example
        return SchedulesPage(
            principal: .example, own: [schedule], others: [], links: [schedule.id: ["Introduction", "Deep talk"]])
    }
}

/// Words on schedules that more than one page says.
enum ScheduleWords {
    static func use(_ links: [String]) -> String {
        links.isEmpty ? plain("No link follows it") : plain("Followed by \(links.joined(separator: ", "))")
    }

    static var example: Schedule {
        Schedule(
            id: ID(milliseconds: 0, random: [UInt8](repeating: 5, count: 10)), name: "Oslo, customer hours",
            zone: "Europe/Oslo", weekly: Schedule.defaultWeekly)
    }
}

/// `/calendar/schedules/new` and `/calendar/schedules/<id>`.
package struct ScheduleEditorPage: Page {
    let principal: Principal
    /// Nil while it is being made.
    let owned: OwnedSchedule?
    /// Titles of the links that follow it.
    let links: [String]
    let zones: [String]
    var hours: WeeklyHours
    var filled: Filled
    var zone = Zone.utc
    /// The first date that differs on the page; those before it are over.
    var firstDate = LocalDate(daysSince1970: 0)
    var now = Instant(0)
    /// What saving would do, when somebody has asked.
    var changes: [HoursChange]?
    var notice: HTML = .empty
    /// Whose a new one is, and whose else it can be.
    var person: ActedFor?
    var people: [ActedFor] = []
    var conflict: String?

    /// The same page with Monday's times on the other working days, not saved.
    var copied: ScheduleEditorPage {
        var page = self
        page.hours.copy(1, to: [2, 3, 4, 5])
        page.filled.errors = []
        page.notice = Components.banner(
            .notes, say("Monday’s times are on Tuesday to Friday. They are not saved yet."))
        return page
    }

    package var html: HTML {
        let title = owned?.schedule.name ?? plain("New schedule")
        return Layout.app(title: title, tab: .schedules, principal, """
            \(Components.crumbs([(plain("Schedules"), "/calendar/schedules")], title))\
            \(Components.pageHead(title, answer, actions: buttons))\
            \(person?.chooser(people, action: "/calendar/schedules/new"))\(notice)\
            \(conflict.map { Components.banner(.fails, "\($0)") })\(changesPart)\(form)
            """)
    }

    private var answer: HTML {
        guard let owned else {
            guard let person, !person.isOwn else { return say("A week of hours in which others can book you.") }
            return say("A week of hours in which others can book \(person.name).")
        }
        let use = ScheduleWords.use(links)
        guard owned.owner == principal.user else { return say("\(owned.ownerName)’s schedule. \(use).") }
        let time = zone.local(at: now).words(.twentyFour)
        return say("\(use). \(owned.schedule.zone), \(time) now.")
    }

    /// The first button of a form is what the enter key presses: saving.
    private var buttons: HTML {
        """
        \(Components.button(owned == nil ? plain("Make the schedule") : plain("Save"), .primary, name: "then",
                            value: "save", form: "hours"))\
        \(if: owned != nil, then: Components.button(plain("See what changes"), icon: .eye, name: "then", value: "look",
                                                    form: "hours"))
        """
    }

    private var form: HTML {
        let action = owned.map { Path("/calendar/schedules/\($0.schedule.id)") } ?? "/calendar/schedules"
        return Components.form(action: action, csrf: principal, id: "hours", kept: true, """
            \(Components.mistakes(filled))\(person?.field)\
            \(owned.map { Components.hidden("version", filled.values["version"] ?? String($0.schedule.version)) })\
            <div class="two">\(Components.field("name", plain("Name"), in: filled))\
            \(Components.select("timezone", plain("Time zone of these hours"),
                                zones.map { ($0, $0.replacing("_", with: " ")) }, in: filled))</div>\
            <fieldset class="stack near"><legend class="lead">\(say("Every week"))</legend>\
            \(hours.html(asksNextDay: true))\
            <div>\(Components.button(plain("Copy Monday to Tuesday–Friday"), .quiet, icon: .copy, name: "then",
                                     value: "copy"))</div></fieldset>\
            \(overrides)<p class="line">\(buttons)\
            \(Components.link(plain("Back to schedules"), to: "/calendar/schedules", .quiet))</p>
            """)
    }

    /// The dates there are, and two empty rows for more.
    private var overrides: HTML {
        let numbers = filled.values.keys.filter { $0.hasPrefix("overrides.") }
            .compactMap { $0.split(separator: ".").dropFirst().first.flatMap { Int($0) } }
        let used = Set(numbers.filter {
            !filled["overrides.\($0).date"].isEmpty || !filled["overrides.\($0).times"].isEmpty
        }).filter { (0..<10_000).contains($0) }.sorted()
        let next = (used.last ?? -1) + 1
        return """
            <fieldset class="stack near"><legend class="lead">\(say("Dates that differ"))</legend>\
            <p class="hint">\(say("These times replace the week’s on that date. Leave them empty to close it."))
            \(say("After midnight go on counting: 26:00 is 02:00 of the next day."))</p>\
            \(each: used + [next, next + 1], row)</fieldset>
            """
    }

    private func row(_ index: Int) -> HTML {
        let name = "overrides.\(index)"
        let isStored = !filled["\(name).date"].isEmpty
        return """
            <div class="override">\
            \(Components.field("\(name).date", plain("Date \(index + 1)"), in: filled, typing: .date, optional: ""))\
            \(Components.field("\(name).times", plain("Times on date \(index + 1)"), in: filled, optional: "",
                               placeholder: "09:00–12:00, 13:00–17:00"))\
            \(if: isStored, then: Components.checkbox("\(name).remove", plain("Remove date \(index + 1)"), in: filled))\
            </div>
            """
    }

    // MARK: Before saving

    private var changesPart: HTML {
        guard let changes else { return .empty }
        let moved = changes.filter { !($0.appears.isEmpty && $0.vanishes.isEmpty && $0.outside.isEmpty) }
        return """
            <section class="well stack" id="changes" aria-labelledby="changes-title" role="status">\
            <h2 id="changes-title">\(say("Nothing is saved yet"))</h2>\
            <p>\(sum(moved))</p>\
            \(each: moved, change)</section>
            """
    }

    /// What becomes of all links together.
    private func sum(_ changes: [HoursChange]) -> HTML {
        let days = LookFirst.days
        let more = changes.map(\.appears.count).reduce(0, +), fewer = changes.map(\.vanishes.count).reduce(0, +)
        let appear = plain("\(more)|one:one time appears|other:%1 times appear")
        let vanish = plain("\(fewer)|one:one time vanishes|other:%1 times vanish")
        return switch (more > 0, fewer > 0) {
        case (false, false): say("In the days that can be booked, up to \(days) ahead, no time of any link changes.")
        case (false, true): say("In the days that can be booked, up to \(days) ahead, \(vanish) and none appears.")
        case (true, false): say("In the days that can be booked, up to \(days) ahead, \(appear) and none vanishes.")
        case (true, true): say("In the days that can be booked, up to \(days) ahead, \(vanish) and \(appear).")
        }
    }

    private func change(_ change: HoursChange) -> HTML {
        let (more, fewer) = (change.appears.count, change.vanishes.count)
        let appear = say("\(more)|one:One time appears:|other:%1 times appear:")
        let vanish = say("\(fewer)|one:One time vanishes:|other:%1 times vanish:")
        return """
            <div class="stack tight"><h3><bdi>\(change.link.rules.title)</bdi></h3>\
            \(times(change.appears, in: change.zone, appear))\(times(change.vanishes, in: change.zone, vanish))\
            \(if: !change.outside.isEmpty, then: outside(change))</div>
            """
    }

    /// Meetings that are booked already: nothing is cancelled by itself.
    private func outside(_ change: HoursChange) -> HTML {
        let words = say("""
            \(change.outside.count)|one:One booking lies outside the new hours. It stays as it is:|\
            other:%1 bookings lie outside the new hours. They stay as they are:
            """)
        return """
            <p><b>\(words)</b></p><ul class="mistakes">\(each: change.outside.prefix(Self.shownMeetings), { row in
                let time = TimeWords.dayAndTime(row.booking.state.starts, in: change.zone)
                return """
                    <li><a class="inline" href="\(Path("/calendar/bookings/\(row.booking.id)"))">\(time)</a> · \
                    <bdi>\(row.booking.attendee.name)</bdi></li>
                    """
            })</ul>\(if: change.outside.count > Self.shownMeetings, then: "<p>…</p>")
            """
    }

    private func times(_ starts: [Instant], in zone: Zone, _ words: HTML) -> HTML {
        guard !starts.isEmpty else { return .empty }
        let shown = starts.prefix(Self.shownTimes).map { start in
            let local = zone.local(at: start)
            return plain("[short day and time] \(local.date.shortDayWords), \(local.words(.twentyFour))")
        }
        return """
            <p><b>\(words)</b> \(shown.joined(separator: " · "))\(if: starts.count > Self.shownTimes, then: " …")</p>
            """
    }

    private static let shownTimes = 5
    private static let shownMeetings = 20

    package static var example: ScheduleEditorPage {
        let schedule = ScheduleWords.example
        let owned = OwnedSchedule(schedule: schedule, owner: Principal.example.user, ownerName: "Ingrid")
        var page = ScheduleEditorPage(
            principal: .example, owned: owned, links: ["Introduction"], zones: ["Europe/Oslo", "UTC"],
            hours: WeeklyHours(schedule.weekly),
            filled: Filled(values: [
                "name": schedule.name, "timezone": schedule.zone, "overrides.0.date": "2026-12-24",
                "overrides.0.times": "09:00–12:00",
            ]))
        page.changes = [HoursChange(
            link: .example, zone: .utc, appears: [Instant(1_796_029_200)], vanishes: [Instant(1_796_032_800)])]
        return page
    }
}
