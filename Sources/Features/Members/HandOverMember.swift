/// A host leaves: each link and each booking goes to somebody else or ends, and then the person is a member no more.
import Database
import Scheduling
import Web

package struct HandOverMember: Sendable {
    /// What becomes of a link.
    package enum LinkDeed: Hashable, Sendable {
        case give(ID<User>)
        /// The others go on without them.
        case leave
        /// Its page says that nothing can be booked there.
        case off
    }

    /// What becomes of a booking.
    package enum BookingDeed: Hashable, Sendable {
        case give(ID<User>)
        /// Whose turn it is takes it.
        case next
        case cancel
    }

    /// What still hangs on the person.
    package struct Duties: Sendable {
        package var member: Member
        package var links: [Link]
        package var bookings: [(booking: Booking, link: Link)]
        /// Who could take something over.
        package var colleagues: [Member]

        package var isEmpty: Bool { links.isEmpty && bookings.isEmpty }
    }

    package struct Wish: Sendable {
        package var links: [ID<Link>: LinkDeed]
        package var bookings: [ID<Booking>: BookingDeed]
        /// To everybody whose meeting is given away or cancelled.
        package var message: String
        package var removes: Bool
    }

    /// What was done, or why it was not.
    package struct Outcome: Sendable {
        package var what: String
        package var refusal: String?
    }

    /// As many as one page can ask about; what is beyond comes on the next one.
    static let most = 100

    let installation: Installation
    let origin: Origin

    package init(_ installation: Installation, from origin: Origin = .console) {
        (self.installation, self.origin) = (installation, origin)
    }

    /// - Throws: `Common.notFound` for people of elsewhere, `MemberRefusal.ownersOnly`.
    package func duties(of user: ID<User>, for principal: Principal) async throws -> Duties {
        let (scope, now) = (principal.scope, installation.world.now)
        return try await installation.database.read(scope) { tx in
            guard let member = try AccountStore.member(user, workspace: scope.workspace, in: tx),
                let actor = try AccountStore.member(principal.user, workspace: scope.workspace, in: tx)
            else { throw Common.notFound }
            try MemberRules.touch(member.role, by: actor.role)
            let filter = LinkFilter(hosts: [user], active: true, limit: Self.most)
            var bookings = BookingFilter()
            (bookings.host, bookings.from, bookings.limit) = (user, now, Self.most)
            bookings.statuses = [.confirmed, .pendingApproval]
            let found = try BookingListStore.list(bookings, scope: scope, in: tx)
                .filter { $0.state.firstStart > now }
            let known = try LinkStore.find(Set(found.map(\.link)), scope: scope, in: tx)
            let others = try AccountStore.members(of: scope.workspace, in: tx)
                .filter { $0.account.id != user && $0.state == .active && $0.role != .viewer }
            return Duties(
                member: member, links: try LinkStore.all(filter, scope: scope, in: tx),
                bookings: found.compactMap { booking in known[booking.link].map { (booking, $0) } },
                colleagues: others)
        }
    }

    /// First nothing new can come, and heirs come into their links; then the bookings go; then the person leaves the
    /// links. Each by itself: one that cannot be done keeps no other.
    package func callAsFunction(_ wish: Wish, _ duties: Duties, by principal: Principal) async throws -> [Outcome] {
        let (user, scope) = (duties.member.account.id, principal.scope)
        var outcomes: [Outcome] = []
        for link in duties.links {
            guard let deed = wish.links[link.id], deed == .off || link.rotates else { continue }
            let done = try await outcome(words(deed, link, duties)) {
                try await prepare(deed, link, of: user, scope: scope)
            }
            // What comes true later is told later.
            if deed == .off || done.refusal != nil { outcomes.append(done) }
        }
        for (booking, _) in duties.bookings {
            guard let deed = wish.bookings[booking.id] else { continue }
            outcomes.append(try await outcome(words(deed, booking, duties)) {
                try await act(deed, booking.id, message: wish.message, of: user, scope: scope)
            })
        }
        for link in duties.links {
            guard let deed = wish.links[link.id], deed != .off else { continue }
            outcomes.append(try await outcome(words(deed, link, duties)) {
                try await leave(deed, link, of: user, scope: scope)
            })
        }
        if wish.removes {
            outcomes.append(try await outcome(plain("\(duties.member.account.name) is removed.")) {
                try await ChangeMember(installation).remove(user, by: principal, from: origin)
            })
        }
        return outcomes
    }

    private func outcome(_ what: String, _ body: () async throws -> Void) async throws -> Outcome {
        do {
            try await body()
            return Outcome(what: what)
        } catch let refusal as any Refusal {
            return Outcome(what: what, refusal: refusal.fields.first?.message ?? refusal.message)
        }
    }

    private func prepare(_ deed: LinkDeed, _ link: Link, of user: ID<User>, scope: Scope) async throws {
        switch deed {
        case .off:
            try await update(link, scope: scope) { $0.rules.active = false }
        case .give(let heir) where !link.hosts.contains { $0.id == heir }:
            var more = link.hostWishes
            if var own = more.first(where: { $0.user == user }) {
                own.user = heir
                more.append(own)
            }
            let hosts = more
            try await update(link, scope: scope) { $0.hosts = hosts }
        case .give, .leave: break
        }
    }

    private func leave(_ deed: LinkDeed, _ link: Link, of user: ID<User>, scope: Scope) async throws {
        let now = try await installation.database.read(scope) { try LinkStore.find(link.id, scope: scope, in: $0) }
        var hosts = (now ?? link).hostWishes
        if case .give(let heir) = deed, !hosts.contains(where: { $0.user == heir }) {
            hosts = hosts.map { host in
                var host = host
                if host.user == user { host.user = heir }
                return host
            }
        }
        let left = hosts.filter { $0.user != user }
        try await update(link, scope: scope) { $0.hosts = left }
    }

    private func update(
        _ link: Link, scope: Scope, _ change: @escaping @Sendable (inout LinkWish) -> Void
    ) async throws {
        _ = try await SaveLink(installation, from: origin).update(
            link.id, version: nil, handingOver: true, scope: scope) { link in
            var wish = LinkWish(rules: link.rules)
            change(&wish)
            return wish
        }
    }

    private func act(
        _ deed: BookingDeed, _ id: ID<Booking>, message: String, of user: ID<User>, scope: Scope
    ) async throws {
        switch deed {
        case .give(let heir):
            _ = try await ReassignBooking(installation)(id, from: user, to: heir, reason: message, scope: scope)
        case .next:
            _ = try await ReassignBooking(installation)(id, from: user, to: nil, reason: message, scope: scope)
        case .cancel:
            _ = try await CancelBooking(installation, from: origin)(id, reason: message, scope: scope)
        }
    }

    private func name(_ user: ID<User>, _ duties: Duties) -> String {
        duties.colleagues.first { $0.account.id == user }?.account.name ?? user.text
    }

    private func words(_ deed: LinkDeed, _ link: Link, _ duties: Duties) -> String {
        switch deed {
        case .give(let heir): plain("“\(link.rules.title)” goes to \(name(heir, duties)).")
        case .leave: plain("“\(link.rules.title)” goes on with its other hosts.")
        case .off: plain("“\(link.rules.title)” is switched off.")
        }
    }

    private func words(_ deed: BookingDeed, _ booking: Booking, _ duties: Duties) -> String {
        let name = booking.attendee.name
        return switch deed {
        case .give(let heir): plain("The meeting with \(name) goes to \(self.name(heir, duties)).")
        case .next: plain("The meeting with \(name) goes to whose turn it is.")
        case .cancel: plain("The meeting with \(name) is cancelled; the mail leads to another booking.")
        }
    }
}
