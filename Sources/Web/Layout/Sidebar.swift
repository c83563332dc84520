/// The sidebar of the app: only entries that lead somewhere.

extension Layout {
    /// An entry of the sidebar.
    package enum Tab: Sendable, CaseIterable {
        case overview, bookings, links, schedules, keys

        var path: Path {
            switch self {
            case .overview: "/calendar"
            case .bookings: "/calendar/bookings"
            case .links: "/calendar/event-types"
            case .schedules: "/calendar/schedules"
            case .keys: "/calendar/admin/keys"
            }
        }

        var label: String {
            switch self {
            case .overview: plain("Overview")
            case .bookings: plain("Bookings")
            case .links: plain("Links")
            case .schedules: plain("Schedules")
            case .keys: plain("Keys")
            }
        }

        var icon: Icon {
            switch self {
            case .overview: .clock
            case .bookings: .calendar
            case .links: .link
            case .schedules: .sliders
            case .keys: .lock
            }
        }
    }

    /// The groups of the sidebar with their headings.
    private static var groups: [(String?, [Tab])] {
        [(nil, [.overview, .bookings, .links, .schedules]), (plain("Workspace"), [.keys])]
    }

    static func sidebar(_ current: Tab?, _ principal: Principal) -> HTML {
        """
        <nav class="side" id="nav" aria-label="\(plain("Workspace"))"><ul>\
        <li class="close"><a href="#main">\(Components.icon(.x))\(say("Close menu"))</a></li>\
        <li><a class="brand" href="/calendar">\(Components.icon(.mark))\
        <bdi>\(principal.workspaceName)</bdi></a></li></ul>\
        \(each: groups, { title, tabs in """
            <div>\(title.map { "<h2>\($0)</h2>" })<ul>\(each: tabs, { entry($0, isCurrent: $0 == current) })</ul></div>
            """ })\
        <div class="who">\(Components.avatar(principal.name, .small))\
        <a class="cut" href="/settings/profile"><bdi>\(principal.name)</bdi></a>\
        <form method="post" action="/sign-out">\(Components.csrf(principal))\
        <button class="icon-button" aria-label="\(plain("Sign out"))">\
        \(Components.icon(.out, flip: true))</button></form>\
        </div></nav>
        """
    }

    private static func entry(_ tab: Tab, isCurrent: Bool) -> HTML {
        """
        <li><a href="\(tab.path)"\(Components.attribute("aria-current", isCurrent ? "page" : nil))>\
        \(Components.icon(tab.icon))\(tab.label)</a></li>
        """
    }
}
