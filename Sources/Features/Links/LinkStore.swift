/// Every SQL statement on links, their hosts and their questions.
import Database
import Scheduling
import Web

package enum LinkStore {
    package static func insert(_ link: Link, scope: Scope, now: Instant, in tx: Transaction) throws {
        let rules = link.rules
        let window = WindowColumns(rules.window)
        try tx.run("""
            INSERT INTO link (id, workspace, slug, title, description, kind, schedule, duration, step, align,
                offset_minutes, buffer_before, buffer_after, notice, notice_unit, window_kind, window_days,
                window_from, window_to, active, hidden, expires_at, most_uses, access_code, most_guests,
                attendee_moves, attendee_cancels, move_notice, cancel_notice, needs_reason, colour, language,
                locks_zone, confirmation, redirect, redirect_details, event_title, window_days_kind, gap_rule,
                travel_before, travel_after, first_of_day, beside_first, strategy, maximum_lead, period, counts_by,
                credits_cancelled, host_choice, credits_no_show, moves_reassign, frame_origins,
                capacity, shows_seats, shows_names, requires_approval, approval_hours, verifies_email, bot_defence,
                version, created_at, updated_at)
            VALUES (\(link.id), \(scope.workspace), \(rules.slug), \(rules.title), \(rules.description),
                \(rules.kind), \(link.schedule), \(rules.duration), \(rules.step), \(rules.align),
                \(rules.offset), \(rules.bufferBefore), \(rules.bufferAfter), \(rules.notice.value),
                \(rules.notice.unit), \(window.kind), \(window.days), \(window.from), \(window.to),
                \(rules.active), \(rules.access.hidden ? 1 : 0), \(rules.access.expiresAt),
                \(rules.access.mostUses), \(rules.access.code), \(rules.access.mostGuests),
                \(rules.changes.attendeeMoves ? 1 : 0), \(rules.changes.attendeeCancels ? 1 : 0),
                \(rules.changes.moveNotice), \(rules.changes.cancelNotice), \(rules.changes.needsReason ? 1 : 0),
                \(rules.look.colour), \(rules.look.language), \(rules.look.locksZone ? 1 : 0),
                \(rules.look.confirmation), \(rules.look.redirect), \(rules.look.redirectDetails ? 1 : 0),
                \(rules.look.eventTitle), \(window.daysKind), \(rules.rhythm.gapRule), \(rules.rhythm.travelBefore),
                \(rules.rhythm.travelAfter), \(rules.rhythm.firstOfDay ? 1 : 0), \(rules.rhythm.besideFirst ? 1 : 0),
                \(rules.rotation.strategy), \(rules.rotation.maximumLead), \(rules.rotation.period),
                \(rules.rotation.countsBy), \(rules.rotation.creditsCancelled ? 1 : 0), \(rules.rotation.hostChoice),
                \(rules.rotation.creditsNoShow ? 1 : 0), \(rules.rotation.movesReassign ? 1 : 0),
                \(rules.look.originText),
                \(rules.seats.capacity), \(rules.seats.showsSeats ? 1 : 0), \(rules.seats.showsNames ? 1 : 0),
                \(rules.approval.isRequired ? 1 : 0), \(rules.approval.hours), \(rules.door.verifiesEmail ? 1 : 0),
                \(rules.door.botDefence), 1, \(now), \(now))
            """)
        try LinkHostStore.replace(of: link, scope: scope, in: tx)
        try insertLocations(of: link, scope: scope, in: tx)
        try QuestionStore.insert(of: link, scope: scope, in: tx)
        try LinkRhythmStore.insert(rules.rhythm, of: link.id, scope: scope, in: tx)
        try LinkPoolStore.insert(rules.pools, of: link.id, scope: scope, in: tx)
        try LinkNeedStore.replace(rules.needs, of: link.id, scope: scope, in: tx)
        try LinkSeriesStore.write(rules.series, of: link.id, scope: scope, in: tx)
        try LinkWaitlistStore.write(rules.waitlist, of: link.id, scope: scope, in: tx)
    }

    /// Writes the changed link when its version is still `link.version`; false when somebody was faster.
    package static func update(_ link: Link, scope: Scope, now: Instant, in tx: Transaction) throws -> Bool {
        let (rules, rotation) = (link.rules, link.rules.rotation)
        let window = WindowColumns(rules.window)
        let changed = try tx.run("""
            UPDATE link SET slug = \(rules.slug), title = \(rules.title), description = \(rules.description),
                schedule = \(link.schedule), duration = \(rules.duration), step = \(rules.step),
                align = \(rules.align), offset_minutes = \(rules.offset),
                buffer_before = \(rules.bufferBefore), buffer_after = \(rules.bufferAfter),
                notice = \(rules.notice.value), notice_unit = \(rules.notice.unit),
                window_kind = \(window.kind), window_days = \(window.days), window_from = \(window.from),
                window_to = \(window.to), active = \(rules.active), hidden = \(rules.access.hidden ? 1 : 0),
                expires_at = \(rules.access.expiresAt), most_uses = \(rules.access.mostUses),
                access_code = \(rules.access.code), most_guests = \(rules.access.mostGuests),
                attendee_moves = \(rules.changes.attendeeMoves ? 1 : 0),
                attendee_cancels = \(rules.changes.attendeeCancels ? 1 : 0),
                move_notice = \(rules.changes.moveNotice), cancel_notice = \(rules.changes.cancelNotice),
                needs_reason = \(rules.changes.needsReason ? 1 : 0), colour = \(rules.look.colour),
                language = \(rules.look.language), locks_zone = \(rules.look.locksZone ? 1 : 0),
                confirmation = \(rules.look.confirmation), redirect = \(rules.look.redirect),
                redirect_details = \(rules.look.redirectDetails ? 1 : 0), event_title = \(rules.look.eventTitle),
                frame_origins = \(rules.look.originText),
                window_days_kind = \(window.daysKind), gap_rule = \(rules.rhythm.gapRule),
                travel_before = \(rules.rhythm.travelBefore), travel_after = \(rules.rhythm.travelAfter),
                first_of_day = \(rules.rhythm.firstOfDay ? 1 : 0), beside_first = \(rules.rhythm.besideFirst ? 1 : 0),
                kind = \(rules.kind), strategy = \(rotation.strategy), maximum_lead = \(rotation.maximumLead),
                period = \(rotation.period), counts_by = \(rotation.countsBy), host_choice = \(rotation.hostChoice),
                credits_cancelled = \(rotation.creditsCancelled ? 1 : 0),
                credits_no_show = \(rotation.creditsNoShow ? 1 : 0), bot_defence = \(rules.door.botDefence),
                moves_reassign = \(rotation.movesReassign ? 1 : 0), capacity = \(rules.seats.capacity),
                shows_seats = \(rules.seats.showsSeats ? 1 : 0), shows_names = \(rules.seats.showsNames ? 1 : 0),
                requires_approval = \(rules.approval.isRequired ? 1 : 0), approval_hours = \(rules.approval.hours),
                verifies_email = \(rules.door.verifiesEmail ? 1 : 0), version = version + 1, updated_at = \(now)
            WHERE workspace = \(scope.workspace) AND id = \(link.id) AND version = \(link.version)
                AND deleted_at IS NULL
            """)
        guard changed == 1 else { return false }
        try tx.run("DELETE FROM link_location WHERE workspace = \(scope.workspace) AND link = \(link.id)")
        try insertLocations(of: link, scope: scope, in: tx)
        try QuestionStore.replace(of: link, scope: scope, in: tx)
        try LinkRhythmStore.replace(rules.rhythm, of: link.id, scope: scope, in: tx)
        try LinkPoolStore.replace(rules.pools, of: link.id, scope: scope, in: tx)
        try LinkNeedStore.replace(rules.needs, of: link.id, scope: scope, in: tx)
        try LinkSeriesStore.write(rules.series, of: link.id, scope: scope, in: tx)
        try LinkWaitlistStore.write(rules.waitlist, of: link.id, scope: scope, in: tx)
        return true
    }

    package static func find(_ id: ID<Link>, scope: Scope, in tx: Transaction) throws -> Link? {
        try select("AND l.id = \(id)", scope: scope, in: tx).first
    }

    /// Several at once, by id, deleted ones too.
    package static func find(_ ids: Set<ID<Link>>, scope: Scope, in tx: Transaction) throws -> [ID<Link>: Link] {
        guard !ids.isEmpty else { return [:] }
        let links = try select("AND l.id IN \(list: ids)", scope: scope, in: tx)
        return Dictionary(links.map { ($0.id, $0) }, uniquingKeysWith: { first, _ in first })
    }

    package static func find(slug: String, scope: Scope, in tx: Transaction) throws -> Link? {
        try select("AND l.slug = \(slug)", scope: scope, in: tx).first
    }

    /// The link with its row locked until the transaction ends: what is counted against it then stays true.
    package static func locked(_ id: ID<Link>, scope: Scope, in tx: Transaction) throws -> Link? {
        try select("AND l.id = \(id)\(.forUpdate)", scope: scope, in: tx).first
    }

    /// Links of the workspace that somebody made and nobody deleted, newest first.
    package static func all(_ filter: LinkFilter, scope: Scope, in tx: Transaction) throws -> [Link] {
        var condition: SQL = "AND \(isListed)"
        if let hosts = filter.hosts {
            condition = """
                \(condition) AND EXISTS (SELECT 1 FROM link_host h WHERE h.workspace = l.workspace AND h.link = l.id
                            AND h.account IN \(list: hosts))
                """
        }
        if let active = filter.active { condition = "\(condition) AND l.active = \(active)" }
        if let after = filter.after { condition = "\(condition) AND l.id < \(after)" }
        return try select("\(condition) ORDER BY l.id DESC LIMIT \(filter.limit)", scope: scope, in: tx)
    }

    /// The links whose hours are those of a schedule, oldest first.
    package static func following(_ schedule: ID<Schedule>, scope: Scope, in tx: Transaction) throws -> [Link] {
        try select("AND l.schedule = \(schedule) AND \(isListed) ORDER BY l.id", scope: scope, in: tx)
    }

    /// The titles of the links that follow each schedule of the workspace, oldest first.
    package static func titlesBySchedule(scope: Scope, in tx: Transaction) throws -> [ID<Schedule>: [String]] {
        let rows: [(ID<Schedule>, String)] = try tx.all("""
            SELECT schedule, title FROM link
            WHERE workspace = \(scope.workspace) AND deleted_at IS NULL AND ad_hoc IS NULL ORDER BY id
            """) { (try $0["schedule"], try $0["title"]) }
        return Dictionary(grouping: rows, by: \.0).mapValues { $0.map(\.1) }
    }

    /// Links that are deleted, and those nobody has made, have a schedule, too; when it goes, they get another one.
    package static func repointDeleted(
        from old: ID<Schedule>, to new: ID<Schedule>, scope: Scope, in tx: Transaction
    ) throws {
        try tx.run("""
            UPDATE link SET schedule = \(new)
            WHERE workspace = \(scope.workspace) AND schedule = \(old)
                AND (deleted_at IS NOT NULL OR ad_hoc IS NOT NULL)
            """)
    }

    package static func all(
        host: ID<User>? = nil, limit: Int = 200, after: ID<Link>? = nil, scope: Scope, in tx: Transaction
    ) throws -> [Link] {
        try all(LinkFilter(hosts: host.map { [$0] }, limit: limit, after: after), scope: scope, in: tx)
    }

    /// Switches the link off and out of every list; its bookings keep it.
    package static func delete(_ id: ID<Link>, scope: Scope, now: Instant, in tx: Transaction) throws {
        try tx.run("""
            UPDATE link SET deleted_at = \(now), active = \(false), version = version + 1, updated_at = \(now)
            WHERE workspace = \(scope.workspace) AND id = \(id) AND deleted_at IS NULL
            """)
    }

    /// A member of this workspace as a link shows them; nil for people of elsewhere and those switched off.
    package static func host(_ id: ID<User>, scope: Scope, in tx: Transaction) throws -> LinkHost? {
        try tx.one("""
            SELECT a.id, a.name, a.email, a.zone FROM member m JOIN account a ON a.id = m.account
            WHERE m.workspace = \(scope.workspace) AND m.account = \(id) AND a.active AND m.state = 'active'
            """, host(from:))
    }

    package static func workspaceName(scope: Scope, in tx: Transaction) throws -> WorkspaceName {
        try tx.one("SELECT name, colour FROM workspace WHERE id = \(scope.workspace)") {
            WorkspaceName(try $0["name"], brand: Brand(stored: try $0["colour"]))
        } ?? ""
    }

    private static func host(from row: Row) throws -> LinkHost {
        LinkHost(id: try row["id"], name: try row["name"], email: try row["email"], zone: try row["zone"])
    }

    private static func select(_ condition: SQL, scope: Scope, in tx: Transaction) throws -> [Link] {
        let links = try tx.all("""
            SELECT l.id, l.slug, l.title, l.description, l.kind, l.schedule, l.duration, l.step, l.align,
                l.offset_minutes, l.buffer_before, l.buffer_after, l.notice, l.notice_unit, l.window_kind,
                l.window_days, l.window_from, l.window_to, l.active, l.hidden, l.expires_at, l.most_uses,
                l.access_code, l.most_guests, l.attendee_moves, l.attendee_cancels, l.move_notice, l.cancel_notice,
                l.needs_reason, l.colour, l.language, l.locks_zone, l.confirmation, l.redirect, l.redirect_details,
                l.event_title, l.frame_origins, l.window_days_kind, l.gap_rule, l.travel_before, l.travel_after,
                l.first_of_day, l.beside_first, l.strategy, l.maximum_lead, l.period, l.counts_by, l.credits_cancelled,
                l.credits_no_show, l.moves_reassign, l.host_choice, \(LinkRhythmStore.hasParts) AS has_parts, l.version,
                l.capacity, l.shows_seats, l.shows_names,
                l.requires_approval, l.approval_hours, l.verifies_email, l.bot_defence,
                \(LinkSeriesStore.columns), \(LinkWaitlistStore.columns), l.created_at, l.deleted_at, l.ad_hoc
            FROM link l WHERE l.workspace = \(scope.workspace) \(condition)
            """) { row in (try link(from: row), hasParts: try row["has_parts"] as Bool) }
        let ids = links.map(\.0.id)
        guard !ids.isEmpty else { return [] }
        // One question for each kind of part, however many links there are.
        let hosts = try LinkHostStore.all(of: ids, scope: scope, in: tx)
        let locations = try locations(of: ids, scope: scope, in: tx)
        let questions = try QuestionStore.all(of: ids, scope: scope, in: tx)
        // Most links have none of these; they are not asked about.
        let parts = try LinkRhythmStore.parts(of: links.filter(\.hasParts).map(\.0.id), scope: scope, in: tx)
        let pools = try LinkPoolStore.all(of: links.filter(\.0.hasPools).map(\.0.id), scope: scope, in: tx)
        let needs = try LinkNeedStore.all(of: links.filter(\.hasParts).map(\.0.id), scope: scope, in: tx)
        return links.map { link, _ in
            var link = link
            parts[link.id]?.put(into: &link.rules.rhythm)
            link.hosts = hosts[link.id, default: []].map(\.host)
            link.shares = Dictionary(hosts[link.id, default: []].map { ($0.host.id, $0.share) }) { first, _ in first }
            link.rules.pools = pools[link.id, default: []]
            link.rules.needs = needs[link.id, default: []]
            link.rules.locations = locations[link.id, default: []]
            link.questions = questions[link.id, default: []]
            return link
        }
    }

    /// The rows of a question about several links, by link, in their order.
    private static func byLink<Part>(
        _ sql: SQL, in tx: Transaction, _ read: (Row) throws -> Part
    ) throws -> [ID<Link>: [Part]] {
        var parts: [ID<Link>: [Part]] = [:]
        for (link, part) in try tx.all(sql, { (try $0["link"] as ID<Link>, try read($0)) }) {
            parts[link, default: []].append(part)
        }
        return parts
    }

    private static func link(from row: Row) throws -> Link {
        var rules = LinkRules(title: try row["title"], slug: try row["slug"])
        rules.description = try row["description"]
        rules.kind = try row["kind"]
        rules.duration = try row["duration"]
        rules.step = try row["step"]
        rules.align = try row["align"]
        rules.offset = try row["offset_minutes"]
        rules.bufferBefore = try row["buffer_before"]
        rules.bufferAfter = try row["buffer_after"]
        rules.notice = MinimumNotice(value: try row["notice"], unit: try row["notice_unit"])
        rules.window = try WindowColumns(row).window
        rules.active = try row["active"]
        rules.access = try access(from: row)
        rules.changes = try changes(from: row)
        rules.look = try look(from: row)
        rules.rhythm = try LinkRhythmStore.rhythm(from: row)
        rules.rotation = try rotation(from: row)
        rules.approval = try LinkApproval(row)
        rules.door = try LinkDoor(row)
        rules.seats = try LinkSeats(row)
        rules.series = try LinkSeriesStore.series(from: row)
        rules.waitlist = try LinkWaitlistStore.waitlist(from: row)
        return Link(
            id: try row["id"], rules: rules, schedule: try row["schedule"], hosts: [], questions: [],
            version: try row["version"], createdAt: try row["created_at"], deletedAt: try row["deleted_at"],
            adHoc: try row["ad_hoc"])
    }

    private static func access(from row: Row) throws -> LinkAccess {
        var access = LinkAccess()
        access.hidden = try row["hidden"] as Int == 1
        access.expiresAt = try row["expires_at"]
        access.mostUses = try row["most_uses"]
        access.code = try row["access_code"]
        access.mostGuests = try row["most_guests"]
        return access
    }

    private static func changes(from row: Row) throws -> LinkChanges {
        var changes = LinkChanges()
        changes.attendeeMoves = try row["attendee_moves"] as Int == 1
        changes.attendeeCancels = try row["attendee_cancels"] as Int == 1
        changes.moveNotice = try row["move_notice"]
        changes.cancelNotice = try row["cancel_notice"]
        changes.needsReason = try row["needs_reason"] as Int == 1
        return changes
    }

    private static func look(from row: Row) throws -> LinkLook {
        var look = LinkLook()
        look.colour = try row["colour"]
        look.language = try row["language"]
        look.locksZone = try row["locks_zone"] as Int == 1
        look.confirmation = try row["confirmation"]
        look.redirect = try row["redirect"]
        look.redirectDetails = try row["redirect_details"] as Int == 1
        look.eventTitle = try row["event_title"]
        look.originText = try row["frame_origins"]
        return look
    }

    private static func rotation(from row: Row) throws -> RotationRules {
        var rotation = RotationRules()
        (rotation.strategy, rotation.maximumLead) = (try row["strategy"], try row["maximum_lead"])
        (rotation.period, rotation.countsBy) = (try row["period"], try row["counts_by"])
        rotation.creditsCancelled = try row["credits_cancelled"] as Int == 1
        rotation.creditsNoShow = try row["credits_no_show"] as Int == 1
        rotation.movesReassign = try row["moves_reassign"] as Int == 1
        rotation.hostChoice = try row["host_choice"]
        return rotation
    }

    private static func insertLocations(of link: Link, scope: Scope, in tx: Transaction) throws {
        for (position, place) in link.rules.locations.enumerated() {
            try tx.run("""
                INSERT INTO link_location (workspace, link, position, kind, text)
                VALUES (\(scope.workspace), \(link.id), \(position), \(place.kind), \(place.text))
                """)
        }
    }

    private static func locations(
        of links: [ID<Link>], scope: Scope, in tx: Transaction
    ) throws -> [ID<Link>: [Location]] {
        try byLink("""
            SELECT link, kind, text FROM link_location
            WHERE workspace = \(scope.workspace) AND link IN \(list: links) ORDER BY link, position
            """, in: tx) { row in Location(kind: try row["kind"], text: try row["text"]) }
    }
}

/// Which links a list shows; `hosts` are the people of whom one hosts them.
package struct LinkFilter: Sendable {
    package var hosts: Set<ID<User>>?
    package var active: Bool?
    package var limit = 200
    package var after: ID<Link>?

    package init(hosts: Set<ID<User>>? = nil, active: Bool? = nil, limit: Int = 200, after: ID<Link>? = nil) {
        (self.hosts, self.active, self.limit, self.after) = (hosts, active, limit, after)
    }
}

/// How a booking window is laid out in columns.
private struct WindowColumns {
    private enum DaysKind: String { case all, business, bookable }

    var kind: String
    /// Which days `days` counts.
    var daysKind: String
    var days: Int?
    var from: LocalDate?
    var to: LocalDate?

    init(_ window: LinkWindow) {
        (kind, daysKind) = ("rolling_days", DaysKind.all.rawValue)
        switch window {
        case .rollingDays(let days): self.days = days
        case .rollingBusinessDays(let days): (daysKind, self.days) = (DaysKind.business.rawValue, days)
        case .bookableDays(let days): (daysKind, self.days) = (DaysKind.bookable.rawValue, days)
        case .range(let from, let to): (kind, self.from, self.to) = ("range", from, to)
        }
    }

    init(_ row: Row) throws {
        (kind, days, daysKind) = (try row["window_kind"], try row["window_days"], try row["window_days_kind"])
        (from, to) = (try row["window_from"], try row["window_to"])
    }

    /// The schema's CHECKs make one of the shapes certain.
    var window: LinkWindow {
        get throws {
            if let days {
                return switch DaysKind(rawValue: daysKind) {
                case .business: .rollingBusinessDays(days)
                case .bookable: .bookableDays(days)
                case .all, nil: .rollingDays(days)
                }
            }
            guard let from, let to else { throw DatabaseError.mismatch("window of link") }
            return .range(from: from, to: to)
        }
    }
}
