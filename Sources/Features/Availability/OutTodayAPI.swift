/// The API's “I’m out today”: what is booked on a day with the key's owner, or somebody for whom they act, and what
/// becomes of each meeting.
import Database
import Scheduling
import Web

package struct OutTodayAPI: Sendable {
    /// Where its keys count.
    private static let route = "out-today"

    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/api/v1/out-today", .api(.bookingsRead), show),
            Route(.post, "/api/v1/out-today", .api(.bookingsWrite), act),
        ]
    }

    private struct Day {
        let date: LocalDate
        let zone: Zone
        /// Who is out.
        let user: ID<User>
        let scope: Scope
        let meetings: [OutToday.Meeting]
    }

    /// The day by the clock of whoever is out: today, or one that is not over.
    private func day(_ fields: inout Fields, _ principal: Principal) async throws -> Day {
        let named: ID<User>? = fields.has("user") ? fields.id("user", label: plain("Person")) : nil
        try principal.refuseOtherHosts(named)
        let user = named ?? principal.user
        let scope = principal.scope(on: [user])
        let viewer = try await installation.database.read(scope) { tx in
            guard try TimeAwayStore.isMember(user, scope: scope, in: tx) else {
                throw Invalid("user", plain("There is no such person in this workspace."))
            }
            return try Viewer(of: user, principal, installation, in: tx)
        }
        let today = viewer.zone.local(at: installation.world.now).date
        var date = today
        if fields.has("day") {
            date = fields.date("day") ?? today
            if !(today...today.adding(days: TimeAwayReading.furthest)).contains(date) {
                fields.fail("day", "out_of_range", plain("Day must be today or one that is to come."))
            }
        }
        try fields.finish()
        let meetings = try await OutToday(installation).meetings(
            of: user, on: date, zone: viewer.zone, scope: scope)
        return Day(date: date, zone: viewer.zone, user: user, scope: scope, meetings: meetings)
    }

    private func show(_ request: Request) async throws -> Answer {
        var fields = Fields(form: request.query)
        let day = try await day(&fields, try request.signedIn())
        return .json([
            "day": .string(day.date.description), "timezone": .string(day.zone.name),
            "meetings": .array(day.meetings.map { meeting in
                let booking = meeting.booking
                return [
                    "bookingId": .string(booking.id.text), "title": .string(meeting.link.rules.title),
                    "start": .string(booking.state.starts.rfc3339(in: day.zone)),
                    "end": .string(booking.state.ends.rfc3339(in: day.zone)),
                    "attendee": ["name": .string(booking.attendee.name)],
                    "deeds": .array(meeting.deeds.map { .string($0.rawValue) }),
                    "freeHosts": meeting.free.map { .int(Int64($0)) } ?? .null,
                ]
            }),
        ])
    }

    private func act(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let key = try request.idempotencyKey()
        if let told = try await installation.earlier(key, route: Self.route, scope: principal.scope) { return told }
        var fields = Fields(json: try request.json())
        let closes = fields.flag("closes", otherwise: true, label: plain("Whether the day is closed"))
        // Whoever closes a day changes when the person can be booked.
        guard !closes || principal.may(.schedulesWrite) else { throw Common.forbidden }
        let named = fields.list("meetings", atMost: OutToday.most, label: plain("Meetings")) { element in
            let id = element.id("bookingId", of: Booking.self, label: plain("Booking"))
            let deed = element.choice("deed", otherwise: OutDeed.keep, label: plain("What to do"))
            let message = element.has("message")
                ? element.text("message", 0...BookingLimits.reason, label: plain("Message"), lines: true) : ""
            return (id: id, deed: deed, message: message)
        }
        let day = try await day(&fields, principal)
        let asked = named.compactMap { one in one.id.map { ($0, (deed: one.deed, message: one.message)) } }
        let deeds = Dictionary(asked) { first, _ in first }
        let wish = OutToday.Wish(day: day.date, closes: closes, deeds: deeds)
        let outcomes = try await OutToday(installation, from: Origin(request))(
            wish, meetings: day.meetings.filter { deeds[$0.booking.id] != nil }, of: day.user,
            key: key, scope: day.scope)
        // Asked again, what was given away or cancelled is on the day no more.
        let gone = Set(deeds.keys).subtracting(outcomes.map(\.meeting.booking.id)).sorted().map { id in
            Self.json(id, deeds[id]?.deed ?? .keep, plain("This is no meeting of that day that is to come."))
        }
        return try await installation.answer([
            "day": .string(day.date.description), "closed": .bool(closes),
            "meetings": .array(outcomes.map { Self.json($0.meeting.booking.id, $0.deed, $0.refusal) } + gone),
        ], to: key, route: Self.route, scope: principal.scope)
    }

    private static func json(_ id: ID<Booking>, _ deed: OutDeed, _ problem: String?) -> JSON {
        [
            "bookingId": .string(id.text), "deed": .string(deed.rawValue), "done": .bool(problem == nil),
            "problem": JSON(problem),
        ]
    }
}
