/// The addresses at which hosts see their bookings: the list, the day, the week, the month and the file.
import Database
import Scheduling
import Web

package struct HostRoutes: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/calendar/bookings", .signedIn(.viewBookings), bookings),
            Route(.get, "/calendar/bookings.csv", .signedIn(.viewBookings), file),
        ] + HostBookingRoutes(installation).routes + ReassignRoutes(installation).routes
            + DistributionRoutes(installation).routes + BookForRoutes(installation).routes
            + BlockRoutes(installation).routes + SessionRoutes(installation).routes
            + ProposalRoutes(installation).routes + OfferRoutes(installation).routes
    }

    private static let pageLength = 50
    /// As many people as a select can hold.
    private static let mostHosts = 200

    private func bookings(_ request: Request) async throws -> Answer {
        switch request.query["view"].flatMap(CalendarView.init(rawValue:)) ?? .list {
        case .list: try await list(request)
        case .day: .page(DayPage(frame: try await frame(request, .day)).html)
        case .week: .page(WeekPage(frame: try await frame(request, .week)).html)
        case .month: .page(MonthPage(frame: try await frame(request, .month)).html)
        }
    }

    /// Whoever hosts begins with their own bookings, whoever only looks after others with everybody's.
    private func asked(_ request: Request, _ principal: Principal, in tx: Transaction) throws -> HostListAsk {
        let isHost = try BookingListStore.isHost(principal.user, scope: principal.scope, in: tx)
        return HostListAsk(request.query, principal: principal, isHost: isHost)
    }

    private func list(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let (scope, now) = (principal.scope, installation.world.now)
        let page = try await installation.database.read(scope) { tx in
            let ask = try asked(request, principal, in: tx)
            let viewer = try Viewer(principal, installation, in: tx)
            let filter = ask.filter(reads: principal.reads, zone: viewer.zone, now: now)
            let read = try BookingPageRead.load(ask, filter, length: Self.pageLength, scope: scope, in: tx)
            var page = BookingsPage(
                principal: principal, ask: ask, rows: read.rows, zone: viewer.zone, clock: viewer.clock,
                today: viewer.zone.local(at: now).date)
            (page.earlier, page.later) = (read.earlier, read.later)
            page.now = now
            page.counts = try counts(ask, principal, viewer.zone, now: now, in: tx)
            page.links = try BookingListStore.choices(of: principal.reads, scope: scope, in: tx)
            page.hosts = try hosts(principal, in: tx)
            page.kept = try kept(ask, filter, now: now, scope: scope, in: tx)
            return page
        }
        return .page(page.html)
    }

    /// The offers of those whose bookings are on show, on the first page of what is to come.
    private func kept(
        _ ask: HostListAsk, _ filter: BookingFilter, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> [KeptOffer] {
        guard ask.bucket == .upcoming, ask.search.isEmpty, ask.source == nil, ask.after == nil, ask.before == nil,
            ask.from == nil, ask.to == nil
        else { return [] }
        let people: Set<ID<User>>? = filter.host.map { [$0] } ?? filter.readable
        return try KeptOfferStore.open(of: ask.link, people: people, now: now, scope: scope, in: tx)
    }

    /// Beside each heading, unless a search narrows them: then counting would be searching five times.
    private func counts(
        _ ask: HostListAsk, _ principal: Principal, _ zone: Zone, now: Instant, in tx: Transaction
    ) throws -> [BookingBucket: Int] {
        guard ask.search.isEmpty, ask.source == nil else { return [:] }
        let filters = BookingBucket.allCases.map { bucket in
            var other = ask
            other.bucket = bucket
            return other.filter(reads: principal.reads, zone: zone, now: now)
        }
        let counts = try BookingListStore.counts(
            filters, atMost: BookingsPage.mostCounted + 1, scope: principal.scope, in: tx)
        return Dictionary(uniqueKeysWithValues: zip(BookingBucket.allCases, counts))
    }

    private func hosts(_ principal: Principal, in tx: Transaction) throws -> [(id: ID<User>, name: String)] {
        guard principal.reads?.count != 1 else { return [] }
        let members = try AccountStore.members(of: principal.workspace, in: tx)
            .filter { principal.reads?.contains($0.account.id) ?? true }
        return members.prefix(Self.mostHosts).map { member in
            (id: member.account.id, name: member.account.name)
        }
    }

    // MARK: Day, week and month

    private func frame(_ request: Request, _ view: CalendarView) async throws -> CalendarFrame {
        let principal = try request.signedIn()
        let (scope, now) = (principal.scope, installation.world.now)
        let asked = request.query["host"].flatMap(ID<User>.init)
            .flatMap { principal.reads?.contains($0) ?? true ? $0 : nil }
        return try await installation.database.read(scope) { tx in
            let viewer = try Viewer(principal, installation, in: tx)
            let person = try person(asked, principal, in: tx)
            let today = viewer.zone.local(at: now).date
            let date = request.query["date"].flatMap(LocalDate.init)
            let day = date.flatMap { (1971...2199).contains($0.year) ? $0 : nil } ?? today
            let (first, days) = switch view {
            case .list, .day: (day, 1)
            case .week: (day.startOfWeek(Language.current.firstWeekday), 7)
            case .month: MonthPage.span(day.firstOfMonth)
            }
            let entries = try CalendarRead.entries(
                of: person, from: viewer.zone.instant(of: first), to: viewer.zone.instant(of: first.adding(days: days)),
                now: now, scope: scope, in: tx)
            let marks = try DayMarks.load(
                of: person.id, first...first.adding(days: days - 1), zones: installation.world.zones, scope: scope,
                in: tx)
            var frame = CalendarFrame(
                principal: principal, person: person, day: day, today: today, now: now, zone: viewer.zone,
                clock: viewer.clock, entries: entries, marks: marks, people: try hosts(principal, in: tx))
            frame.wasEveryone = request.query["host"] == Whose.everyone.word
            return frame
        }
    }

    /// The person asked for when they are of this workspace, else oneself.
    private func person(_ id: ID<User>?, _ principal: Principal, in tx: Transaction) throws -> CalendarPerson {
        if let id, id != principal.user,
            let member = try AccountStore.member(id, workspace: principal.workspace, in: tx) {
            return CalendarPerson(id: id, name: member.account.name, isViewer: false)
        }
        return CalendarPerson(id: principal.user, name: principal.name, isViewer: true)
    }

    // MARK: The file

    private func file(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let (scope, now) = (principal.scope, installation.world.now)
        var ask = try await installation.database.read(scope) { try asked(request, principal, in: $0) }
        (ask.before, ask.after) = (nil, nil)
        var bytes = BookingCSV.mark + BookingCSV.line(BookingCSV.head)
        var total = 0
        while total <= BookingCSV.most {
            let wanted = ask
            let (rows, later, zone) = try await installation.database.read(scope) { tx in
                let viewer = try Viewer(principal, installation, in: tx)
                let filter = wanted.filter(reads: principal.reads, zone: viewer.zone, now: now)
                let read = try BookingPageRead.load(wanted, filter, length: BookingCSV.atOnce, scope: scope, in: tx)
                return (read.rows, read.later, viewer.zone)
            }
            for row in rows { bytes += BookingCSV.line(BookingCSV.row(row, zone: zone)) }
            total += rows.count
            guard let later else {
                let entry = AuditEntry(
                    .exported, of: "bookings", named: plain("Bookings"), after: ["bookings": JSON(total)],
                    from: Origin(request), installation.world)
                try await installation.database.write(scope) { try AuditStore.record(entry, scope: scope, in: $0) }
                return .file(bytes, type: "text/csv; charset=utf-8", name: "bookings.csv")
            }
            ask.after = later
        }
        throw TooManyForOneFile()
    }
}

/// The zone and clock in which pages speak to the person who looks.
struct Viewer: Sendable {
    let zone: Zone
    let clock: HourClock

    init(_ principal: Principal, _ installation: Installation, in tx: Transaction) throws {
        try self.init(of: principal.user, principal, installation, in: tx)
    }

    /// The zone and clock of somebody else.
    init(
        of person: ID<User>, _ principal: Principal, _ installation: Installation, in tx: Transaction
    ) throws {
        let member = try AccountStore.member(person, workspace: principal.workspace, in: tx)
        zone = member.flatMap { installation.world.zones.zone($0.account.zone) } ?? .utc
        clock = member?.account.clock ?? .twentyFour
    }
}
