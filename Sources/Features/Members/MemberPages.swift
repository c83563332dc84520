/// The pages of members: who is here, who is invited, and one person with role, grants and the way out.
import Scheduling
import Web

struct MembersPage: Page {
    /// What has just been done.
    enum Notice: String {
        case saved, off, on, removed, invited, withdrawn

        var words: HTML {
            switch self {
            case .saved: say("Saved.")
            case .off: say("Switched off. Sessions and keys here have ended.")
            case .on: say("Switched on.")
            case .removed: say("Removed. What this person did stays in the bookings and in the log.")
            case .invited: say("The invitation is on its way.")
            case .withdrawn: say("Withdrawn. The mailed link opens nothing any more.")
            }
        }
    }

    let principal: Principal
    /// Of the person who looks.
    let role: Role
    let members: [Member]
    let invitations: [Invitation]
    let now: Instant
    var notice: Notice?
    var form = Filled.empty

    static var example: MembersPage {
        MembersPage(
            principal: .example, role: .owner, members: [.example], invitations: [.example],
            now: Instant(1_795_000_000))
    }

    var html: HTML {
        Layout.app(title: plain("Members"), tab: .members, principal, """
            \(notice.map { Components.banner(.notes, $0.words) })\
            \(Components.pageHead(plain("Members"), answer))
            \(Components.mistakes(form))\(people)\(waiting)\(invite)
            """)
    }

    private var answer: HTML {
        say("\(members.count)|one:One person works here.|other:%1 people work here.")
    }

    private var people: HTML {
        """
        <div class="scroll" tabindex="0" role="region" aria-label="\(plain("Members"))"><table class="table cards">\
        <thead><tr><th scope="col">\(say("Name"))</th><th scope="col">\(say("E-mail"))</th>\
        <th scope="col">\(say("Role"))</th><th scope="col">\(say("State"))</th></tr></thead>\
        <tbody>\(each: members, row)</tbody></table></div>
        """
    }

    private func row(_ member: Member) -> HTML {
        """
        <tr><th scope="row"><a class="row-link" href="\(Path("/calendar/admin/members/\(member.account.id)"))">\
        <bdi>\(member.account.name)</bdi></a></th><td class="second">\(member.account.email)</td>\
        <td data-label="\(plain("Role"))">\(member.role.words)</td>\
        <td class="second" data-label="\(plain("State"))">\
        \(member.state == .off ? plain("Switched off") : plain("Active"))</td></tr>
        """
    }

    private var waiting: HTML {
        guard !invitations.isEmpty else { return .empty }
        return """
            <section class="stack" aria-labelledby="invited">\(Components.sectionHead(plain("Invited"), id: "invited"))\
            <ul class="rows" role="list">\(each: invitations, invited)</ul></section>
            """
    }

    private func invited(_ invitation: Invitation) -> HTML {
        let isOver = !invitation.isOpen(at: now)
        let role = invitation.role.words
        let days = max(1, (invitation.expiresAt - now + 86_399) / 86_400)
        let state = isOver ? plain("\(role), too old: send it again")
            : plain("\(Int(days))|one:open for one more day|other:open for %1 more days")
        return """
            <li class="row"><p><b>\(invitation.email)</b><br><span class="third">\
            \(if: !isOver, then: "\(role), ")\(state)</span></p><div class="line">\
            \(button("resend", plain("Send again"), .plain, invitation))\
            \(button("withdrawal", plain("Withdraw"), .danger, invitation))</div></li>
            """
    }

    private func button(
        _ verb: String, _ label: String, _ loudness: Components.Loudness, _ invitation: Invitation
    ) -> HTML {
        """
        <form method="post" action="\(Path("/calendar/admin/invitations/\(invitation.id)/\(verb)"))">\
        \(Components.csrf(principal))<button class="\(loudness.rawValue)" \
        aria-label="\(plain("\(label): \(invitation.email)"))">\(label)</button></form>
        """
    }

    private var invite: HTML {
        let typed = form.values.isEmpty ? Filled(values: ["role": Role.member.rawValue]) : form
        return """
            <section class="stack" aria-labelledby="invite">\
            \(Components.sectionHead(plain("Invite somebody"), id: "invite"))\
            \(Components.form(action: "/calendar/admin/invitations", csrf: principal, """
                \(Components.field("email", plain("E-mail"), in: typed, typing: .email, autocomplete: "off"))\
                \(Components.select("role", plain("Role"), Role.choices(upTo: role), in: typed))\
                <div>\(Components.button(plain("Send the invitation"), .primary))</div>
                """))</section>
            """
    }
}

struct MemberPage: Page {
    let principal: Principal
    /// Of the person who looks.
    let role: Role
    let member: Member
    let duties: MemberDuties
    var form = Filled.empty
    var refusal: MemberRefusal?

    static var example: MemberPage {
        MemberPage(
            principal: .example, role: .owner, member: .example,
            duties: MemberDuties(activeLinks: 2, upcomingBookings: 5))
    }

    private var name: String { member.account.name }

    var html: HTML {
        Layout.app(title: name, tab: .members, principal, """
            \(Components.crumbs([(plain("Members"), "/calendar/admin/members")], name))\
            \(refusal.map { Components.banner(.fails, "\($0.message)", actions: wayOn($0)) })\
            \(Components.pageHead(name, "\(member.account.email)"))\(Components.mistakes(form))\
            \(mayTouch ? rights : untouchable)\(if: mayTouch, then: assistants)\(if: mayTouch, then: wayOut)
            """)
    }

    private var mayTouch: Bool { member.role != .owner || role == .owner }

    private var untouchable: HTML {
        Components.banner(.notes, "\(MemberRefusal.ownersOnly.message)")
    }

    private func wayOn(_ refusal: MemberRefusal) -> HTML {
        guard case .hasDuties(_, let duties) = refusal else { return .empty }
        return """
            \(if: duties.activeLinks > 0, then: Components.link(plain("See the links"), to: "/calendar/event-types"))\
            \(if: duties.upcomingBookings > 0,
               then: Components.link(plain("See the bookings"), to: "/calendar/bookings"))
            """
    }

    private var rights: HTML {
        let filled = form.values.isEmpty ? Filled(values: ["role": member.role.rawValue]) : form
        return """
            <section class="stack" aria-labelledby="rights">\(Components.sectionHead(plain("Role"), id: "rights"))\
            \(Components.form(action: Path("/calendar/admin/members/\(member.account.id)"), csrf: principal, """
                \(Components.select("role", plain("Role"), Role.choices(upTo: role), in: filled,
                                    hint: say("Admins see everything; managers their teams; viewers change nothing.")))\
                <fieldset class="field"><legend>\(say("Besides"))</legend>\(each: Grant.allCases, grant)</fieldset>\
                <div>\(Components.button(plain("Save"), .primary))</div>
                """))</section>
            """
    }

    private func grant(_ grant: Grant) -> HTML {
        let isTicked = form.values.isEmpty ? member.grants.contains(grant) : form.isOn("grant.\(grant.rawValue)")
        return """
            <label class="choice"><input type="checkbox" name="grants" value="\(grant.rawValue)"\
            \(if: isTicked, then: " checked")> <span>\(grant.words)</span></label>
            """
    }

    private var assistants: HTML {
        """
        <section class="stack" aria-labelledby="assistants">\
        \(Components.sectionHead(plain("Assistants"), id: "assistants"))\
        <p class="second">\(say("Who acts on the bookings, links and hours of \(name)."))</p>\
        <p class="line">\(Components.link(
            plain("Assistants of \(name)"), to: Path("/calendar/admin/members/\(member.account.id)/assistants")))</p>\
        </section>
        """
    }

    private var wayOut: HTML {
        let hint = duties.isEmpty
            ? say("Sessions and keys of this workspace end at once. Past bookings stay.")
            : say("\(MemberRefusal.hasDuties(name: name, duties).message)")
        return """
            <section class="stack" aria-labelledby="out">\(Components.sectionHead(plain("Leaving"), id: "out"))\
            <p class="second">\(hint)</p><div class="line">\(if: !duties.isEmpty, then: handOver)\
            \(member.state == .off ? act("reactivation", plain("Switch on"), .plain)
                : act("deactivation", plain("Switch off"), .plain))\
            \(asking)</div></section>
            """
    }

    private var handOver: HTML {
        Components.link(
            plain("Hand over"), to: Path("/calendar/admin/members/\(member.account.id)/hand-over"), .primary)
    }

    /// Asks before it removes, without script.
    private var asking: HTML {
        """
        <details class="revoke"><summary class="button quiet">\(say("Remove"))</summary><div class="stack near">\
        <p>\(say("\(name) is no member any more and has to be invited to come back."))</p>\
        \(act("removal", plain("Remove from the workspace"), .danger))</div></details>
        """
    }

    private func act(_ verb: String, _ label: String, _ loudness: Components.Loudness) -> HTML {
        """
        <form method="post" action="\(Path("/calendar/admin/members/\(member.account.id)/\(verb)"))">\
        \(Components.csrf(principal))\(Components.button(label, loudness))</form>
        """
    }
}

extension Role {
    /// The roles that somebody of this role may give, for a list to choose from.
    static func choices(upTo role: Role) -> [(String, String)] {
        allCases.filter { $0 <= role }.map { ($0.rawValue, $0.words) }
    }
}

extension Grant {
    var words: String {
        switch self {
        case .finance: plain("Sees payments and gives money back")
        case .recruiting: plain("Works with candidates")
        case .dispatch: plain("Plans work orders for others")
        case .people: plain("Sees and decides leave")
        }
    }
}

extension Member {
    static var example: Member {
        let account = Account(
            id: Principal.example.user, email: "ingrid@nordhavn.example", name: Principal.example.name,
            zone: "Europe/Oslo")
        return Member(
            account: account, workspace: Principal.example.workspace,
            workspaceName: Principal.example.workspaceName, role: .manager)
    }
}

extension Invitation {
    static var example: Invitation {
        Invitation(
            id: ID(milliseconds: 1_795_000_000_000, random: Array(repeating: 5, count: 10)),
            email: "jonas@nordhavn.example", role: .member, inviter: Principal.example.user,
            inviterName: Principal.example.name, workspaceName: Principal.example.workspaceName, state: .open,
            sent: 1, createdAt: Instant(1_795_000_000), expiresAt: Instant(1_795_600_000), sealedToken: [])
    }
}
