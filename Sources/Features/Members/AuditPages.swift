/// The log as a page: when, who, what, and what it was before.
import Database
import Scheduling
import Web

struct AuditPage: Page {
    let principal: Principal
    let rows: [AuditRow]
    let members: [Member]
    let filter: AuditFilter
    let hasMore: Bool
    let zone: Zone
    let clock: HourClock

    static var example: AuditPage {
        AuditPage(
            principal: .example, rows: [.example], members: [.example], filter: AuditFilter(), hasMore: true,
            zone: .utc, clock: .twentyFour)
    }

    var html: HTML {
        Layout.app(title: plain("Log"), tab: .audit, principal, """
            \(Components.pageHead(plain("Log"), say("""
                Who changed links, hours, bookings, members, teams, keys and settings. Rows are added here and never \
                changed.
                """)))
            \(choose)\(if: rows.isEmpty, then: nothing, else: table)\(more)
            """)
    }

    /// A form that only asks: it goes by GET and carries nothing secret.
    private var choose: HTML {
        let filled = Filled(values: [
            "action": filter.action?.rawValue ?? "", "person": filter.person?.text ?? "",
        ])
        let actions = [("", plain("Everything"))] + AuditAction.allCases.map { ($0.rawValue, $0.words) }
        let people = [("", plain("Everybody"))] + members.map { ($0.account.id.text, $0.account.name) }
        return """
            <form class="form" method="get" action="/calendar/admin/audit">\
            \(Components.select("action", plain("What"), actions, in: filled))\
            \(Components.select("person", plain("Who"), people, in: filled))\
            <div>\(Components.button(plain("Show")))</div></form>
            """
    }

    private var nothing: HTML {
        Components.empty(plain("Nothing here"), say("Choose something else above, or come back later."))
    }

    private var table: HTML {
        """
        <div class="scroll" tabindex="0" role="region" aria-label="\(plain("Log"))"><table class="table cards log">\
        <thead><tr><th scope="col">\(say("When"))</th><th scope="col">\(say("Who"))</th>\
        <th scope="col">\(say("What"))</th><th scope="col">\(say("From"))</th></tr></thead>\
        <tbody>\(each: rows, row)</tbody></table></div>
        """
    }

    private func row(_ row: AuditRow) -> HTML {
        let local = zone.local(at: row.at)
        return """
            <tr><td class="second"><time datetime="\(row.at.rfc3339())">\(local.date.shortDayWords), \
            \(local.words(clock))</time></td><th scope="row"><bdi>\(who(row))</bdi></th>\
            <td><b>\(row.action?.words ?? row.actionText)</b>\
            \(if: !row.targetName.isEmpty, then: " <bdi>\(row.targetName)</bdi>")\
            \(each: AuditWords.changes(row), { "<br><span class=\"third\"><bdi>\($0)</bdi></span>" })</td>\
            <td class="second">\(Browsers.words(row.userAgent))\
            \(if: !row.network.isEmpty, then: "<br><span class=\"third\">\(row.network)</span>")</td></tr>
            """
    }

    private func who(_ row: AuditRow) -> String {
        if let name = row.personName {
            let who = row.actor.hasPrefix("key:") ? plain("A key of \(name)") : name
            return row.behalfName.map { plain("\(who) for \($0)") } ?? who
        }
        return row.actor == "system" ? plain("The command line") : plain("Somebody")
    }

    private var more: HTML {
        guard hasMore, let last = rows.last else { return .empty }
        let kept = [("action", filter.action?.rawValue), ("person", filter.person?.text), ("cursor", last.id.text)]
        let query = kept.compactMap { name, value in value.map { (name, $0) } }
        let path = Path("/calendar/admin/audit").adding(query: query)
        return "<p>\(Components.link(plain("Show more"), to: path))</p>"
    }
}

/// What changed, member by member, out of the two JSON texts of a row.
enum AuditWords {
    /// `role: member → admin`; what stayed as it was is left out.
    static func changes(_ row: AuditRow) -> [String] {
        let (before, after) = (members(row.before), members(row.after))
        let names = before.map(\.0) + after.map(\.0).filter { name in !before.contains { $0.0 == name } }
        return names.compactMap { name in
            let sides = [before, after].map { side in side.first { $0.0 == name }?.1 }
            guard sides[0] != sides[1] else { return nil }
            return "\(name): " + sides.compactMap(\.self).joined(separator: " → ")
        }
    }

    private static func members(_ text: String?) -> [(String, String)] {
        guard let text, let members = (try? JSON(reading: Array(text.utf8)))?.members else { return [] }
        return members.map { ($0.0, words($0.1)) }
    }

    private static func words(_ value: JSON) -> String {
        if let flag = value.bool { return flag ? plain("yes") : plain("no") }
        if let elements = value.array {
            return elements.isEmpty ? plain("none") : elements.map(words).joined(separator: ", ")
        }
        return value.string ?? value.text
    }
}

extension AuditRow {
    fileprivate static var example: AuditRow {
        AuditRow(
            id: ID(milliseconds: 1_795_000_000_000, random: Array(repeating: 1, count: 10)), action: .memberChanged,
            actionText: "member_changed", actor: "user:\(Principal.example.user)",
            personName: Principal.example.name, behalfName: nil, target: "", targetName: "Jonas Lind",
            before: "{\"role\":\"member\"}", after: "{\"role\":\"admin\"}", network: "192.0.2.0/24",
            userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0",
            at: Instant(1_795_000_000))
    }
}
