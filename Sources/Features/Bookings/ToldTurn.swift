/// Why a host has a booking, in words and with the numbers it was judged by.
import Database
import Scheduling
import Web

struct ToldTurn: Sendable {
    let name: String
    let assignment: Assignment
    /// The names of everybody who was ever chosen on the link, by their ids.
    let names: [String: String]

    /// One for each of the booking's hosts who took turns.
    static func all(of booking: Booking, scope: Scope, in tx: Transaction) throws -> [ToldTurn] {
        let made = try AssignmentStore.each(of: booking, scope: scope, in: tx)
        guard !made.isEmpty else { return [] }
        var names = try AssignmentStore.names(of: booking.link, scope: scope, in: tx)
        let link = try LinkStore.find(booking.link, scope: scope, in: tx)
        for host in link?.hosts ?? [] { names[host.id.text] = host.name }
        return made.map { ToldTurn(name: names[$0.host.text] ?? "", assignment: $0, names: names) }
    }

    /// More than these are counted.
    private static let shown = 8

    func html(zone: Zone, _ clock: HourClock) -> HTML {
        let judged = assignment.judged
        let free = judged.hosts.filter { judged.eligible.contains($0.standing.host) }
        let rest = free.count - Self.shown
        let more: HTML = rest > 0 ? "<li>\(say("\(rest)|one:And one more.|other:And %1 more."))</li>" : .empty
        let list: HTML = free.count < 2 ? .empty : """
            <p class="meta third">\(say("Free were, as they stood then:"))</p>\
            <ul class="meta third" role="list">\(each: free.prefix(Self.shown), { line($0, zone, clock) })\(more)</ul>
            """
        let pool: HTML = assignment.pool.map { say("Of the pool \($0).") } ?? .empty
        return "<p>\(assignment.reason(name)) \(pool)</p>\(list)"
    }

    /// `Ada: priority 2, 3 bookings, 0.5 behind, last Tuesday 1 December, 9:00`.
    private func line(_ host: Judged.OfHost, _ zone: Zone, _ clock: HourClock) -> HTML {
        let standing = host.standing
        var words = [plain("priority \(standing.priority)")]
        words.append(plain("\(standing.counted)|one:one booking|other:%1 bookings"))
        if assignment.judged.strategy == .equalDistribution {
            let tenths = Int((Double(standing.shortfall) / Double(Rotation.Standing.whole) * 10).rounded())
            let number = "\(abs(tenths) / 10).\(abs(tenths) % 10)"
            words.append(tenths < 0 ? plain("\(number) ahead of their share") : plain("\(number) behind their share"))
        }
        words.append(standing.last.map { plain("last given one on \(TimeWords.dayAndTime($0, in: zone, clock))") }
            ?? plain("never given one"))
        return "<li><bdi>\(names[standing.host] ?? "")</bdi>: \(words.joined(separator: ", "))</li>"
    }
}
