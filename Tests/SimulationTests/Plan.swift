/// The links, rooms and devices that every simulation begins with.
import Database
import Scheduling

@testable import Features

extension Town {
    /// Rooms and devices of both workspaces.
    static func furnish(
        _ tenants: [Tenant], _ installation: Installation
    ) async throws -> [String: ID<BookableResource>] {
        var ids: [String: ID<BookableResource>] = [:]
        for (tenant, names) in zip(tenants, [["Fjord", "Aula", "Beamer"], ["Hall", "Annex"]]) {
            for name in names {
                let resource = BookableResource(
                    id: installation.world.id(), name: "\(name) \(tenant.mark)", zone: "Europe/Berlin")
                ids[resource.name] = try await SaveResource(installation).create(resource, scope: tenant.host).id
            }
        }
        return ids
    }

    /// One host each, then those that ask a host, need a room or have several hosts.
    static func plans(
        ada: ID<User>, bob: ID<User>, cyd: ID<User>, dan: ID<User>, eve: ID<User>,
        _ resources: [String: ID<BookableResource>]
    ) throws -> [Plan] {
        let (fjord, aula, beamer) = (
            resources["Fjord north-mark"], resources["Aula north-mark"], resources["Beamer north-mark"])
        let (hall, annex) = (resources["Hall other-mark"], resources["Annex other-mark"])
        guard let fjord, let aula, let beamer, let hall, let annex else { throw Missing() }
        var crew = Plan(tenant: 0, hosts: [ada, bob, cyd, dan], slug: "crew", kind: .multiHost)
        (crew.pool, crew.needs, crew.movesReassign) = ([bob, cyd, dan], [LinkNeed([aula])], true)
        return [
            Plan(tenant: 0, hosts: [ada], slug: "intro"),
            Plan(tenant: 0, hosts: [ada], slug: "deep", minutes: 60, before: 15, after: 10),
            Plan(tenant: 0, hosts: [bob], slug: "bob", after: 5, uses: 3),
            Plan(tenant: 1, hosts: [bob], slug: "bob-other", minutes: 45, before: 5),
            Plan(tenant: 1, hosts: [eve], slug: "eve"),
            Plan(tenant: 1, hosts: [eve], slug: "once", minutes: 60, uses: 1),
            Plan(tenant: 0, hosts: [cyd], slug: "ask", hours: 24),
            Plan(tenant: 0, hosts: [dan], slug: "desk", uses: 3,
                 needs: [LinkNeed([fjord, aula]), LinkNeed([beamer], isRequired: false)]),
            Plan(tenant: 0, hosts: [ada, cyd, dan], slug: "turns", mayChoose: true, kind: .roundRobin, after: 5,
                 movesReassign: true),
            Plan(tenant: 0, hosts: [ada, bob], slug: "both", kind: .collective,
                 needs: [LinkNeed([beamer], isRequired: false)]),
            crew,
            Plan(tenant: 1, hosts: [eve], slug: "hall", uses: 3, hours: 6, needs: [LinkNeed([hall, annex])]),
            Plan(tenant: 1, hosts: [bob, eve], slug: "turns-other", kind: .roundRobin, hours: 12,
                 needs: [LinkNeed([hall, annex])]),
            Plan(tenant: 0, hosts: [dan, bob], slug: "class", kind: .group, after: 5, places: 3),
            Plan(tenant: 0, hosts: [cyd, ada], slug: "class-turns", kind: .roundRobin, places: 2,
                 needs: [LinkNeed([fjord, aula])], movesReassign: true),
            Plan(tenant: 1, hosts: [eve], slug: "class-ask", kind: .group, minutes: 60, places: 4, hours: 12),
            Plan(tenant: 0, hosts: [dan], slug: "proven", proves: true),
            Plan(tenant: 1, hosts: [bob], slug: "proven-other", minutes: 45, hours: 6, proves: true),
            Plan(tenant: 0, hosts: [ada], slug: "template", before: 5),
            Plan(tenant: 1, hosts: [eve], slug: "weekly", uses: 8, weekly: .same),
            Plan(tenant: 0, hosts: [bob, cyd], slug: "weekly-turns", kind: .roundRobin, needs: [LinkNeed([aula])],
                 movesReassign: true, weekly: .same),
            Plan(tenant: 0, hosts: [cyd, dan], slug: "weekly-each", kind: .roundRobin, after: 10, weekly: .rotate),
        ] + filling(ada: ada, bob: bob, cyd: cyd, eve: eve) + calling(ada: ada, bob: bob, cyd: cyd, dan: dan, eve: eve)
    }

    /// Those with an hour a day, so that days fill and people wait.
    private static func filling(ada: ID<User>, bob: ID<User>, cyd: ID<User>, eve: ID<User>) -> [Plan] {
        let hour = Window(opens: 600, closes: 660)
        return [
            Plan(tenant: 0, hosts: [bob], slug: "short", minutes: 60, window: hour, keeps: 15),
            Plan(tenant: 1, hosts: [eve], slug: "short-two", kind: .group, minutes: 60, places: 2, step: 15,
                 window: Window(opens: 600, closes: 675), keeps: 30),
            Plan(tenant: 0, hosts: [ada, cyd], slug: "short-turns", kind: .roundRobin, minutes: 60, movesReassign: true,
                 window: hour, keeps: 20),
        ]
    }

    /// Those on which visitors call: one at all hours, one at the usual ones.
    private static func calling(
        ada: ID<User>, bob: ID<User>, cyd: ID<User>, dan: ID<User>, eve: ID<User>
    ) -> [Plan] {
        [
            Plan(tenant: 0, hosts: [cyd, dan, ada], slug: "now", kind: .instant,
                 window: Window(opens: 0, closes: 1_440)),
            Plan(tenant: 1, hosts: [bob, eve], slug: "now-other", kind: .instant, after: 5),
        ]
    }

    private struct Missing: Error {}
}

/// A link that stands from the beginning.
struct Plan {
    let tenant: Int
    let hosts: [ID<User>]
    let slug: String
    /// Whether attendees may say whom they want to meet.
    var mayChoose = false
    var kind = LinkKind.oneOnOne
    var minutes = 30
    var before = 0
    var after = 0
    var uses: Int?
    /// How many people share a start.
    var places = 1
    /// How long a host may take to answer, where one is asked.
    var hours: Int?
    var needs: [LinkNeed] = []
    /// Those of whom two attend; the others always do.
    var pool: [ID<User>] = []
    var movesReassign = false
    /// Whether up to four weeks are booked at once, and who has them.
    var weekly: LinkSeries.HostRule?
    /// Whether whoever books proves their address.
    var proves = false
    /// Minutes between two starts; nil is as long as a meeting.
    var step: Int?
    /// The only hours of each day, in place of those of its hosts.
    var window: Window?
    /// For how many minutes a freed time is kept for who waits, where people can wait.
    var keeps: Int?

    private static func weeks(_ host: LinkSeries.HostRule) -> LinkSeries {
        var series = LinkSeries()
        (series.count, series.host) = (4, host)
        return series
    }

    func make(in tenant: Tenant, _ installation: Installation) async throws -> LinkFacts {
        var rules = LinkRules(title: "\(slug) \(tenant.mark)", slug: slug)
        (rules.kind, rules.needs, rules.rotation.movesReassign) = (kind, needs, movesReassign)
        (rules.duration, rules.bufferBefore, rules.bufferAfter) = (minutes, before, after)
        rules.notice = MinimumNotice(value: 0, unit: .minute)
        (rules.access.mostUses, rules.seats.capacity, rules.step) = (uses, places, step)
        if let weekly { rules.series = Self.weeks(weekly) }
        if let hours { (rules.approval.isRequired, rules.approval.hours) = (true, hours) }
        if mayChoose { rules.rotation.hostChoice = .allowed }
        rules.door.verifiesEmail = proves
        if let keeps { (rules.waitlist.isOn, rules.waitlist.minutes) = (true, keeps) }
        if !pool.isEmpty { rules.pools = [LinkPool(name: "others", take: 2)] }
        var wish = LinkWish(rules: rules)
        wish.hosts = hosts.map { HostWish($0, pool: pool.contains($0) ? "others" : nil) }
        wish.hours = window.map { Array(repeating: [$0], count: 7) }
        wish.questions = [QuestionWish(kind: .text, label: "What about?", required: false)]
        let link = try await SaveLink(installation).create(wish, host: hosts[0], scope: tenant.host)
        return LinkFacts(link, tenant: self.tenant, window: window)
    }
}
