/// Strangers ask for several people at once, on a page that nobody has made.
import Database
import Scheduling

@testable import Features

extension Simulation {
    func meetSeveral() async throws -> String {
        // Their page would be one more than those that people are to look at.
        if tampering.only != nil { return "nobody" }
        // Who lets strangers do so has their page in the first workspace.
        var others = town.members(of: 0)
        var people: [ID<User>] = []
        for _ in 0..<chance.number(2...3) {
            guard let one = chance.one(of: others) else { break }
            others.removeAll { $0 == one }
            people.append(one)
        }
        let slug = people.compactMap { town.people[$0]?.handle }.joined(separator: "+")
        let installation = installation
        let opened = try await outcome {
            let open = OpenAdHocLink(installation)
            let (found, scope) = try await open.find(slug)
            return try await open.stored(found, scope: scope)
        }
        let off = people.filter { expected.off.contains("0 \($0)") }
        switch opened {
        case .failure(let refused):
            if refused.refusal != nil, off.isEmpty { findings.append("together: no page of \(slug): \(refused.words)") }
            count("pages of several, off")
            return "\(slug): \(refused.words)"
        case .success(let link):
            if !off.isEmpty { findings.append("together: a page of \(slug), and \(off) are off") }
            return try await book(link, with: people, at: slug)
        }
    }

    /// As often as one asks, in whatever order, there is one page of these people.
    private func book(_ link: Link, with people: [ID<User>], at slug: String) async throws -> String {
        count("pages of several")
        if Set(link.hosts.map(\.id)) != Set(people) || link.isImagined {
            findings.append("together: the page of \(slug) is of \(link.hosts.map(\.id))")
        }
        if link.adHoc == nil { findings.append("together: the page of \(slug) is one that somebody made") }
        let known = expected.links.first { $0.isAdHoc && Set($0.hosts) == Set(people) }
        if let known, known.id != link.id { findings.append("together: \(slug) has two pages") }
        if known == nil { expected.links.append(LinkFacts(link, tenant: 0)) }
        guard let facts = expected.link(link.id) else { return "no link" }
        let before = expected.order.count
        let told = try await send(wish(on: facts, start: someStart(of: facts)))
        if expected.order.count > before { count("bookings of several, asked for together") }
        return "\(slug): \(told)"
    }
}
