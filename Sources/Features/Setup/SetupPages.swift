/// The screens of the set-up: owner, hours, first link, and the address to send around.
import Scheduling
import Web

/// Which of the four screens, and the frame they share.
enum SetupStep: Int, CaseIterable {
    case owner = 1, hours, link, done

    /// A screen with its number, what it is for, and its form.
    func page(
        title: String, why: HTML, workspaceName: String, back: Path? = nil, _ content: HTML
    ) -> HTML {
        Layout.publicPage(title: title, workspaceName: WorkspaceName(workspaceName), shape: .column, foot: [], """
            <header class="stack near"><p class="meta third">\(progress(back))</p>\
            <h1 class="display">\(title)</h1><p class="second lead">\(why)</p></header>\(content)
            """)
    }

    private func progress(_ back: Path?) -> HTML {
        let place = say("Step \(rawValue) of \(Self.allCases.count)")
        guard let back else { return place }
        return "\(place) · <a href=\"\(back)\">\(say("Back"))</a>"
    }
}

/// Screen 1, public: whoever has the console's token becomes the owner.
struct OwnerPage: Page {
    let token: String
    var form = Filled.empty

    static var example: OwnerPage { OwnerPage(token: "example") }

    var html: HTML {
        SetupStep.owner.page(
            title: plain("Set up Workestra"),
            why: say("You will own this workspace. In three more steps you have a page others can book you on."),
            workspaceName: "Workestra",
            Components.form(action: "/setup", """
                \(Components.mistakes(form))\(Components.hidden("token", token))\
                \(Components.field("name", plain("Your name"), in: form, autocomplete: "name"))\
                \(Components.field("email", plain("E-mail"), in: form, typing: .email,
                                   hint: say("You sign in with it, and your bookings are mailed to it."),
                                   autocomplete: "username"))\
                \(Components.field("password", plain("Password"), in: form, typing: .password,
                                   hint: say("At least 8 characters. Three or four words in a row are a good one."),
                                   autocomplete: "new-password"))\
                \(Components.field("workspace", plain("Name of the workspace"), in: form,
                                   hint: say("Your company or team, as bookers should read it."),
                                   autocomplete: "organization"))\
                <div>\(Components.button(plain("Make the workspace"), .primary))</div>
                """))
    }
}

/// Screen 2: when the owner can be booked.
struct HoursPage: Page {
    let principal: Principal
    let zones: [String]
    let hours: WeeklyHours
    /// Whether the zone is a guess of ours, which the script may better.
    let isGuess: Bool
    var form: Filled

    static var example: HoursPage {
        HoursPage(
            principal: .example, zones: ["Europe/Oslo", "UTC"], hours: WeeklyHours(Schedule.defaultWeekly),
            isGuess: true, form: Filled(values: ["timezone": "UTC"]))
    }

    var html: HTML {
        SetupStep.hours.page(
            title: plain("When can you be booked?"),
            why: say("These hours hold every week. You can change them later, also for one link alone."),
            workspaceName: principal.workspaceName,
            Components.form(action: "/setup/hours", csrf: principal, """
                \(Components.mistakes(form))\(zone)\
                <fieldset class="field"><legend>\(say("Weekly hours"))</legend>\(hours.html)</fieldset>\
                <div>\(Components.button(plain("Save hours and go on"), .primary))</div>
                """))
    }

    private var zone: HTML {
        let options = zones.map { ($0, $0.replacing("_", with: " ")) }
        let field = Components.select(
            "timezone", plain("Your time zone"), options, in: form, hint: say("The hours below are in this zone."))
        return isGuess ? "<div data-here>\(field)</div>" : field
    }
}

/// Screen 3: the first link.
struct FirstLinkPage: Page {
    let principal: Principal
    /// Where links live: `https://meet.example.org/book/`.
    let base: String
    var form: Filled

    static var example: FirstLinkPage {
        FirstLinkPage(
            principal: .example, base: "https://meet.example/book/",
            form: Filled(values: ["title": "30 minute meeting", "slug": "ingrid", "durationMinutes": "30"]))
    }

    var html: HTML {
        SetupStep.link.page(
            title: plain("Your first booking link"),
            why: say("A link is an address where others pick a time with you."),
            workspaceName: principal.workspaceName, back: "/setup/hours",
            Components.form(action: "/setup/link", csrf: principal, """
                \(Components.mistakes(form))\
                \(Components.field("title", plain("Title"), in: form, hint: say("What bookers read first.")))\
                \(Components.field("durationMinutes", plain("Length in minutes"), in: form, typing: .number,
                                   short: true))\
                \(Components.field("slug", plain("Address"), in: form, hint: say("It follows \(base)")))\
                \(Components.hidden("locations.0.kind", LocationKind.custom.rawValue))\
                \(Components.field("locations.0.text", plain("Where you meet"), in: form,
                                   hint: say("A place, a phone number, or a room on the web. Bookers get it by mail."),
                                   optional: plain("optional")))\
                <div>\(Components.button(plain("Open the link"), .primary))</div>
                """))
    }
}

/// Screen 4: the address, ready to be sent.
struct SetupDonePage: Page {
    let principal: Principal
    let link: Link
    let url: String

    static var example: SetupDonePage {
        SetupDonePage(principal: .example, link: .example, url: "https://meet.example/book/ingrid")
    }

    var html: HTML {
        SetupStep.done.page(
            title: plain("You can be booked"),
            why: say("Send this address to somebody, or open it to see what they will see."),
            workspaceName: principal.workspaceName, back: "/setup/link", """
                <div class="well stack"><p class="address"><a href="\(link.path)">\(url)</a></p>\
                <p class="line">\(Components.copyButton(url, label: plain("Copy link"), .primary))\
                \(Components.link(plain("Open it as a booker sees it"), to: link.path, icon: .eye))</p></div>\
                <p>\(Components.link(plain("Go to your overview"), to: "/calendar", .quiet))</p>
                """)
    }
}

/// Shown for a token that is missing, old or used: what is so, and where the right one is.
struct NoSetupPage: Page {
    let isOver: Bool

    static var example: NoSetupPage { NoSetupPage(isOver: false) }

    var html: HTML {
        let title = isOver ? plain("Already set up") : plain("This needs the address on the console")
        return Layout.publicPage(title: title, workspaceName: "Workestra", shape: .column, foot: [], """
            <header class="stack near"><h1 class="display">\(title)</h1>\
            <p class="second lead">\(isOver ? over : wrong)</p></header>\
            \(if: isOver, then: Components.link(plain("Sign in"), to: "/sign-in", .primary))
            """)
    }

    private var over: HTML {
        say("This installation has an owner. Sign in, or ask the owner for an account.")
    }

    private var wrong: HTML {
        say("""
            Workestra prints a set-up address on its console each time it starts, as long as there is no workspace. \
            Open the newest one; if you cannot find it, start Workestra again and look at the first lines.
            """)
    }
}
