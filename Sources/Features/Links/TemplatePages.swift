/// The pages of templates: which there are, and what one keeps and who has a link of it.
import Scheduling
import Web

struct TemplatesPage: Page {
    let principal: Principal
    let templates: [LinkTemplate]
    /// Links that can become templates: id and words.
    let choices: [(String, String)]
    var done: String?
    var form = Filled.empty

    static var example: TemplatesPage {
        TemplatesPage(principal: .example, templates: [.example], choices: [(Link.example.id.text, "Intro")])
    }

    var html: HTML {
        Layout.app(title: plain("Managed links"), tab: .templates, principal, """
            \(if: done == "deleted", then: Components.banner(.notes, say(
                "The template is deleted. Its links stay with their hosts, who can change all of them now.")))\
            \(Components.pageHead(plain("Managed links"), say("""
                Make one link a template and give each colleague one like it. You decide which sections stay the same.
                """)))\(Components.mistakes(form))
            \(if: !templates.isEmpty, then: list)\(new)
            """)
    }

    private var new: HTML {
        guard !choices.isEmpty else {
            return Components.empty(
                plain("No link to begin with"), say("A template begins as a link of one host. Make one first."),
                action: Components.link(plain("New link"), to: "/settings/booking-links/new", .primary, icon: .plus))
        }
        return Components.form(action: "/calendar/admin/managed-links", csrf: principal, """
            \(Components.select("link", plain("Make this link a template"), choices, in: form,
                                hint: say("It stays a link like before. Links of several hosts cannot be templates.")))\
            <div>\(Components.button(plain("Make it a template"), templates.isEmpty ? .primary : .plain))</div>
            """)
    }

    private var list: HTML {
        """
        <div class="scroll" tabindex="0" role="region" aria-label="\(plain("Templates"))"><table class="table cards">\
        <thead><tr><th scope="col">\(say("Template"))</th><th scope="col">\(say("Links"))</th>\
        <th scope="col">\(say("Locked sections"))</th></tr></thead><tbody>\(each: templates, { template in """
            <tr><th scope="row"><a class="row-link" \
            href="\(Path("/calendar/admin/managed-links/\(template.link)"))"><bdi>\(template.title)</bdi></a></th>\
            <td>\(say("\(template.managed.count)|one:One link|other:%1 links"))</td>\
            <td class="second" data-label="\(plain("Locked sections"))">\
            \(template.locked.isEmpty ? plain("None") : String(template.locked.count))</td></tr>
            """ })</tbody></table></div>
        """
    }
}

struct TemplatePage: Page {
    let principal: Principal
    let template: LinkTemplate
    let link: Link
    /// The links made from it.
    let made: [Link]
    /// Everybody who can have one.
    let people: [LinkHost]
    let address: String
    /// The workspace's, into which what is mixed must fit.
    var rooms: [BookableResource] = []
    var done: String?
    var conflict: String?
    var form: Filled
    /// The names of the sections, and the ids of the people, that are ticked.
    var locked: Set<String>
    var ticked: Set<String>

    init(
        principal: Principal, template: LinkTemplate, link: Link, made: [Link], people: [LinkHost], address: String
    ) {
        (self.principal, self.template, self.link) = (principal, template, link)
        (self.made, self.people, self.address) = (made, people, address)
        form = Filled(values: [
            "newMembers": template.givesNew ? "on" : "", "version": String(template.version),
        ])
        locked = Set(template.lockedNames)
        ticked = Set(template.managed.map(\.user.text))
    }

    static var example: TemplatePage {
        TemplatePage(
            principal: .example, template: .example, link: .example, made: [],
            people: [LinkHost(id: Principal.example.user, name: Principal.example.name, email: "", zone: "UTC")],
            address: "https://meet.example")
    }

    var html: HTML {
        let title = template.title
        return Layout.app(title: title, tab: .templates, principal, """
            \(Components.crumbs([(plain("Managed links"), "/calendar/admin/managed-links")], title))\
            \(notice)\(conflict.map { Components.banner(.fails, "\($0)") })\
            \(Components.pageHead(title, say("What it keeps, and who has a link of it."), actions: Components.link(
                plain("Edit the link itself"), to: Path("/settings/booking-links/\(template.link)"))))\
            \(Components.mistakes(form))
            \(Components.form(action: Path("/calendar/admin/managed-links/\(template.link)"), csrf: principal, """
                \(Components.hidden("version", form["version"]))\(sections)\(persons)\
                \(Components.checkbox("newMembers", plain("Give one to whoever joins the workspace"), in: form,
                                      note: plain("Viewers get none.")))\
                <div>\(Components.button(plain("Save"), .primary))</div>
                """))\(deletion)
            """)
    }

    private var notice: HTML {
        switch done {
        case "made":
            Components.banner(
                .notes, say("This is a template now. Lock what must stay the same, and give it to people."))
        case .some: Components.banner(.notes, say("Saved."), isMet: true)
        case nil: .empty
        }
    }

    private var sections: HTML {
        """
        <fieldset class="field stack near" id="f-locked"><legend>\(say("Locked sections"))</legend>\
        <p class="hint">\(say("""
            Locked sections are those of the template, in every link. The others, the address and the hours are each \
            host’s own.
            """))</p>\(each: LinkSection.allCases, { section in """
            <label class="choice"><input type="checkbox" name="locked" value="\(section.rawValue)"\
            \(if: locked.contains(section.rawValue), then: " checked")> <span>\(section.words)</span></label>
            """ })</fieldset>
        """
    }

    private var persons: HTML {
        """
        <fieldset class="field" id="f-userIds"><legend>\(say("Who has a link"))</legend>\
        <div class="scroll" tabindex="0" role="region" aria-label="\(plain("People"))"><table class="table">\
        <thead><tr><th scope="col">\(say("Name"))</th><th scope="col">\(say("Has a link"))</th>\
        <th scope="col">\(say("Address"))</th></tr></thead><tbody>\(each: rows, row)</tbody></table></div></fieldset>
        """
    }

    /// Those who cannot sign in any more are listed while they have a link.
    private var rows: [(ID<User>, String)] {
        let known = Set(people.map(\.id))
        return people.map { ($0.id, $0.name) }
            + template.managed.filter { !known.contains($0.user) }.map { ($0.user, $0.name) }
    }

    private func row(_ person: (ID<User>, String)) -> HTML {
        let (id, name) = person
        let made = template.managed.first { $0.user == id }
        return """
            <tr><th scope="row"><bdi>\(name)</bdi></th>\
            <td><label class="choice"><input type="checkbox" name="userIds" value="\(id.text)"\
            \(if: ticked.contains(id.text), then: " checked") aria-label="\(plain("\(name) has a link"))"></label></td>\
            <td>\(made.map { made -> HTML in """
                <a href="\(Path("/settings/booking-links/\(made.link)"))"><bdi dir="ltr">/book/\(made.slug)</bdi></a>
                """ })</td></tr>
            """
    }

    private var deletion: HTML {
        """
        <details class="revoke"><summary class="button quiet">\(say("Delete the template"))</summary>\
        <form class="stack near" method="post" \
        action="\(Path("/calendar/admin/managed-links/\(template.link)/deletion"))">\
        \(Components.csrf(principal))<p>\(say("""
            The link “\(template.title)” stays, and so do the links made from it. They no longer follow it.
            """))</p>\(Components.button(plain("Delete the template"), .danger))</form></details>
        """
    }

    /// What saving would do to the links.
    func change(_ wish: TemplateWish) -> TemplateChange {
        let wanted = Set(wish.people ?? template.managed.map(\.user))
        let staying = Set(template.managed.filter { wanted.contains($0.user) }.map(\.link))
        var change = TemplateChange(
            made.filter { staying.contains($0.id) }, becoming: link, locked: wish.locked ?? template.locked,
            rooms: rooms)
        change.gets = wanted.subtracting(template.managed.map(\.user))
        change.loses = Set(template.managed.map(\.link)).subtracting(staying)
        return change
    }
}

extension LinkTemplate {
    static var example: LinkTemplate {
        LinkTemplate(
            link: Link.example.id, title: "Intro", locked: [.identity, .duration], givesNew: true, version: 2,
            createdAt: Instant(1_795_000_000))
    }
}
