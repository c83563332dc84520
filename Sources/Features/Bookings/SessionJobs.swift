/// What the hosts of a session are told: one event for all its people, told anew when somebody comes or goes.
import Database
import Scheduling
import Web

package enum SessionJobs {
    package static let kind = "session_mail"

    /// Plans a mail to each host of the session. One that is overtaken by the next change is not sent.
    /// - Parameter booking: whose coming or going it is.
    static func tell(
        _ id: ID<GroupSession>, of booking: Booking?, world: World, now: Instant, scope: Scope, in tx: Transaction
    ) throws {
        let version = try SeatStore.advance(id, scope: scope, in: tx)
        guard let session = try SeatStore.find(id, now: now, scope: scope, in: tx) else { return }
        let deputy = scope.behalf.flatMap { host in scope.actor.person.map { (person: $0, host: host) } }
        for host in session.hosts {
            let payload = JSON(present: [
                ("recipient", .string(host.id.text)), ("booking", booking.map { .string($0.id.text) }),
                ("deputy", deputy.map { ["person": .string($0.person.text), "host": .string($0.host.text)] }),
            ])
            let job = NewJob(
                kind: kind, workspace: scope.workspace, subject: id.text, version: version, payload: payload.text,
                dedupeKey: "\(kind)|\(id)|\(version)|\(host.id)", ordering: "\(id)|\(host.id)", runAt: now,
                notAfter: session.ends)
            try tx.enqueue(job, now: now, id: world.id())
        }
    }
}

extension Booking {
    /// Whether the hosts are told of its session as a whole, and not of it: in their calendars are those who come, not
    /// those who ask for a place.
    func isTold(withItsSession news: BookingNews) -> Bool {
        session != nil && !isWaiting && isKnownToGuests && ![.asked, .reminder, .declined, .expired].contains(news)
    }

    /// The hosts who are told of the booking by itself.
    func toldHosts(of news: BookingNews) -> [String] {
        isTold(withItsSession: news) ? [] : hosts.map(\.id.text)
    }
}
