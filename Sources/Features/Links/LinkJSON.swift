/// A link as the API tells it: in full to its people, in public to everybody.
import Scheduling
import Web

package struct LinkJSON: Sendable {
    let link: Link

    package init(_ link: Link) { self.link = link }

    /// Everything, for keys of the workspace; the names are those of the create and patch bodies.
    package var full: JSON {
        JSON(present: members)
    }

    private var members: [(String, JSON?)] {
        identity + times + rhythm + people + access + look + approval + door + seats + series + waitlist
    }

    private var door: [(String, JSON?)] { link.rules.door.json }
    private var waitlist: [(String, JSON?)] { link.rules.waitlist.json }
    private var series: [(String, JSON?)] { LinkSeries.json(link.rules.series) }

    private var seats: [(String, JSON?)] { link.rules.seats.members }

    private var identity: [(String, JSON?)] {
        let rules = link.rules
        return [
            ("id", .string(link.id.text)),
            ("title", .string(rules.title)),
            ("slug", .string(rules.slug)),
            ("description", .string(rules.description)),
            ("kind", .string(rules.kind.rawValue)),
        ]
    }

    private var times: [(String, JSON?)] {
        let rules = link.rules
        return [
            ("durationMinutes", lengths),
            ("stepMinutes", JSON(rules.step)),
            ("alignMinutes", .int(Int64(rules.align))),
            ("offsetMinutes", .int(Int64(rules.offset))),
            ("bufferBeforeMinutes", .int(Int64(rules.bufferBefore))),
            ("bufferAfterMinutes", .int(Int64(rules.bufferAfter))),
            ("minimumNotice", notice),
            ("window", window),
            ("scheduleId", .string(link.schedule.text)),
        ]
    }

    private var lengths: JSON { .array(link.rules.lengths.map { .int(Int64($0)) }) }

    private var rhythm: [(String, JSON?)] {
        let rhythm = link.rules.rhythm
        return [
            ("gapRule", .string(rhythm.gapRule.rawValue)),
            ("travelBeforeMinutes", .int(Int64(rhythm.travelBefore))),
            ("travelAfterMinutes", .int(Int64(rhythm.travelAfter))),
            ("firstOfDay", .bool(rhythm.firstOfDay)),
            ("besideFirst", .bool(rhythm.besideFirst)),
            ("bookerHours", rhythm.bookerHours.map(WeeklyJSON.write) ?? .null),
            ("limits", .array(rhythm.limits.map(Self.limit))),
        ]
    }

    private static func limit(_ limit: Limit) -> JSON {
        JSON(present: [
            ("scope", .string(limit.scope.rawValue)), ("per", .string(limit.per.rawValue)),
            ("count", limit.count.map { .int(Int64($0)) }), ("minutes", limit.minutes.map { .int(Int64($0)) }),
        ])
    }

    private var people: [(String, JSON?)] {
        [
            ("hosts", .array(link.hosts.map(host))),
            ("rotation", link.rotates ? .some(rotation) : .none),
            ("hostChoice", link.rotates ? .some(.string(link.rules.rotation.hostChoice.rawValue)) : .none),
            ("pools", link.hasPools ? .some(.array(link.rules.pools.map(Self.pool))) : .none),
            ("resources", .array(link.rules.needs.map(Self.need))),
            ("questions", link.questions.json),
            ("locations", .array(link.rules.locations.map { place in
                ["kind": .string(place.kind.rawValue), "text": .string(place.text)]
            })),
            ("active", .bool(link.rules.active)),
            ("version", .int(Int64(link.version))),
            ("createdAt", .string(link.createdAt.rfc3339())),
        ]
    }

    private func host(_ host: LinkHost) -> JSON {
        let share = link.isRotating(host.id) ? link.share(of: host.id) : nil
        return JSON(present: [
            ("userId", .string(host.id.text)), ("role", share == nil ? "fixed" : "rotating"),
            ("pool", (share?.pool).map { .string($0) }), ("name", .string(host.name)),
            ("priority", share.map { .int(Int64($0.priority)) }),
            ("weight", share.map { .int(Int64($0.weight)) }),
        ])
    }

    private static func need(_ need: LinkNeed) -> JSON {
        ["required": .bool(need.isRequired), "oneOf": .array(need.oneOf.map { .string($0.text) })]
    }

    private static func pool(_ pool: LinkPool) -> JSON {
        ["name": .string(pool.name), "take": .int(Int64(pool.take))]
    }

    private var rotation: JSON {
        let rotation = link.rules.rotation
        return [
            "strategy": .string(rotation.strategy.rawValue), "maximumLead": JSON(rotation.maximumLead),
            "period": .string(rotation.period.rawValue), "countsBy": .string(rotation.countsBy.rawValue),
            "creditsCancelled": .bool(rotation.creditsCancelled), "creditsNoShow": .bool(rotation.creditsNoShow),
            "movesReassign": .bool(rotation.movesReassign),
        ]
    }

    private var access: [(String, JSON?)] {
        let (access, changes) = (link.rules.access, link.rules.changes)
        return [
            ("hidden", .bool(access.hidden)),
            ("expiresAt", JSON(access.expiresAt?.rfc3339())),
            ("maxUses", JSON(access.mostUses)),
            ("accessCode", JSON(access.code)),
            ("maxGuests", JSON(access.mostGuests)),
            ("attendeeMay", attendeeMay),
            ("rescheduleNoticeMinutes", JSON(changes.moveNotice)),
            ("cancelNoticeMinutes", JSON(changes.cancelNotice)),
            ("cancelReasonRequired", .bool(changes.needsReason)),
        ]
    }

    private var attendeeMay: JSON {
        let changes = link.rules.changes
        return ["reschedule": .bool(changes.attendeeMoves), "cancel": .bool(changes.attendeeCancels)]
    }

    private var look: [(String, JSON?)] {
        let look = link.rules.look
        return [
            ("color", JSON(look.colour)),
            ("language", JSON(look.language)),
            ("lockTimezone", .bool(look.locksZone)),
            ("confirmationText", .string(look.confirmation)),
            ("redirectUrl", JSON(look.redirect)),
            ("redirectDetails", .bool(look.redirectDetails)),
            ("eventTitle", JSON(look.eventTitle)),
            (LinkFraming.field, .array(look.origins.map { .string($0.text) })),
        ]
    }

    /// Whoever can be chosen has an id to be chosen by.
    private func openHost(_ host: LinkHost) -> JSON {
        let isChoosable = link.choosable.contains { $0.id == host.id }
        return JSON(present: [("name", .string(host.name)), ("id", isChoosable ? .string(host.id.text) : nil)])
    }

    /// What a booker may know: hosts by name alone, no ids of people but those who can be chosen.
    package func open(zone: String) -> JSON {
        let rules = link.rules
        let slug: [(String, JSON)] = link.servedAt == nil ? [("slug", .string(rules.slug))] : []
        let rest: JSON = [
            "title": .string(rules.title), "description": .string(rules.description),
            "kind": .string(rules.kind.rawValue), "durations": lengths,
            "locations": .array(rules.locations.map { place in
                ["kind": .string(place.kind.rawValue), "text": .string(place.openWords)]
            }),
            "questions": link.questions.json, "hosts": .array(link.hosts.map(openHost)),
            "hostChoice": .string(link.choosable.isEmpty ? "off" : "allowed"),
            "zone": .string(zone), "price": nil,
            "accessCodeRequired": .bool(rules.access.code != nil), "maxGuests": JSON(rules.access.mostGuests),
            "lockTimezone": .bool(rules.look.locksZone), "capacity": .int(Int64(rules.seats.capacity)),
            "requiresApproval": .bool(rules.approval.isRequired),
            "emailCodeRequired": .bool(rules.door.verifiesEmail),
            "botDefence": .string(rules.door.botDefence.rawValue),
            "recurring": LinkSeries.open(rules.series), "waitlist": .bool(rules.waitlist.isOn),
            "policies": [
                "minimumNotice": notice, "window": window, "attendeeMay": attendeeMay,
                "rescheduleNoticeMinutes": JSON(rules.changes.moveNotice),
                "cancelNoticeMinutes": JSON(rules.changes.cancelNotice),
                "cancelReasonRequired": .bool(rules.changes.needsReason),
            ],
        ]
        return .object(slug + (rest.members ?? []))
    }

    /// What is kept with each booking: the rules it was made under. The code is none of them, and what was asked stands
    /// beside each answer.
    package var snapshot: String {
        JSON(present: members.filter { !["accessCode", "questions"].contains($0.0) }).text
    }

    /// Whether a booking with this snapshot tells people the title and the places the link has now.
    package func isTold(by snapshot: String) -> Bool {
        guard let old = try? JSON(reading: Array(snapshot.utf8)) else { return true }
        let now = full
        return ["title", "locations"].allSatisfy { old[$0] == now[$0] }
    }

    private var window: JSON {
        switch link.rules.window {
        case .rollingDays(let days): ["kind": "rolling_days", "days": .int(Int64(days))]
        case .rollingBusinessDays(let days): ["kind": "rolling_business_days", "days": .int(Int64(days))]
        case .bookableDays(let days): ["kind": "bookable_days", "days": .int(Int64(days))]
        case .range(let from, let to):
            ["kind": "range", "from": .string(from.description), "to": .string(to.description)]
        }
    }

    private var notice: JSON {
        let notice = link.rules.notice
        return ["value": .int(Int64(notice.value)), "unit": .string(notice.unit.rawValue)]
    }
}
