/// Reads a link's kind, its hosts and how they share its bookings; and who may say so.
import Database
import Scheduling
import Web

extension LinkReading {
    /// Kinds that do not work yet are refused in words rather than stored and ignored.
    static func kind(_ fields: inout Fields, otherwise base: LinkKind) -> LinkKind {
        let kind = fields.choice("kind", otherwise: base, optional: true, label: plain("Kind"))
        guard !LinkKind.made.contains(kind) else { return kind }
        let words = LinkKind.made.map(\.rawValue).joined(separator: ", ")
        fields.fail("kind", "invalid", plain("This version makes links of these kinds: \(words)."))
        return base
    }

    /// Nil when none came. A row of the form that names nobody, or is to be removed, is no host.
    static func hosts(_ fields: inout Fields, kind: LinkKind) -> [HostWish]? {
        guard fields.has("hosts") || fields.has("hosts.0.userId") else { return nil }
        let before = fields.errors.count
        // A form may carry rows to be removed beside those to be added.
        let rows = fields.list("hosts", atMost: 2 * Link.mostHosts, label: plain("Hosts")) { host(&$0, kind: kind) }
        let hosts = rows.compactMap(\.self)
        var seen: Set<ID<User>> = []
        for (index, row) in rows.enumerated() {
            guard let row, !seen.insert(row.user).inserted else { continue }
            fields.fail("hosts.\(index).userId", "invalid", plain("This host is named twice. Remove one of the two."))
        }
        guard fields.errors.count == before else { return hosts }
        if hosts.isEmpty {
            fields.fail("hosts", "missing", plain("Name at least one host."))
        } else if hosts.count > kind.hosts.upperBound {
            let words = kind.hosts.upperBound > 1 ? plain("A link has at most \(Link.mostHosts) hosts.")
                : plain("Several hosts meet in turn or together. Choose one of these kinds, or leave one host.")
            fields.fail("hosts", "too_many", words)
        }
        return hosts
    }

    /// The form sends it along with every kind; for programs it goes with hosts who take turns.
    static func readHostChoice(_ fields: inout Fields, into rules: inout LinkRules) {
        rules.rotation.hostChoice = fields.choice(
            "hostChoice", otherwise: rules.rotation.hostChoice, optional: true, label: plain("Choice of the host"))
        guard rules.rotation.hostChoice == .allowed else { return }
        guard rules.kind == .roundRobin || rules.kind == .multiHost else {
            rules.rotation.hostChoice = .off
            guard !fields.isForm, fields.has("hostChoice") else { return }
            let words = plain("Only hosts of round_robin and multi_host links can be chosen. Leave it out.")
            return fields.fail("hostChoice", "invalid", words)
        }
        guard rules.seats.capacity > 1 else { return }
        let words = plain("People who share a time share its host. Have one place at a time, or no choice of hosts.")
        fields.fail("hostChoice", "invalid", words)
    }

    enum Role: String, CaseIterable { case fixed, rotating }

    private static func host(_ element: inout Fields, kind: LinkKind) -> HostWish? {
        let usual: Role = kind == .roundRobin || kind == .instant ? .rotating : .fixed
        let pool = pool(&element, kind: kind)
        if kind != .multiHost, element.choice("role", otherwise: usual, optional: true) != usual {
            let words = plain("Hosts of a \(kind.rawValue) link are \(usual.rawValue). Leave the role out.")
            element.fail("role", "invalid", words)
        }
        let priority = element.optionalInteger("priority", HostShare.priorities, label: plain("Priority"))
        let weight = element.optionalInteger("weight", HostShare.weights, label: plain("Weight"))
        let isForm = element.json("userId") == nil && element.has("userId")
        if isForm, element.flag("remove") || element.optionalText("userId", atMost: 40) == nil { return nil }
        return element.id("userId", of: User.self, label: plain("Host")).map {
            HostWish($0, priority: priority ?? HostShare().priority, weight: weight ?? HostShare().weight, pool: pool)
        }
    }

    static func readRotation(_ fields: inout Fields, into rotation: inout RotationRules) {
        let label = plain("Turns")
        rotation.strategy = fields.choice(
            "rotation.strategy", otherwise: rotation.strategy, optional: true, label: label)
        if fields.has("rotation.maximumLead") {
            rotation.maximumLead = fields.optionalInteger(
                "rotation.maximumLead", RotationRules.leads, label: plain("Largest lead"))
        }
        rotation.period = fields.choice(
            "rotation.period", otherwise: rotation.period, optional: true, label: plain("Period"))
        rotation.countsBy = fields.choice(
            "rotation.countsBy", otherwise: rotation.countsBy, optional: true, label: plain("Counted by"))
        rotation.creditsCancelled = fields.flag("rotation.creditsCancelled", otherwise: rotation.creditsCancelled)
        rotation.creditsNoShow = fields.flag("rotation.creditsNoShow", otherwise: rotation.creditsNoShow)
        rotation.movesReassign = fields.flag("rotation.movesReassign", otherwise: rotation.movesReassign)
        // What is listed must be bookable: a lead that differs from month to month could not be told beforehand.
        if rotation.maximumLead != nil, rotation.period == .month, rotation.countsBy == .start {
            let words = plain("A largest lead goes with bookings that count when they are made. Empty it, or count so.")
            fields.fail("rotation.maximumLead", "invalid", words)
        }
    }
}

extension Link {
    /// The hosts as a wish would name them.
    package var hostWishes: [HostWish] {
        hosts.map { host in
            let share = share(of: host.id)
            return HostWish(host.id, priority: share.priority, weight: share.weight, pool: share.pool)
        }
    }
}

extension Principal {
    /// Whether this person sees and changes the link.
    package func acts(on link: Link) -> Bool { acts(on: link.hosts.map(\.id)) }

    package func scope(on link: Link) -> Scope { scope(on: link.hosts.map(\.id)) }

    /// Only admins say who hosts together, and how. Everybody else makes and changes links of one host, their own or
    /// that of somebody they assist; of others they may send back what is there.
    func refuseOtherHosts(_ wish: LinkWish, of link: Link? = nil) throws {
        guard acts != nil else { return }
        let wished = wish.hosts.map { Set($0.map(\.user)) }
        let hosts = link.map { Set($0.hosts.map(\.id)) } ?? wished ?? [user]
        let isAlone = hosts.count == 1 && acts(on: hosts)
        if isAlone, wished == nil || wished == hosts { return }
        guard let link, wish.hosts == nil || wish.hosts == link.hostWishes, wish.rules.kind == link.rules.kind,
            wish.rules.rotation == link.rules.rotation, wish.rules.pools == link.rules.pools
        else { throw Common.forbidden }
    }
}
