/// The sidebar of the app: only entries that lead somewhere.

extension Layout {
    /// An entry of the sidebar.
    package enum Tab: Sendable, CaseIterable {
        case overview, bookings, links, forms, schedules, members, teams, templates, resources, keys, webhooks, audit
        case workspace, profile, assistants, security

        var path: Path {
            switch self {
            case .overview: "/calendar"
            case .bookings: "/calendar/bookings"
            case .links: "/calendar/event-types"
            case .forms: "/calendar/routing-forms"
            case .schedules: "/calendar/schedules"
            case .members: "/calendar/admin/members"
            case .teams: "/calendar/admin/teams"
            case .templates: "/calendar/admin/managed-links"
            case .resources: "/calendar/admin/resources"
            case .keys: "/calendar/admin/keys"
            case .webhooks: "/settings/webhooks"
            case .audit: "/calendar/admin/audit"
            case .workspace: "/settings/workspace"
            case .profile: "/settings/profile"
            case .assistants: "/settings/assistants"
            case .security: "/settings/security"
            }
        }

        var label: String {
            switch self {
            case .overview: plain("Overview")
            case .bookings: plain("Bookings")
            case .links: plain("Links")
            case .forms: plain("Routing forms")
            case .schedules: plain("Schedules")
            case .members: plain("Members")
            case .teams: plain("Teams")
            case .templates: plain("Managed links")
            case .resources: plain("Rooms and more")
            case .keys: plain("API keys")
            case .webhooks: plain("Webhooks")
            case .audit: plain("Log")
            case .workspace: plain("Settings")
            case .profile: plain("Profile")
            case .assistants: plain("Assistants")
            case .security: plain("Security")
            }
        }

        var icon: Icon {
            switch self {
            case .overview: .clock
            case .bookings: .calendar
            case .links: .link
            case .forms: .route
            case .schedules: .sliders
            case .members: .users
            case .teams: .flow
            case .templates: .copy
            case .resources: .pin
            case .keys: .lock
            case .webhooks: .send
            case .audit: .note
            case .workspace: .building
            case .profile: .user
            case .assistants: .edit
            case .security: .shield
            }
        }

        /// The right without which the entry leads nowhere.
        var right: Permission? {
            switch self {
            case .overview, .bookings, .links, .forms, .schedules, .profile, .assistants, .security: nil
            case .members: Permission("manage_members")
            case .teams: Permission("manage_teams")
            case .templates: Permission("manage_templates")
            case .resources: Permission("manage_resources")
            case .keys: Permission("manage_keys")
            case .webhooks: Permission("manage_webhooks")
            case .audit: Permission("view_audit")
            case .workspace: Permission("manage_workspace")
            }
        }
    }

    /// The groups of the sidebar with their headings.
    private static func groups(_ principal: Principal) -> [(String?, [Tab])] {
        let all: [(String?, [Tab])] = [
            (nil, [.overview, .bookings, .links, .forms, .schedules]),
            (plain("Workspace"), [.members, .teams, .templates, .resources, .keys, .webhooks, .audit, .workspace]),
            (plain("You"), [.profile, .assistants, .security]),
        ]
        return all.map { title, tabs in (title, tabs.filter { $0.right.map(principal.may) ?? true }) }
            .filter { !$0.1.isEmpty }
    }

    static func sidebar(_ current: Tab?, _ principal: Principal) -> HTML {
        """
        <nav class="side" id="nav" aria-label="\(plain("Workspace"))"><ul>\
        <li class="close"><a href="#main">\(Components.icon(.x))\(say("Close menu"))</a></li>\
        <li><a class="brand" href="/calendar">\(Components.icon(.mark))\
        <bdi>\(principal.workspaceName)</bdi></a></li></ul>\
        \(each: groups(principal), { title, tabs in """
            <div>\(title.map { "<h2>\($0)</h2>" })<ul>\(each: tabs, { entry($0, isCurrent: $0 == current) })</ul></div>
            """ })\
        <div class="who"><p>\(Components.avatar(principal.name, .small))<bdi>\(principal.name)</bdi></p>\
        <form method="post" action="/sign-out">\(Components.csrf(principal))\
        \(Components.signOut)</form>\
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

extension Components {
    fileprivate static var signOut: HTML {
        "<button class=\"button quiet\">\(icon(.door, flip: true))\(say("Sign out"))</button>"
    }
}
