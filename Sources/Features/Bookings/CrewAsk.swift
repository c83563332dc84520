/// A wish for a time of a link: whom it asks, in which order they are locked, and who takes it.
import Database
import Scheduling

struct CrewAsk: Sendable {
    let link: Link
    /// The booking to be moved.
    var booking: Booking?
    let start: Instant
    let ends: Instant
    /// Owners of time that counts as free: one's own hold.
    var claims: [String] = []
    var booker = Booker()
    let now: Instant
    let zones: Zones
    let scope: Scope

    var minutes: Int { Int((ends - start) / 60) }

    /// Locks those who may take it, and whose time is let go.
    ///
    /// All hosts of a link are locked; of a rotation only those who look free before, so that one link does not stop
    /// the whole team. The link's row is locked by the caller where it rotates.
    /// - Returns: those who are to be asked.
    func lock(in tx: Transaction) throws -> [LinkHost] {
        var crew = link.crew(moving: booking)
        // SQLite has one writer: what is read stays so.
        if link.rotates, tx.engine == .postgres {
            let free = Set(try times(of: crew, in: tx).eligible(at: start, duration: minutes))
            if !free.isEmpty { crew = crew.filter { free.contains($0.id.text) } }
        }
        var subjects = Set((crew + (booking?.hosts ?? [])).map(\.id.text))
        subjects.formUnion(try tx.subjects(ofClaims: claims + (booking.map { [$0.id.text] } ?? [])))
        try tx.lockSubjects(subjects.sorted())
        try tx.dropExpiredHolds(of: subjects.sorted(), now: now)
        return crew
    }

    /// What makes them busy, read under the lock.
    func times(of crew: [LinkHost], in tx: Transaction) throws -> OfferedTimes {
        try OfferedTimes(
            link: link, moving: booking, crew: crew, from: start, to: ends, ignoring: claims, booker: booker, now: now,
            zones: zones, scope: scope, in: tx)
    }

    /// Who takes it: all hosts, or of a rotation the one whose turn it is. A booking that is moved keeps its host as
    /// long as they are free.
    /// - Throws: ``NotTaken`` with the reason when the time cannot be had.
    func takers(_ times: OfferedTimes, in tx: Transaction) throws -> (hosts: [LinkHost], turn: LinkRotation.Turn?) {
        if let reason = times.refusal(at: start, duration: minutes) { throw NotTaken(reason: reason) }
        guard link.rotates else { return (link.crew(moving: booking), nil) }
        let free = times.eligible(at: start, duration: minutes)
        if let kept = booking?.hosts.first(where: { free.contains($0.id.text) }) { return ([kept], nil) }
        let stand = try LinkRotation(
            link, for: start, without: booking?.id, now: now, zones: zones, scope: scope, in: tx)
        guard let turn = stand.turn(among: free) else { throw NotTaken(reason: .overLead) }
        return ([turn.host], turn)
    }

    struct NotTaken: Error {
        let reason: Reason
    }
}
