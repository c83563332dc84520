/// The list of a host's links, and the question before one is deleted.
import Scheduling
import Web

/// `/calendar/event-types`, which is `/settings/booking-links` too.
package struct LinksPage: Page {
    package enum Show: String, CaseIterable, Sendable { case all, open, closed }

    let principal: Principal
    /// All that may be seen, with how each stands.
    let links: [(link: Link, state: LinkState)]
    let address: String
    var search = ""
    var show = Show.all
    var notice: HTML = .empty

    package var html: HTML {
        let open = links.count { $0.state.door == .open }
        let answer = links.isEmpty
            ? HTML.empty : say("\(open)|one:One link can be booked.|other:%1 links can be booked.")
        return Layout.app(title: plain("Links"), tab: .links, principal, """
            \(Components.pageHead(plain("Links"), answer, actions: why + new))\(notice)\(list)
            """)
    }

    /// For those who can change what they find there.
    private var why: HTML {
        guard principal.may(.manageLinks), !links.isEmpty else { return .empty }
        return Components.link(plain("Single-use links"), to: "/calendar/single-use", .quiet)
            + Components.link(plain("One-offs"), to: "/calendar/one-off", .quiet)
            + Components.link(plain("Sign-up sheets"), to: "/calendar/sheets", .quiet)
            + Components.link(plain("Polls"), to: "/calendar/polls", .quiet)
            + Components.link(plain("Why is a time missing?"), to: "/calendar/troubleshooter", .quiet)
    }

    private var new: HTML {
        Components.link(plain("New link"), to: "/settings/booking-links/new", .primary, icon: .plus)
    }

    private var found: [(link: Link, state: LinkState)] {
        let words = search.lowercased().split(separator: " ")
        return links.filter { link, state in
            let isShown = switch show {
            case .all: true
            case .open: state.door == .open
            case .closed: state.door != .open
            }
            let text = "\(link.rules.title) \(link.rules.slug) \(link.hosts.map(\.name).joined(separator: " "))"
            return isShown && words.allSatisfy { text.lowercased().contains($0) }
        }
    }

    private var list: HTML {
        guard !links.isEmpty else {
            return Components.empty(
                plain("No links yet"),
                say("A link is an address where others pick a time with you. Make the first one."), action: new)
        }
        let found = found
        guard !found.isEmpty else {
            let all = Components.link(plain("Show all links"), to: "/calendar/event-types")
            let nothing = Components.empty(plain("No such link"), say("Nothing here fits the search."), action: all)
            return "\(filters)\(nothing)"
        }
        return "\(filters)<ul class=\"rows\" role=\"list\">\(each: found, row)</ul>"
    }

    private var filters: HTML {
        let names: [(Show, String)] = [
            (.all, plain("All")), (.open, plain("Bookable")), (.closed, plain("Not bookable")),
        ]
        let query = search.isEmpty ? [] : [("q", search)]
        let segments = Components.segments(label: plain("Which links"), names.map { show, name in
            Components.Choice(
                name, Path("/calendar/event-types").adding(query: query + [("show", show.rawValue)]),
                isCurrent: show == self.show)
        })
        return """
            <div class="line link-filters">\(segments)<form class="line" role="search" action="/calendar/event-types">\
            <label for="f-q">\(say("Search links"))</label>\
            \(Components.hidden("show", show.rawValue))\
            <input class="input" id="f-q" name="q" type="search" value="\(search)">\
            \(Components.button(plain("Search"), icon: .search))</form></div>
            """
    }

    private func row(_ link: Link, _ state: LinkState) -> HTML {
        let url = address + link.path.text
        let hosts = link.hosts.map(\.name).joined(separator: ", ")
        return """
            <li class="link-row"><div class="stack tight"><h2><a href="\(Path("/settings/booking-links/\(link.id)"))">\
            <bdi>\(link.rules.title)</bdi></a></h2>\
            <p class="meta third">\(link.rules.lengthWords) · <bdi>\(hosts)</bdi> · \
            <bdi dir="ltr">\(Path("/book/\(link.rules.slug)").text)</bdi></p></div>\
            <p class="line">\(state.tags)</p>\
            <div class="line end">\(Components.copyButton(url, label: plain("Copy link"), of: link.rules.title))\
            \(Components.newTab(plain("Open"), to: link.path, .quiet))\(more(link))</div></li>
            """
    }

    private func more(_ link: Link) -> HTML {
        guard principal.may(.manageLinks) else { return .empty }
        let path = Path("/settings/booking-links/\(link.id)")
        let isOn = link.rules.active
        return """
            <details class="menu"><summary class="button quiet" aria-label="\(plain("More for \(link.rules.title)"))">\
            \(Components.icon(.more))</summary><ul role="list"><li><a href="\(path)">\(say("Edit"))</a></li>\
            <li><a href="\(Path("/settings/booking-links/\(link.id)/offer"))">\(say("Offer times"))</a></li>\
            <li><a href="\(Path("/calendar/single-use/new").adding(query: [("link", link.id.text)]))">\
            \(say("Give to one person"))</a></li>\
            <li>\(press(Path("/settings/booking-links/\(link.id)/copy"), plain("Duplicate")))</li>\
            <li>\(press(Path("/settings/booking-links/\(link.id)/switch"),
                        isOn ? plain("Switch off") : plain("Switch on"),
                        Components.hidden("active", isOn ? "off" : "on")))</li>\
            <li><a class="danger" href="\(Path("/settings/booking-links/\(link.id)/delete"))">\(say("Delete"))</a></li>\
            </ul></details>
            """
    }

    private func press(_ action: Path, _ label: String, _ fields: HTML = .empty) -> HTML {
        Components.form(action: action, csrf: principal, style: "line", "\(fields)\(Components.button(label, .quiet))")
    }

    package static var example: LinksPage {
        let link = Link.example
        let state = LinkState(link, uses: 0, now: link.createdAt)
        return LinksPage(principal: .example, links: [(link, state)], address: "https://meet.example")
    }
}

/// `/settings/booking-links/<id>/delete`.
package struct DeleteLinkPage: Page {
    let principal: Principal
    let link: Link
    let upcoming: Int

    package var html: HTML {
        let title = plain("Delete “\(link.rules.title)”?")
        let path = Path("/settings/booking-links/\(link.id)")
        let stay = say("""
            \(upcoming)|one:Its one upcoming booking stays and can be moved and cancelled.|\
            other:Its %1 upcoming bookings stay and can be moved and cancelled.
            """)
        return Layout.app(title: title, tab: .links, principal, """
            \(Components.crumbs([
                (plain("Links"), "/calendar/event-types"), (link.rules.title, path),
            ], plain("Delete")))\
            \(Components.pageHead(title))\
            <p>\(say("Nobody can book at this address any more.")) \(upcoming == 0 ? none : stay)</p>\
            <p class="second">\(say("The address stays yours for 90 days, so that no stranger gets it."))</p>\
            \(Components.form(
                action: Path("/settings/booking-links/\(link.id)/delete"), csrf: principal, style: "line", """
                \(Components.button(plain("Delete the link"), .danger))\
                \(Components.link(plain("Keep it"), to: path, .quiet))
                """))
            """)
    }

    private var none: HTML { say("It has no upcoming bookings.") }

    package static var example: DeleteLinkPage {
        DeleteLinkPage(principal: .example, link: .example, upcoming: 3)
    }
}
