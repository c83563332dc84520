/// The addresses of one booking for its hosts: look, note, mark, move, cancel, mail again.
import Database
import Scheduling
import Web

struct HostBookingRoutes: Sendable {
    let installation: Installation

    init(_ installation: Installation) { self.installation = installation }

    var routes: [Route] {
        [
            Route(.get, "/calendar/bookings/:id", .signedIn(.viewBookings), show),
            Route(.post, "/calendar/bookings/:id/approval", .signedIn(.manageBookings), decide),
            Route(.post, "/calendar/bookings/:id/cancellation", .signedIn(.manageBookings), cancel),
            Route(.post, "/calendar/bookings/:id/confirmation", .signedIn(.manageBookings), mailAgain),
            Route(.get, "/calendar/bookings/:id/move", .signedIn(.manageBookings), moving),
            Route(.post, "/calendar/bookings/:id/move", .signedIn(.manageBookings), pick),
            Route(.post, "/calendar/bookings/:id/no-show", .signedIn(.manageBookings), noShow),
            Route(.post, "/calendar/bookings/:id/no-show/undo", .signedIn(.manageBookings), undoNoShow),
            Route(.post, "/calendar/bookings/:id/notes", .signedIn(.manageBookings), note),
            Route(.post, "/calendar/bookings/:id/notes/:note/deletion", .signedIn(.manageBookings), deleteNote),
            Route(.post, "/calendar/bookings/:id/reschedule", .signedIn(.manageBookings), move),
        ]
    }

    private var world: World { installation.world }

    // MARK: Looking

    private func show(_ request: Request) async throws -> Answer {
        var page = try await page(request)
        page.done = request.query["done"].flatMap(Done.init(rawValue:))?.words(page.booking)
        return .page(page.html)
    }

    /// What a redirect says was done, in the page it leads to.
    private enum Done: String {
        case mailed, booked, moved, given, cancelled, noted, unnoted, missed, undone, approved, declined
        case asked, proposed, withdrawn, freed, emptied

        func words(_ booking: Booking) -> String {
            switch self {
            case .mailed: return plain("The details go to the attendee again. They are sent at most once an hour.")
            case .booked: return plain("Booked. The invitation is on its way to the attendee.")
            case .moved: return plain("Moved. A new invitation is on its way to the attendee.")
            case .given:
                return plain("Given to \(booking.hosts.first?.name ?? ""). A mail tells everybody who takes part.")
            case .cancelled:
                let (name, guests) = (booking.attendee.name, booking.guests.count)
                guard guests > 0 else { return plain("Cancelled. A mail tells \(name), and the time is free again.") }
                return plain(Sentence("""
                    %1|one:Cancelled. Mails tell %2 and one guest, and the time is free again.|other:Cancelled. Mails \
                    tell %2 and %1 guests, and the time is free again.
                    """, [.number(guests), .text(name)]))
            case .noted: return plain("The note is kept. Only hosts see it.")
            case .unnoted: return plain("The note is deleted.")
            case .missed: return plain("Marked as a no-show. You can take it back for a quarter of an hour.")
            case .undone: return plain("The no-show is taken back.")
            case .approved: return plain("Approved. A mail tells \(booking.attendee.name).")
            case .declined: return plain("Declined. A mail tells \(booking.attendee.name).")
            case .asked: return plain("Asked. A mail leads \(booking.attendee.name) to your free times.")
            case .proposed: return plain("Proposed. The times are kept, and a mail tells \(booking.attendee.name).")
            case .emptied: return plain("The file is removed.")
            case .withdrawn: return plain("Taken back. The times are free again.")
            case .freed: return plain("Cancelled. A mail leads \(booking.attendee.name) to another time.")
            }
        }
    }

    private func page(_ request: Request) async throws -> HostBookingPage {
        let principal = try request.signedIn()
        let found = try await OwnBooking.find(request, installation, toRead: true)
        let scope = found.scope
        return try await installation.database.read(scope) { tx in
            let viewer = try Viewer(principal, installation, in: tx)
            var people: [ID<User>: String] = [:]
            for person in Set(found.history.flatMap { [$0.person, $0.behalf].compactMap(\.self) }) {
                people[person] = try AccountStore.member(person, workspace: scope.workspace, in: tx)?.account.name
            }
            // Where webhooks go is for those who set them up.
            let isAdmin = principal.may(.manageWebhooks)
            let told = try EffectStore.all(of: found.booking.id.text, scope: scope, in: tx)
            let webhooks = isAdmin ? try WebhookStore.all(scope: scope, in: tx) : []
            return HostBookingPage(
                principal: principal, booking: found.booking, link: found.link, history: found.history,
                zone: viewer.zone, clock: viewer.clock, now: world.now,
                theirZone: world.zones.zone(found.booking.attendee.zone),
                notes: try BookingNoteStore.all(of: found.booking.id, scope: scope, in: tx), people: people,
                turns: try ToldTurn.all(of: found.booking, scope: scope, in: tx),
                told: told.filter { isAdmin || $0.kind == .mail },
                proposals: try ProposalStore.all(of: found.booking.id, scope: scope, in: tx),
                webhooks: Dictionary(uniqueKeysWithValues: webhooks.map { ($0.id.text, $0.host) }),
                kept: try AnswerFileStore.kept(of: found.booking, scope: scope, in: tx))
        }
    }

    private func address(_ found: OwnBooking) -> Path { Path("/calendar/bookings/\(found.booking.id)") }

    /// Runs a use case; what it refuses is said on the booking's own page.
    private func doing(
        _ request: Request, done: Done? = nil, _ body: (OwnBooking) async throws -> Void
    ) async throws -> Answer {
        let found = try await OwnBooking.find(request, installation)
        do {
            try await body(found)
        } catch let refusal as any Refusal where refusal is BookingRefusal || refusal is ApprovalRefusal {
            var page = try await page(request)
            page.refusal = refusal.message
            return .page(page.html, status: refusal.status)
        }
        return .redirect(address(found).adding(query: done.map { [("done", $0.rawValue)] } ?? []))
    }

    private func refused(_ request: Request, _ fields: Fields) async throws -> Answer {
        var page = try await page(request)
        page.filled = fields.filled
        return .page(page.html, status: 422)
    }

    // MARK: Cancelling, marking, mailing

    private func cancel(_ request: Request) async throws -> Answer {
        _ = try await OwnBooking.find(request, installation)
        var fields = Fields(form: try request.form())
        let reason = fields.text("reason", 0...BookingLimits.reason, label: plain("Message"), lines: true)
        guard fields.errors.isEmpty else { return try await refused(request, fields) }
        return try await doing(request, done: .cancelled) { found in
            // Pressed twice: it is cancelled, which is what the page says.
            guard found.booking.state.status != .cancelled else { return }
            _ = try await CancelBooking(installation, from: Origin(request))(
                found.booking.id, reason: reason, scope: found.scope)
        }
    }

    private func decide(_ request: Request) async throws -> Answer {
        _ = try await OwnBooking.find(request, installation)
        var fields = Fields(form: try request.form())
        let ask = DecisionAsk(&fields)
        guard let ask, fields.errors.isEmpty else { return try await refused(request, fields) }
        let done: Done = ask.decision == .approved ? .approved : .declined
        return try await doing(request, done: done) { found in
            _ = try await DecideApproval(installation, from: Origin(request))(
                found.booking.id, ask.decision, seen: ask.version, scope: found.scope)
        }
    }

    private func noShow(_ request: Request) async throws -> Answer {
        try await doing(request, done: .missed) { found in
            _ = try await MarkNoShow(installation)(found.booking.id, scope: found.scope)
        }
    }

    private func undoNoShow(_ request: Request) async throws -> Answer {
        try await doing(request, done: .undone) { found in
            // Pressed twice: it is taken back, which is what the page says.
            if found.booking.state.status == .noShow || !found.history.contains(where: { $0.event == "no_show" }) {
                try await MarkNoShow(installation).undo(found.booking.id, scope: found.scope)
            }
        }
    }

    private func mailAgain(_ request: Request) async throws -> Answer {
        try await doing(request, done: .mailed) { found in
            guard found.booking.state.status == .confirmed else {
                throw BookingRefusal.over(found.booking.state.status)
            }
            let (scope, now, id) = (found.scope, world.now, found.booking.id)
            try await installation.database.write(scope) { tx in
                guard let booking = try BookingStore.find(id, scope: scope, in: tx) else { return }
                try BookingJobs.remind(of: booking, world: world, now: now, scope: scope, in: tx)
            }
        }
    }

    // MARK: Notes

    private func note(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let found = try await OwnBooking.find(request, installation)
        var fields = Fields(form: try request.form())
        let text = fields.text("text", 1...BookingNote.longest, label: plain("Note"), lines: true)
        guard fields.errors.isEmpty else { return try await refused(request, fields) }
        let (id, now, scope): (ID<BookingNote>, Instant, Scope) = (world.id(), world.now, found.scope)
        let added = try await installation.database.write(scope) { tx in
            try BookingNoteStore.add(
                text, to: found.booking.id, by: principal.user, id: id, now: now, scope: scope, in: tx)
        }
        guard added else {
            let words = plain("There is room for \(BookingNote.most) notes. Delete one of your own first.")
            fields.fail("text", "too_many", words)
            return try await refused(request, fields)
        }
        return .redirect(address(found).adding(query: [("done", Done.noted.rawValue)]))
    }

    /// Deleted twice is deleted; somebody else's is not found.
    private func deleteNote(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let found = try await OwnBooking.find(request, installation)
        guard let id = ID<BookingNote>(try request.parameter("note")) else { throw Common.notFound }
        let scope = found.scope
        let isOthers = try await installation.database.write(scope) { tx in
            let deleted = try BookingNoteStore.delete(
                id, of: found.booking.id, by: principal.user, scope: scope, in: tx)
            guard !deleted else { return false }
            return try BookingNoteStore.all(of: found.booking.id, scope: scope, in: tx).contains { $0.id == id }
        }
        guard !isOthers else { throw Common.notFound }
        return .redirect(address(found).adding(query: [("done", Done.unnoted.rawValue)]))
    }

    // MARK: Moving

    private func moving(_ request: Request) async throws -> Answer {
        let found = try await OwnBooking.find(request, installation)
        guard found.isOpen(now: world.now) else { return .redirect(address(found)) }
        let ask = PickerAsk(request.query, zones: world.zones, now: world.now)
        guard let start = ask.start else { return try await picker(request, found, ask) }
        return try await question(request, found, start)
    }

    private func picker(
        _ request: Request, _ found: OwnBooking, _ ask: PickerAsk, alert: HTML = .empty, status: Int = 200
    ) async throws -> Answer {
        let principal = try request.signedIn()
        let scope = found.scope
        let page = try await installation.database.read(scope) { tx in
            let viewer = try Viewer(principal, installation, in: tx)
            var ask = ask
            let namesZone = ask.zone != nil
            ask.zone = ask.zone ?? viewer.zone
            let attendee = found.booking.attendee
            let picker = try Picker.load(
                found.link.alone(for: found.booking), ask,
                for: Booker(email: attendee.email, zone: world.zones.zone(attendee.zone)),
                moving: found.booking, installation: installation, scope: scope, in: tx)
            return HostMovePage(
                principal: principal, booking: found.booking, picker: picker,
                zones: ask.choosesZone ? world.zones.names : [], namesZone: namesZone, alert: alert)
        }
        return .page(page.html, status: status)
    }

    private func question(
        _ request: Request, _ found: OwnBooking, _ start: Instant, filled: Filled = .empty, status: Int = 200
    ) async throws -> Answer {
        let principal = try request.signedIn()
        let viewer = try await installation.database.read(found.scope) { try Viewer(principal, installation, in: $0) }
        let page = HostConfirmMovePage(
            principal: principal, booking: found.booking, start: start, zone: viewer.zone, clock: viewer.clock,
            filled: filled)
        return .page(page.html, status: status)
    }

    /// A time was pressed: ask once, with the message to the attendee.
    private func pick(_ request: Request) async throws -> Answer {
        let found = try await OwnBooking.find(request, installation)
        let ask = PickerAsk(try request.form(), zones: world.zones, now: world.now)
        guard let start = ask.start else {
            let alert = BookingRoutes.alert(plain("Pick one of the times below."))
            return try await picker(request, found, ask, alert: alert, status: 422)
        }
        let path = Path("/calendar/bookings/\(found.booking.id)/move")
        return .redirect(path.adding(query: [("start", String(start.seconds))]))
    }

    private func move(_ request: Request) async throws -> Answer {
        let found = try await OwnBooking.find(request, installation)
        let form = try request.form()
        var fields = Fields(form: form)
        let start = BookingReading.start(&fields)
        let reason = fields.text("reason", 0...BookingLimits.reason, label: plain("Message"), lines: true)
        guard fields.errors.isEmpty else {
            return try await question(request, found, start, filled: fields.filled, status: 422)
        }
        // Pressed twice: it is there already.
        if found.booking.state.starts == start { return .redirect(address(found)) }
        do {
            _ = try await MoveBooking(installation)(found.booking.id, to: start, reason: reason, scope: found.scope)
        } catch let refusal as BookingRefusal where refusal.zone != nil {
            var ask = PickerAsk(zone: nil)
            let principal = try request.signedIn()
            let viewer = try await installation.database.read(found.scope) {
                try Viewer(principal, installation, in: $0)
            }
            ask.day = refusal.alternatives.first.map { viewer.zone.local(at: $0).date }
            ask.month = ask.day?.firstOfMonth
            let alert = BookingRoutes.alert(refusal.words(in: viewer.zone, clock: viewer.clock))
            return try await picker(request, found, ask, alert: alert, status: refusal.status)
        } catch let refusal as BookingRefusal {
            return try await doing(request) { _ in throw refusal }
        }
        return .redirect(address(found).adding(query: [("done", Done.moved.rawValue)]))
    }
}

extension OwnBooking {
    /// Whether it can still be moved or cancelled.
    func isOpen(now: Instant) -> Bool { booking.state.status == .confirmed && now < booking.state.starts }
}
