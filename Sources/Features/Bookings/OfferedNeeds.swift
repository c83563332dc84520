/// What a link needs beside its hosts, with the times at which each of it is taken.
import Database
import Scheduling
import Web

struct OfferedNeeds: Sendable {
    /// In the engine's terms; the id is the place of the need on the link.
    var needs: [ResourceNeed] = []
    private var resources: [ID<BookableResource>: BookableResource] = [:]
    private let link: Link

    /// Reads nothing for a link without needs.
    /// - Parameters:
    ///   - rows: the span whose ledger rows matter.
    ///   - people: how many attend; what is too small for them is left out.
    init(
        _ link: Link, within rows: Span, ignoring claims: [String], people: Int, now: Instant, zones: Zones,
        scope: Scope, in tx: Transaction
    ) throws {
        self.link = link
        let ids = link.rules.needs.flatMap(\.oneOf)
        guard !ids.isEmpty else { return }
        resources = try ResourceStore.find(Set(ids), scope: scope, in: tx)
        let ledger = try tx.ledger(
            of: ids.map(\.text), from: rows.start, to: rows.end, now: now, without: claims)
        let busy = Dictionary(grouping: ledger, by: \.subject)
        needs = link.rules.needs.enumerated().map { place, need in
            ResourceNeed(
                id: String(place), isRequired: need.isRequired,
                resources: need.oneOf.compactMap { id in
                    guard let resource = resources[id], resource.holds(people) else { return nil }
                    return resource.scheduled(busy: (busy[id.text] ?? []).map(Busy.init), zones: zones)
                })
        }
    }

    /// What is taken at a start that can be had: of each need what the booking has already, else the first free one.
    func taken(_ answer: Explanation, keeping: [BookableResource]) -> [BookableResource] {
        let had = Set(keeping.map(\.id.text))
        return needs.compactMap { need in
            let free = answer.resources.filter { $0.need == need.id && $0.causes.isEmpty }.map(\.id)
            let id = free.first(where: had.contains) ?? free.first
            return id.flatMap(ID<BookableResource>.init).flatMap { resources[$0] }
        }
    }

    /// The names of what would meet a need.
    func names(of need: String) -> String {
        guard let place = Int(need), link.rules.needs.indices.contains(place) else { return "" }
        return link.rules.needs[place].oneOf.compactMap { resources[$0]?.name }.joined(separator: ", ")
    }
}
