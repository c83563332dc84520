/// The section of the link editor that says who hosts, and how several hosts share the bookings.
import Scheduling
import Web

/// Who can be chosen for a link, and by whom.
struct LinkPeople: Sendable {
    /// Everybody who can be a host, by name; none for whoever may not choose.
    var choices: [LinkHost] = []
    /// The link's hosts now, also those who are switched off.
    var hosts: [LinkHost] = []
    var absent: Set<ID<User>> = []
    /// What the link can need beside them.
    var resources: [BookableResource] = []

    var mayChoose: Bool { !choices.isEmpty }

    func name(_ id: String) -> String {
        (hosts + choices).first { $0.id.text == id }?.name ?? id
    }
}

extension LinkSections {
    /// Rows in which one more host can be chosen at once.
    private static let freeRows = 3

    /// Whoever may not choose reads who hosts with them.
    var hostPart: HTML {
        guard people.mayChoose else {
            guard people.hosts.count > 1 else { return .empty }
            let names = people.hosts.map(\.name).joined(separator: ", ")
            return section("hosts", say("Hosts"), "<p class=\"second\">\(say("Hosted by \(names)."))</p>")
        }
        let kinds = LinkKind.made.map { ($0.rawValue, $0.words) }
        let rows = filled.rows("hosts", "userId")
        let free = rows..<min(rows + Self.freeRows, Link.mostHosts)
        return section("hosts", say("Hosts"), """
            \(Components.choices("kind", plain("Who meets the attendee"), kinds, in: filled))\
            <div class="stack near" id="f-hosts">\(each: 0..<rows, host)\
            <div class="stack near more-hosts">\(each: free, newHost)</div>\
            \(hostsError)</div>\(pools)\(turns)
            """)
    }

    private var hostsError: HTML {
        guard let message = filled.error("hosts") else { return .empty }
        return "<p class=\"field-error\" id=\"f-hosts-error\">\(Components.icon(.warning))\(message)</p>"
    }

    private func host(_ index: Int) -> HTML {
        let (name, id) = ("hosts.\(index)", filled["hosts.\(index).userId"])
        let person = people.name(id)
        // The only one stays where one host is wanted.
        let isAlone = filled.rows("hosts", "userId") == 1
        let isAbsent = people.absent.contains { $0.text == id }
        let wrong = filled.error("\(name).userId").map { message -> HTML in
            "<p class=\"field-error\" id=\"f-\(name).userId\">\(Components.icon(.warning))\(message)</p>"
        }
        return """
            <fieldset class="field host-row"><legend>\(Components.person(person))</legend>\
            \(Components.hidden("\(name).userId", id))\(wrong)\
            \(if: isAbsent, then: "<p class=\"hint\">\(say("Cannot sign in, and gets no bookings."))</p>")\
            <div class="two for-turns">\
            \(Components.select("\(name).priority", plain("Priority of \(person)"), Self.priorities, in: filled))\
            \(number("\(name).weight", plain("Weight of \(person)")))</div>\(pool(of: person, name))\
            <div\(if: isAlone, then: " class=\"more-hosts\"")>\
            \(Components.checkbox("\(name).remove", plain("Remove \(person)"), in: filled))</div></fieldset>
            """
    }

    private static var priorities: [(String, String)] {
        [
            ("4", plain("Highest")), ("3", plain("High")), ("2", plain("Medium")), ("1", plain("Low")),
            ("0", plain("Lowest")),
        ]
    }

    private func newHost(_ index: Int) -> HTML {
        let taken = Set((0..<filled.rows("hosts", "userId")).map { filled["hosts.\($0).userId"] })
        let others = people.choices.filter { !taken.contains($0.id.text) }
        guard !others.isEmpty else { return .empty }
        let options = [("", plain("Nobody"))] + others.map { ($0.id.text, "\($0.name), \($0.email)") }
        return """
            <div class="stack near">\
            \(Components.select("hosts.\(index).userId", plain("Add a host"), options, in: filled,
                                 optional: plain("optional")))\
            \(pool(of: plain("this host"), "hosts.\(index)"))</div>
            """
    }

    private var turns: HTML {
        """
        <fieldset class="stack for-turns" id="turns"><legend class="label">\(say("Whose turn it is"))</legend>\
        \(Components.select("rotation.strategy", plain("Each booking goes to"), [
            (Rotation.Strategy.maximizeAvailability.rawValue, plain("Whoever has waited longest")),
            (Rotation.Strategy.equalDistribution.rawValue, plain("Whoever is furthest behind their share")),
        ], in: filled, hint: say("Of those who are free; a higher priority always goes first.")))\
        <div class="two">\(Components.select("rotation.period", plain("Counted over"), [
            (RotationRules.Period.month.rawValue, plain("A month")),
            (RotationRules.Period.allTime.rawValue, plain("All time")),
        ], in: filled))\
        \(Components.select("rotation.countsBy", plain("A booking counts when"), [
            (RotationRules.CountsBy.creation.rawValue, plain("It is made")),
            (RotationRules.CountsBy.start.rawValue, plain("It takes place")),
        ], in: filled))\
        \(number("rotation.maximumLead", plain("Largest lead, bookings"),
                 hint: say("Who is so far ahead of their share is not offered. Only where shares decide."),
                 optional: plain("none")))</div>\
        \(Components.checkbox("rotation.creditsCancelled", plain("Cancelled bookings do not count"), in: filled))\
        \(Components.checkbox("rotation.creditsNoShow", plain("Bookings nobody came to do not count"), in: filled))\
        \(Components.checkbox("rotation.movesReassign", plain("Another host may take a booking that is moved"),
                              in: filled, note: plain("Otherwise it stays with its host.")))\
        \(Components.select("hostChoice", plain("Choice of the host"), [
            (RotationRules.HostChoice.off.rawValue, plain("Attendees meet whose turn it is")),
            (RotationRules.HostChoice.allowed.rawValue, plain("Attendees may choose whom they meet")),
        ], in: filled, hint: say("They see the times of that host then, and a move keeps the host.")))\
        </fieldset>
        """
    }
}
