/// Hosts turn an address away: what it has booked is cancelled without a word, and it is offered nothing any more.
import Database
import Scheduling
import Web

@testable import Features

extension Simulation {
    func block() async throws -> String {
        let waiting = expected.inLine().map { ($0.tenant, $0.email) }
        let all = chance.happens(percent: 50) && !waiting.isEmpty ? waiting : open.map { ($0.tenant, $0.email) }
        guard let (place, email) = chance.one(of: all), let whom = Block.Whom(.address, of: email) else {
            return "nobody"
        }
        let (tenant, installation) = (town.tenants[place], installation)
        let done = try await outcome {
            try await BlockSender(installation: installation, origin: .console)(
                whom, by: tenant.owner, with: nil, scope: tenant.host)
        }
        guard case .success(let number) = done else { return "\(email): \(done)" }
        count("addresses turned away")
        expected.actor = tenant.host.actor
        expected.blocked.insert("\(place) \(email)")
        let theirs = open.filter { $0.tenant == place && $0.email == email && $0.starts > now }
            .sorted { ($0.starts, $0.id.text) < ($1.starts, $1.id.text) }
        if theirs.count != number { findings.append("block: \(number) of \(email) were cancelled, of \(theirs.count)") }
        for meeting in theirs { acceptCancellation(of: meeting.id, quietly: true) }
        return "\(email) of \(place), \(number) cancelled"
    }
}
