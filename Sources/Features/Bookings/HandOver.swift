/// A booking's host is another one from now on: the rows that say so, and the mails to all who take part.
import Database
import Scheduling
import Web

struct HandOver: Sendable {
    /// All that must exist before the transaction begins.
    struct IDs: Sendable {
        let history: ID<BookingHistory>
        let now: Instant

        init(_ world: World) { (history, now) = (world.id(), world.now) }
    }

    let installation: Installation
    let before: Booking
    let booking: Booking
    let link: Link
    let ids: IDs

    init(_ installation: Installation, from before: Booking, to booking: Booking, link: Link, ids: IDs) {
        (self.installation, self.before, self.booking) = (installation, before, booking)
        (self.link, self.ids) = (link, ids)
    }

    private var old: Set<ID<User>> { Set(before.hosts.map(\.id)) }
    private var new: Set<ID<User>> { Set(booking.hosts.map(\.id)) }

    /// Writes the hosts, and why it is they. Nothing where they are the same and nobody's turn it was.
    func write(_ turns: [LinkRotation.Turn], scope: Scope, in tx: Transaction) throws {
        guard old != new || !turns.isEmpty else { return }
        try BookingStore.replace(hostsOf: booking, scope: scope, in: tx)
        try turns.write(booking, world: installation.world, now: ids.now, scope: scope, in: tx)
    }

    /// Plans the mails of a change: attendee and guests hear of it as `news`, a new host that it is theirs now, a
    /// former one that it is not. Who stays while another one is replaced hears of a change.
    func tell(_ news: BookingNews, scope: Scope, in tx: Transaction) throws {
        let world = installation.world
        guard old != new, booking.session == nil else {
            if let left = before.session, left != booking.session, !before.isWaiting {
                try SessionJobs.tell(left, of: before, world: world, now: ids.now, scope: scope, in: tx)
            }
            return try BookingJobs.tell(news, of: booking, world: world, now: ids.now, scope: scope, in: tx)
        }
        let guests = booking.guests.indices.map { "guest.\($0)" }
        let plans = (booking.askers(of: news) + guests).map { ($0, news) }
            + booking.hosts.map { host in
                let stays = news == .reassigned ? BookingNews.changed : news
                return (host.id.text, old.contains(host.id) ? stays : .reassigned)
            }
            + before.hosts.filter { !new.contains($0.id) }.map { ("left.\($0.id)", .cancelled) }
        for (recipient, news) in plans {
            try BookingJobs.tell(news, recipient, of: booking, world: world, now: ids.now, scope: scope, in: tx)
        }
    }
}

extension BookingStore {
    /// Writes who hosts the booking, in place of those it had.
    static func replace(hostsOf booking: Booking, scope: Scope, in tx: Transaction) throws {
        try deleteHosts(of: booking.id, scope: scope, in: tx)
        try insertHosts(of: booking, scope: scope, in: tx)
    }
}
