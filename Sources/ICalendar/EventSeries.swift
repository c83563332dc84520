/// All that a file says of one event: the series, and what is changed of it.
import Scheduling

/// The events of one UID; ``Expansion`` tells when they are.
package struct EventSeries: Sendable {
    package let uid: String
    /// The series itself first, where the file has it; then those that stand for one or more of its instances. Of
    /// several for one instance only the newest.
    package let components: [EventComponent]
    /// Whether the first component is the series itself.
    let hasMaster: Bool
    /// What the rules of the series itself give.
    let expansions: [RuleExpansion]

    package init(_ events: [EventComponent]) {
        var newest: [EventTime?: EventComponent] = [:]
        for event in events where newest[event.recurrenceID].map({ !$0.isNewer(than: event) }) ?? true {
            newest[event.recurrenceID] = event
        }
        let master = newest.removeValue(forKey: nil)
        uid = events.first?.uid ?? ""
        hasMaster = master != nil
        components = (master.map { [$0] } ?? []) + newest.values.sorted { $0.idWall < $1.idWall }
        expansions = (master?.rules ?? []).map { RuleExpansion($0, start: master?.start.wall ?? 0) }
    }
}

extension EventComponent {
    /// Of two for the same instance the later edition counts (RFC 5546 §2.1.5).
    fileprivate func isNewer(than other: EventComponent) -> Bool {
        (sequence, stamp?.seconds ?? .min) > (other.sequence, other.stamp?.seconds ?? .min)
    }

    fileprivate var idWall: Int64 { recurrenceID?.wall ?? .min }
}
