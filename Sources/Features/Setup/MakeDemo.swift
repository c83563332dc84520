/// Demo data: a made-up company in an empty database, made by the same use cases as real data.
import Database
import Scheduling
import Web

package struct MakeDemo: Sendable {
    let installation: Installation
    let operate: Operate

    package init(_ installation: Installation, passwords: Passwords) {
        self.installation = installation
        operate = Operate(database: installation.database, world: installation.world, passwords: passwords)
    }

    /// - Throws: `AccountRefusal.notEmpty` when there is a workspace already.
    package func callAsFunction() async throws -> DemoLogins {
        if try await LookUps(database: installation.database).anyWorkspace() { throw AccountRefusal.notEmpty }
        let workspace = try await operate.addWorkspace(name: "Nordhavn Instruments", zone: "Europe/Oslo")
        var logins: [DemoLogins.User] = []
        var people: [String: ID<User>] = [:]
        for person in Self.people {
            let added = try await operate.addUser(
                email: person.email, name: person.name, role: person.role, workspace: workspace.id.text,
                zone: person.zone)
            let key = try await operate.addKey(email: person.email, scopes: nil, name: "Demo")
            people[person.email] = added.member.account.id
            logins.append(DemoLogins.User(
                name: person.name, email: person.email, password: added.password ?? "", apiKey: key.text,
                role: person.role))
        }
        let scope = Scope(workspace: workspace.id, actor: .system)
        var links: [Link] = []
        for wish in Self.links {
            guard let host = people[wish.host] else { continue }
            links.append(try await SaveLink(installation).create(wish.wish, host: host, scope: scope))
        }
        try await book(links, scope: scope)
        return DemoLogins(workspace: workspace, users: logins, links: links, address: installation.address)
    }

    private struct Person {
        let email: String
        let name: String
        let role: Role
        let zone: String
    }

    private static let people = [
        Person(email: "ingrid@nordhavn.example", name: "Ingrid Aasland-Okonkwo", role: .owner, zone: "Europe/Oslo"),
        Person(email: "tomasz@nordhavn.example", name: "Tomasz Wiśniewski", role: .admin, zone: "Europe/Warsaw"),
        Person(email: "priya@nordhavn.example", name: "Priya Raghunathan", role: .member, zone: "Asia/Kolkata"),
        Person(email: "sakura@nordhavn.example", name: "Sakura Nishimura", role: .viewer, zone: "Europe/Oslo"),
    ]

    private struct Offer {
        let host: String
        let wish: LinkWish
    }

    private static var links: [Offer] {
        var walkthrough = LinkRules(title: "Product walkthrough", slug: "product-walkthrough")
        walkthrough.description = "See the sensor network live, with your own buildings on the map."
        walkthrough.locations = [Location(kind: .video, text: "https://meet.nordhavn.example/walkthrough")]
        var audit = LinkRules(title: "Energy audit", slug: "energy-audit")
        audit.description = "Three quarters of an hour over your readings of the last year."
        (audit.duration, audit.step, audit.bufferAfter) = (45, 15, 15)
        audit.locations = [Location(kind: .phoneHostCalls, text: "")]
        var demo = LinkRules(title: "Technical demo", slug: "technical-demo")
        (demo.duration, demo.bufferBefore, demo.window) = (60, 10, .rollingDays(60))
        demo.notice = MinimumNotice(value: 1, unit: .day)
        demo.locations = [Location(kind: .address, text: "Fjordgata 9, Trondheim")]
        return [
            offer("ingrid@nordhavn.example", walkthrough, asking: "What would you like to see?"),
            offer("tomasz@nordhavn.example", audit, asking: "How many buildings do you run?"),
            offer("priya@nordhavn.example", demo, asking: nil),
        ]
    }

    private static func offer(_ host: String, _ rules: LinkRules, asking question: String?) -> Offer {
        let questions = question.map { [QuestionWish(id: nil, kind: .text, label: $0, required: false)] }
        return Offer(host: host, wish: LinkWish(rules: rules, questions: questions))
    }
}

/// What somebody needs to try the demo; the only moment at which its secrets are known.
package struct DemoLogins: Sendable {
    package struct User: Sendable {
        package let name: String
        package let email: String
        package let password: String
        package let apiKey: String
        package let role: Role
    }

    package let workspace: WorkspaceSummary
    package let users: [User]
    package let links: [Link]
    let address: String

    package var json: JSON {
        [
            "workspace": .string(workspace.name),
            "users": .array(users.map { user in
                [
                    "email": .string(user.email), "password": .string(user.password),
                    "apiKey": .string(user.apiKey), "role": .string(user.role.rawValue),
                ]
            }),
            "links": .array(links.map { link in
                ["slug": .string(link.rules.slug), "kind": .string(link.rules.kind.rawValue)]
            }),
        ]
    }

    /// The same for a person at the console.
    package var words: String {
        var lines = ["Demo workspace “\(workspace.name)”. Passwords and keys are shown now and never again.", ""]
        for user in users {
            lines.append("\(user.role.rawValue)  \(user.name)")
            lines.append("  e-mail    \(user.email)")
            lines.append("  password  \(user.password)")
            lines.append("  API key   \(user.apiKey)")
        }
        lines.append("")
        for link in links { lines.append("\(link.rules.title): \(address)\(link.path.text)") }
        return lines.joined(separator: "\n")
    }
}
