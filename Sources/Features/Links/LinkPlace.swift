/// What stands around a link in its editor: its schedule, the schedules it may follow, and its bookings in numbers.
import Database
import Scheduling
import Web

struct LinkPlace: Sendable {
    /// Nil while it is being made.
    var link: Link?
    /// Its hours; for a new link those it will follow.
    var schedule: Schedule?
    var schedules: [Schedule] = []
    var uses = 0
    /// Upcoming bookings that still tell another title or place.
    var outdated = 0
    var people = LinkPeople()
    /// Whose it is alone, and whose else a new one can be.
    var person: ActedFor?
    var persons: [ActedFor] = []
    /// What its template keeps.
    var locks: LinkLocks?
    /// Set for a template.
    var template: LinkTemplate?
    /// The links made from it.
    var made: [Link] = []

    var hours: WeeklyHours { WeeklyHours(schedule?.weekly ?? Schedule.defaultWeekly) }

    func zone(_ installation: Installation) -> Zone {
        schedule.flatMap { installation.world.zones.zone($0.zone) } ?? .utc
    }

    /// - Parameter text: whose link it will be, as the address or the form says it.
    static func new(of text: String?, _ principal: Principal, _ installation: Installation) async throws -> LinkPlace {
        let scope = principal.scope
        return try await installation.database.read(scope) { tx in
            let person = try ActedFor(text, for: principal, in: tx)
            let own = try ScheduleStore.all(of: person.id, scope: scope, in: tx)
            var place = LinkPlace(schedule: own.first, schedules: own)
            (place.person, place.persons) = (person, try ActedFor.choices(principal, in: tx))
            place.people.choices = try choices(for: principal, hosts: [], scope: scope, in: tx)
            place.people.resources = try ResourceStore.all(scope: scope, in: tx)
            return place
        }
    }

    /// The link of the path, when this person may change it.
    static func find(_ request: Request, _ installation: Installation) async throws -> LinkPlace {
        let principal = try request.signedIn()
        guard let id = ID<Link>(try request.parameter("id")) else { throw Common.notFound }
        let (scope, now) = (principal.scope, installation.world.now)
        let found = try await installation.database.read(scope) { tx -> LinkPlace? in
            guard let link = try LinkStore.find(id, scope: scope, in: tx), link.deletedAt == nil,
                link.adHoc == nil, principal.acts(on: link)
            else { return nil }
            var place = LinkPlace(link: link, schedule: try ScheduleStore.find(link.schedule, scope: scope, in: tx))
            if let host = link.hosts.first?.id {
                place.schedules = try ScheduleStore.all(of: host, scope: scope, in: tx)
            }
            // It may be another host's.
            if let own = place.schedule, own.link == nil, !place.schedules.contains(where: { $0.id == own.id }) {
                place.schedules.append(own)
            }
            if let host = link.hosts.first, link.hosts.count == 1 {
                place.person = ActedFor(id: host.id, name: host.name, isOwn: host.id == principal.user)
            }
            place.people.hosts = link.hosts
            place.people.absent = Set(link.hosts.map(\.id).filter { !link.share(of: $0).isActive })
            place.people.choices = try choices(for: principal, hosts: link.hosts, scope: scope, in: tx)
            place.people.resources = try ResourceStore.all(scope: scope, in: tx)
            place.locks = try LinkTemplateStore.locks(on: id, scope: scope, in: tx)
            place.template = try LinkTemplateStore.find(id, scope: scope, in: tx)
            let made = Set(place.template?.managed.map(\.link) ?? [])
            place.made = try LinkStore.find(made, scope: scope, in: tx).values.sorted { $0.id < $1.id }
            place.uses = try LinkUseStore.uses(of: id, scope: scope, in: tx)
            let told = try LinkUseStore.snapshots(of: id, now: now, scope: scope, in: tx)
            place.outdated = told.count { !LinkJSON(link).isTold(by: $0.rules) }
            return place
        }
        guard let found else { throw Common.notFound }
        return found
    }

    /// Everybody, for those who may make others hosts; nobody where there is nobody else.
    private static func choices(
        for principal: Principal, hosts: [LinkHost], scope: Scope, in tx: Transaction
    ) throws -> [LinkHost] {
        guard principal.acts == nil else { return [] }
        let everybody = try LinkHostStore.everybody(scope: scope, in: tx)
        return everybody.count > 1 || hosts.count > 1 ? everybody : []
    }

    /// What saving would change in the links made from this template, shown to whoever may change it; nil where
    /// nothing, or where just that was seen.
    func change(_ wish: LinkWish, confirmed data: FormData, _ principal: Principal) -> TemplateChangePage? {
        guard let link, let template, locks == nil else { return nil }
        var typed = link
        typed.rules = wish.rules
        if let questions = wish.questions {
            typed.questions = questions.map { $0.question(ID(milliseconds: 0, random: [])) }
        }
        let change = TemplateChange(made, becoming: typed, locked: template.locked, rooms: people.resources)
        guard change.count > 0, data["confirmed"] != change.digest else { return nil }
        return TemplateChangePage(
            principal: principal, title: link.rules.title, change: change,
            action: Path("/settings/booking-links/\(link.id)"), back: Path("/settings/booking-links/\(link.id)"),
            fields: data.pairs.filter { $0.0 != "csrf" && $0.0 != "confirmed" })
    }

    /// The link as it would be with the wish, for a look at its times; nil when there are no hours to look at.
    func typed(_ wish: LinkWish, principal: Principal, _ installation: Installation) -> Link? {
        let followed = schedules.first { $0.id == wish.schedule } ?? (wish.followsSchedule ? schedules.first : nil)
        guard let hours = followed ?? schedule else { return nil }
        let known = people.hosts + people.choices
        let wished = wish.hosts?.compactMap { host in known.first { $0.id == host.user } } ?? []
        if var link {
            link.rules = wish.rules
            link.schedule = hours.id
            if !wished.isEmpty { link.hosts = wished }
            link.putIntoPools(wish.hosts)
            return link
        }
        let person = person ?? ActedFor(principal)
        let host = LinkHost(id: person.id, name: person.name, email: "", zone: hours.zone)
        var link = Link(
            id: installation.world.id(), rules: wish.rules, schedule: hours.id,
            hosts: wished.isEmpty ? [host] : wished, questions: [], version: 1, createdAt: installation.world.now)
        link.putIntoPools(wish.hosts)
        return link
    }
}
