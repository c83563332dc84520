/// The page of API keys: who may do what with which, a form for a new one, and its text once.
import Scheduling
import Web

struct KeysPage: Page {
    let principal: Principal
    let keys: [APIKey]
    /// For dates.
    let zone: Zone?
    /// The key just made; its text is on this page and never again.
    var new: NewKey?
    var form = Filled.empty

    static var example: KeysPage {
        KeysPage(principal: .example, keys: [.example], zone: nil)
    }

    var html: HTML {
        Layout.app(title: plain("API keys"), tab: .keys, principal, """
            \(Components.pageHead(plain("API keys"), answer))
            \(new.map(shown))\(Components.mistakes(form))
            \(list)
            <section class="stack" aria-labelledby="new">\(Components.sectionHead(plain("New key"), id: "new"))\
            \(newKey)</section>
            """)
    }

    private var answer: HTML {
        keys.isEmpty
            ? say("No keys yet. A program that books or reads for you needs one.")
            : say("\(keys.count)|one:One key opens this workspace.|other:%1 keys open this workspace.")
    }

    private func shown(_ new: NewKey) -> HTML {
        """
        <div class="banner" role="status">\(Components.icon(.lock))<div class="stack near">\
        <p><b>\(say("This is the key “\(new.key.name)”. It is shown now and never again."))</b></p>\
        <p><code class="code">\(new.text)</code></p>\
        <p class="line">\(Components.copyButton(new.text, label: plain("Copy the key"), .primary))\
        \(Components.link(plain("I have stored it"), to: "/calendar/admin/keys"))</p></div></div>
        """
    }

    private var list: HTML {
        guard !keys.isEmpty else { return .empty }
        return """
            <div class="scroll" tabindex="0" role="region" aria-label="\(plain("API keys"))">\
            <table class="table cards"><thead><tr>\
            <th scope="col">\(say("Name"))</th><th scope="col">\(say("Ends in"))</th>\
            <th scope="col">\(say("May"))</th><th scope="col">\(say("Acts for"))</th>\
            <th scope="col">\(say("Last used"))</th>\
            <th scope="col"><span class="hidden">\(say("Actions"))</span></th></tr></thead>\
            <tbody>\(each: keys, row)</tbody></table></div>
            """
    }

    private func row(_ key: APIKey) -> HTML {
        """
        <tr><th scope="row"><b>\(key.name)</b></th><td data-label="\(plain("Ends in"))"><code>…\(key.tail)</code></td>\
        <td class="second" data-label="\(plain("May"))">\(Self.rights(key))</td>\
        <td data-label="\(plain("Acts for"))"><bdi>\(key.ownerName)</bdi></td>\
        <td class="second" data-label="\(plain("Last used"))">\(key.usedAt.map(day) ?? plain("Never"))</td>\
        <td>\(revoke(key))</td></tr>
        """
    }

    /// Asks before it revokes, without script. The row grows: a menu that floats would be cut off by the table's frame.
    private func revoke(_ key: APIKey) -> HTML {
        """
        <details class="revoke"><summary class="button quiet">\(say("Revoke"))</summary>\
        <form class="stack near" method="post" action="\(Path("/calendar/admin/keys/\(key.id)/revocation"))">\
        \(Components.csrf(principal))<p>\(say("Programs that use “\(key.name)” stop at once."))</p>\
        \(Components.button(plain("Revoke the key"), .danger))</form></details>
        """
    }

    private var newKey: HTML {
        let mine = Permission.scopes.filter(principal.may)
        return Components.form(action: "/calendar/admin/keys", csrf: principal, """
            \(Components.field("name", plain("Name"), in: form,
                               hint: say("Which program it is for, such as “CRM sync”.")))\
            <fieldset class="field" id="f-scopes"><legend>\(say("What it may do"))</legend>\
            \(form.error("scopes").map { "<p class=\"field-error\">\(Components.icon(.warning))\($0)</p>" })\
            \(each: mine, choice)</fieldset>\
            <div>\(Components.button(plain("Make the key"), .primary))</div>
            """)
    }

    private func choice(_ scope: Permission) -> HTML {
        // The form comes back with what was ticked; a new one has everything that reads.
        let isTicked = form.values.isEmpty ? scope.name.hasSuffix(".read") : form.isOn("scope.\(scope.name)")
        return """
            <label class="choice"><input type="checkbox" name="scopes" value="\(scope.name)"\
            \(if: isTicked, then: " checked")> <span>\(Self.words(scope)) \
            <code class="third">\(scope.name)</code></span></label>
            """
    }

    private func day(_ instant: Instant) -> String {
        guard let zone else { return String(instant.rfc3339().prefix(10)) }
        return zone.local(at: instant).date.shortDayWords
    }

    private static func rights(_ key: APIKey) -> String {
        let reads = key.scopes.filter { $0.hasSuffix(".read") }.count
        if key.scopes.count == Permission.scopes.count { return plain("Everything its person may") }
        if reads == key.scopes.count { return plain("Read") }
        return plain("Read and write")
    }

    static func words(_ scope: Permission) -> String {
        switch scope {
        case .meRead: plain("Say who it acts for")
        case .meWrite: plain("Change the profile of the person it acts for")
        case .linksRead: plain("Read links")
        case .linksWrite: plain("Make and change links")
        case .bookingsRead: plain("Read bookings")
        case .bookingsWrite: plain("Book, move and cancel")
        case .schedulesRead: plain("Read working hours")
        case .schedulesWrite: plain("Change working hours")
        case .membersRead: plain("Read who works here")
        case .membersWrite: plain("Name assistants of members, and hand over what a member does")
        case .teamsRead: plain("Read teams")
        case .teamsWrite: plain("Make and change teams")
        case .keysRead: plain("List keys")
        case .keysWrite: plain("Make and revoke keys")
        case .webhooksRead: plain("Read webhooks and what they were sent")
        case .webhooksWrite: plain("Make and change webhooks")
        case .resourcesRead: plain("Read rooms and devices")
        case .resourcesWrite: plain("Make and change rooms and devices")
        default: scope.name
        }
    }
}

extension APIKey {
    fileprivate static var example: APIKey {
        APIKey(
            id: ID(milliseconds: 1_795_000_000_000, random: Array(repeating: 7, count: 10)),
            owner: Principal.example.user, ownerName: "Ingrid Aasland-Okonkwo", name: "CRM sync", tail: "h3Qk",
            scopes: ["links.read", "bookings.read"], createdAt: Instant(1_795_000_000), usedAt: nil, expiresAt: nil)
    }
}
