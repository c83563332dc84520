/// What an attendee is shown of a session: how many places it has left, and who comes, as far as its host wants that.
import Database
import Scheduling
import Web

package struct SeatWords: Hashable, Sendable {
    let capacity: Int
    /// Nil where the host keeps it back.
    let left: Int?
    /// First names of those who come; none where the host keeps them back.
    let names: [String]
    /// Names beyond these are counted.
    private static let mostNames = 12

    /// - Parameters:
    ///   - hold: the token of one's own hold, which takes nobody's place.
    ///   - booking: one's own, whose name is known.
    /// - Returns: nil for a link without seats.
    static func load(
        _ link: Link, at start: Instant, hold: String? = nil, booking: Booking? = nil, now: Instant, scope: Scope,
        in tx: Transaction
    ) throws -> SeatWords? {
        guard link.hasSeats else { return nil }
        let own = try hold.flatMap { try BookingTokenStore.hold(token: $0, link: link.id, scope: scope, in: tx) }
        let session = try SeatStore.open(of: link.id, at: start, now: now, scope: scope, in: tx)?
            .without(own.map { [$0.id.text] } ?? [])
        var names: [String] = []
        if link.rules.seats.showsNames, let session {
            names = try SeatStore.firstNames(of: session.id, besides: booking?.id, scope: scope, in: tx)
        }
        let capacity = session?.capacity ?? link.rules.seats.capacity
        let left = session?.seatsLeft ?? capacity
        return SeatWords(
            capacity: capacity, left: link.rules.seats.showsSeats ? left : nil, names: names)
    }

    var places: String? {
        left.map { plain("\($0) of \(capacity) places left") }
    }

    var who: String? {
        guard !names.isEmpty else { return nil }
        let shown = names.prefix(Self.mostNames).joined(separator: ", ")
        let more = names.count - Self.mostNames
        guard more > 0 else { return shown }
        return plain(Sentence("%1|one:%2 and one more|other:%2 and %1 more", [.number(more), .text(shown)]))
    }

    /// Before booking.
    var facts: [(Icon, HTML)] {
        [places.map { (.users, "\($0)") }, who.map { (.user, say("Already coming: \($0)")) }].compactMap(\.self)
    }

    /// After it.
    var pairs: [(String, HTML)] {
        [places.map { (plain("Places"), "\($0)") }, who.map { (plain("Also coming"), "<bdi>\($0)</bdi>") }]
            .compactMap(\.self)
    }

    /// What is said of any time of the link.
    static func facts(_ link: Link) -> [(Icon, HTML)] {
        guard link.hasSeats else { return [] }
        return [(.users, say("In a group of up to \(link.rules.seats.capacity)"))]
    }
}
