/// Every kind of write that changes when somebody can be booked, one after the other.
import Database
import Scheduling
import Web

@testable import Features

/// One write, and the link whose list of times it changes.
struct SnapshotDeed: Sendable {
    let name: String
    let slug: String
    /// False for what must change nothing.
    var shows = true
    /// The stage that writes, and the one whose clock it is.
    let act: @Sendable (Stage) async throws -> Void

    init(_ name: String, _ slug: String, shows: Bool = true, _ act: @escaping @Sendable (Stage) async throws -> Void) {
        (self.name, self.slug, self.shows, self.act) = (name, slug, shows, act)
    }

    /// In this order: later ones take for granted what earlier ones did.
    static let all = ofVisitors + ofWishes + ofProposals + ofHosts + ofPeople + ofLinks

    private static let ofVisitors = [
        SnapshotDeed("a hold", "intro") { _ = try await $0.hold($0.at(10)) },
        SnapshotDeed("its release", "intro") { stage in
            let token = try await stage.hold(stage.at(10, day: 1), visitor: "w").token
            _ = try await stage.hold(stage.at(11, day: 1), visitor: "x")
            let found = try await LookUps(database: stage.database).hold(token)
            if let found { try await HoldSlot(stage.installation).release(found.hold, scope: stage.scope) }
        },
        SnapshotDeed("a hold that is prolonged beyond the time it had", "intro") { stage in
            stage.clock.move(minutes: 8)
            let (scope, now) = (stage.scope, stage.world.now)
            let held = try await stage.ledger().first { $0.starts == stage.at(10) }
            let id = try (held?.ref).flatMap(ID<Hold>.init).wanted("hold")
            try await stage.writing { tx in
                try BookingTokenStore.extend(
                    id, to: now.adding(minutes: 10), most: 60, now: now, scope: scope, in: tx)
            }
            stage.clock.move(minutes: 7)
        },
        SnapshotDeed("the end of all holds, which nobody writes", "intro") { $0.clock.move(minutes: 20) },
        SnapshotDeed("a booking", "intro") { try await $0.book($0.at(10)) },
        SnapshotDeed("a move", "intro") { stage in
            let booked = try await stage.book(stage.at(11))
            _ = try await MoveBooking(stage.installation)(
                booked.id, to: stage.at(14, day: 1), reason: "", key: nil, scope: stage.attendees)
        },
        SnapshotDeed("a cancellation", "intro") { stage in
            let booked = try await stage.book(stage.at(9, day: 2))
            try await stage.book(stage.at(10, day: 2))
            _ = try await CancelBooking(stage.installation)(
                booked.id, reason: "", key: nil, scope: stage.attendees)
        },
        SnapshotDeed("a booking of another link of the host", "intro") { stage in
            try await stage.book(stage.at(13, day: 9), on: stage.named("own"))
        },
        SnapshotDeed("time taken in another workspace", "intro") { stage in
            let elsewhere = try await stage.neighbour()
            let row = LedgerRow(
                id: "led_x", subject: stage.ada.text, workspace: elsewhere.workspace, kind: .booking, ref: "bk_x",
                claim: "bk_x", starts: stage.at(9, day: 4), ends: stage.at(10, day: 4))
            try await stage.database.write(elsewhere.scope) { tx in try tx.add([row]) }
        },
        SnapshotDeed("a booking that uses a link up", "once") { stage in
            try await stage.book(stage.at(9, day: 7), on: stage.named("once"))
        },
        SnapshotDeed("a series", "intro") { stage in
            let link = try await stage.weekly("series")
            _ = try await stage.bookSeries(2, from: stage.at(15, day: 7), on: link)
        },
        SnapshotDeed("a hold of a seat", "class") { stage in
            _ = try await stage.hold(stage.at(14, day: 9), visitor: "s", on: stage.named("class"))
        },
        SnapshotDeed("a first seat", "class") { stage in
            try await stage.seat("Ana", stage.at(10, day: 9), on: stage.named("class"))
        },
        SnapshotDeed("a second seat", "class") { stage in
            try await stage.seat("Bo", stage.at(10, day: 9), on: stage.named("class"))
        },
        SnapshotDeed("a session, for other links of its host", "intro") { stage in
            try await stage.seat("Cleo", stage.at(11, day: 9), on: stage.named("class"))
        },
        SnapshotDeed("a session that everybody has left", "intro") { stage in
            let booked = try await stage.seat("Dan", stage.at(15, day: 9), on: stage.named("class"))
            try await stage.book(stage.at(9, day: 9))
            _ = try await CancelBooking(stage.installation)(booked.id, scope: stage.attendees)
        },
        SnapshotDeed("a guest who takes a seat", "class") { stage in
            let booked = try await stage.seat("Eva", stage.at(16, day: 9), on: stage.named("class"))
            _ = try await ChangeGuests(stage.installation)(
                booked.id, to: ["sam@kpuh.example"], version: 1, scope: stage.attendees)
        },
        SnapshotDeed("a session that is moved", "class") { stage in
            let booked = try await stage.seat("Fay", stage.at(12, day: 9), on: stage.named("class"))
            _ = try await ChangeSession(stage.installation).move(
                stage.session(booked).id, to: stage.at(13, day: 10), scope: stage.adas)
        },
        SnapshotDeed("a session that is cancelled", "class") { stage in
            let session = try await stage.sessions(stage.named("class")).last.wanted("session")
            _ = try await ChangeSession(stage.installation).cancel(session.id, scope: stage.adas)
        },
        SnapshotDeed("a booking that fills the day", "daily") { stage in
            try await stage.book(stage.at(9, day: 8), on: stage.named("daily"))
        },
    ]

    /// What a host is asked for, on days that nothing else here touches.
    private static let ofWishes = [
        SnapshotDeed("a wish for a time", "intro") { stage in
            try await stage.book(stage.at(9, day: 10), on: stage.askLink())
        },
        SnapshotDeed("its approval", "intro", shows: false) { stage in
            try await stage.decide(stage.asked(), .approved)
        },
        SnapshotDeed("a wish for another time", "intro") { stage in
            try await stage.wish(stage.asked(), stage.at(11, day: 10))
        },
        SnapshotDeed("the end of that wish", "intro") { stage in
            try await stage.decide(stage.asked(), .declined(""))
        },
        SnapshotDeed("a wish that nobody answers", "intro") { stage in
            try await stage.book(stage.at(12, day: 10), on: stage.named("ask"))
        },
    ]

    private static let ofProposals = [
        SnapshotDeed("times that are proposed", "intro") { stage in
            let booked = try await stage.book(stage.at(14, day: 10))
            try await stage.propose(booked.id, [stage.at(15, day: 10)])
        },
        SnapshotDeed("their end", "intro") { stage in
            let id = try await stage.database.lookUp { tx in
                try tx.one("SELECT booking FROM proposal WHERE state = 'open'") { try $0["booking"] as ID<Booking> }
            }
            try await EndProposal(stage.installation).withdraw(id.wanted("booking"), scope: stage.adas)
        },
    ]

    private static let ofHosts = [
        SnapshotDeed("other hours", "intro") { stage in
            try await stage.writing { tx in
                var schedule = try ScheduleStore.find(stage.link.schedule, scope: stage.scope, in: tx)
                    .wanted("schedule")
                schedule.weekly[3] = [Window(opens: 600, closes: 700)]
                try ScheduleStore.update(schedule, scope: stage.scope, in: tx)
            }
        },
        SnapshotDeed("a day out of office", "intro") { stage in
            try await stage.away(stage.ada, .outOfOffice, "2030-01-10", "2030-01-11")
        },
        SnapshotDeed("a day out of office of a colleague", "both") { stage in
            try await stage.away(stage.bob, .outOfOffice, "2030-01-14", "2030-01-14")
        },
        SnapshotDeed("its end", "both") { stage in
            try await stage.writing { tx in
                let away = try TimeAwayStore.list(of: [stage.bob], limit: 1, after: nil, scope: stage.scope, in: tx)
                _ = try TimeAwayStore.delete(away[0], scope: stage.scope, in: tx)
            }
        },
        SnapshotDeed("a trip", "intro") { stage in
            try await stage.away(stage.ada, .trip, "2030-01-21", "2030-01-22")
        },
        SnapshotDeed("a country's holidays", "intro") { stage in
            let day = try MonthDay("01-24").wanted("day")
            try await stage.writing { tx in
                try TimeAwayStore.set(
                    HolidayChoice(country: "DE", halfDays: [day]), of: stage.ada, scope: stage.scope, in: tx)
            }
        },
        SnapshotDeed("another zone of somebody without hours of their own", "both") { stage in
            try await stage.writing { try AccountStore.set(zone: "America/New_York", of: stage.bob, in: $0) }
        },
        SnapshotDeed("somebody's first hours", "both") { try await $0.hours(540, 720, of: $0.bob) },
        SnapshotDeed("a second schedule", "both", shows: false) { stage in
            // Later than the first: of two made in one moment, either may be the usual one.
            stage.clock.move(minutes: 1)
            try await stage.hours(660, 900, of: stage.bob)
        },
        SnapshotDeed("that one as the usual one", "both") { stage in
            try await stage.writing { tx in
                let all = try ScheduleStore.all(of: stage.bob, scope: stage.scope, in: tx)
                try ScheduleStore.prefer(all[1].id, of: stage.bob, scope: stage.scope, in: tx)
            }
        },
        SnapshotDeed("the end of those hours", "both") { stage in
            try await stage.writing { tx in
                let usual = try ScheduleStore.usual(of: [stage.bob], scope: stage.scope, in: tx)
                try ScheduleStore.delete(usual[stage.bob].wanted("hours").id, scope: stage.scope, in: tx)
            }
        },
    ]

    private static let ofPeople = [
        SnapshotDeed("a host who is switched off", "both") { stage in
            try await stage.writing { tx in
                try MemberStore.set(state: .off, of: stage.bob, now: monday, scope: stage.scope, in: tx)
            }
        },
        SnapshotDeed("and on again", "both") { stage in
            try await stage.writing { tx in
                try MemberStore.set(state: .active, of: stage.bob, now: monday, scope: stage.scope, in: tx)
            }
        },
        SnapshotDeed("a host who leaves", "both") { stage in
            try await stage.writing { tx in
                try MemberStore.set(state: .left, of: stage.bob, now: monday, scope: stage.scope, in: tx)
            }
        },
        SnapshotDeed("and comes back", "both") { stage in
            let now = stage.world.now
            try await stage.writing { tx in
                try AccountStore.addMember(stage.bob, role: .member, workspace: stage.workspace, now: now, in: tx)
            }
        },
        SnapshotDeed("test mode", "intro", shows: false) { stage in
            try await stage.writing { tx in
                var settings = try WorkspaceStore.settings(scope: stage.scope, in: tx).wanted("settings")
                settings.isTest = true
                try WorkspaceStore.save(settings, scope: stage.scope, in: tx)
            }
        },
    ]

    private static let ofLinks = [
        SnapshotDeed("another length", "intro") { try await $0.change($0.link) { $0.rules.duration = 45 } },
        SnapshotDeed("hours of a link's own", "own") { stage in
            try await stage.change(stage.named("own")) { wish in
                wish.hours = Array(repeating: [Window(opens: 480, closes: 600)], count: 7)
            }
        },
        SnapshotDeed("a host less", "both") { stage in
            let ada = stage.ada
            try await stage.change(stage.named("both")) { $0.hosts = [HostWish(ada)] }
        },
        SnapshotDeed("a host more", "both") { stage in
            let hosts = [HostWish(stage.bob), HostWish(stage.ada)]
            try await stage.change(stage.named("both")) { $0.hosts = hosts }
        },
        SnapshotDeed("a pool of which more must attend", "pools") { stage in
            try await stage.change(stage.named("pools")) { $0.rules.pools = [LinkPool(name: "x", take: 2)] }
        },
        SnapshotDeed("a link that gets a limit", "own") { stage in
            try await stage.change(stage.named("own")) {
                $0.rules.rhythm.limits = [Limit(.link, per: .day, count: 1, minutes: nil)]
            }
        },
        SnapshotDeed("another number of places", "class") { stage in
            try await stage.change(stage.named("class")) { $0.rules.seats.capacity = 6 }
        },
        SnapshotDeed("a link that is switched off", "both") { stage in
            try await stage.change(stage.named("both")) { $0.rules.active = false }
        },
        SnapshotDeed("and on again, until a day", "both") { stage in
            let last = stage.world.now.adding(minutes: 5)
            try await stage.change(stage.named("both")) { ($0.rules.active, $0.rules.access.expiresAt) = (true, last) }
        },
        SnapshotDeed("the end of a link, which nobody writes", "both") { $0.clock.move(minutes: 6) },
        SnapshotDeed("another address", "intro", shows: false) { stage in
            try await stage.change(stage.link) { $0.rules.slug = "welcome" }
        },
        SnapshotDeed("another length under the new address", "intro") { stage in
            try await stage.change(stage.link) { ($0.rules.slug, $0.rules.duration) = ("welcome", 60) }
        },
        SnapshotDeed("a deletion", "own") { stage in
            try await DeleteLink(stage.installation)(stage.named("own").id, scope: stage.adas)
        },
    ]
}

extension Stage {
    /// The first booking of the link that asks.
    fileprivate func asked() async throws -> ID<Booking> {
        try await database.lookUp { tx in
            try tx.one("SELECT b.id FROM booking b JOIN link l ON l.id = b.link WHERE l.slug = 'ask'") {
                try $0["id"] as ID<Booking>
            }
        }.wanted("booking")
    }

    fileprivate func writing(_ body: @escaping @Sendable (Transaction) throws -> Void) async throws {
        try await database.write(scope, body)
    }

    fileprivate func named(_ slug: String) async throws -> Link {
        let scope = scope
        return try await database.read(scope) { tx in
            try LinkStore.find(slug: slug, scope: scope, in: tx).wanted(slug)
        }
    }

    fileprivate func away(_ user: ID<User>, _ kind: TimeAway.Kind, _ from: String, _ to: String) async throws {
        let (from, to) = (try LocalDate(from).wanted("date"), try LocalDate(to).wanted("date"))
        var away = TimeAway(id: world.id(), user: user, kind: kind, from: from, to: to)
        if kind == .trip { away.zone = "America/Chicago" }
        let (row, scope, now) = (away, scope, world.now)
        try await writing { try TimeAwayStore.insert(row, scope: scope, now: now, in: $0) }
    }

    @discardableResult
    fileprivate func hours(_ opens: Int, _ closes: Int, of user: ID<User>) async throws -> ID<Schedule> {
        let hours = Schedule(
            id: world.id(), name: "Hours from \(opens)", zone: "Europe/Berlin",
            weekly: Array(repeating: [Window(opens: opens, closes: closes)], count: 7))
        let (scope, now) = (scope, world.now)
        try await writing { try ScheduleStore.insert(hours, account: user, scope: scope, now: now, in: $0) }
        return hours.id
    }
}
