/// Bob, his assistant Cleo, and Dan, for whom she does not act: each with a link, hours, days away and bookings.
import Database
import Fakes
import Scheduling
import Web

@testable import Features

/// What belongs to one person.
struct Belongings: Sendable {
    var user: ID<User>
    var link: Link
    var group: Link
    var weekly: Link
    var booking: ID<Booking>
    var session: ID<GroupSession>
    var series: ID<Booking>
    var schedule: ID<Schedule>

    /// Fills `{…}` of an address.
    func address(_ pattern: String) -> String {
        let values = [
            "user": user.text, "link": link.id.text, "group": group.id.text, "booking": booking.text,
            "session": session.text, "series": series.text, "schedule": schedule.text,
        ]
        return values.reduce(pattern) { $0.replacing("{\($1.key)}", with: $1.value) }
    }
}

struct AssistantStage: Sendable {
    let stage: Stage
    let cleo: Member
    let dan: Member
    let visitor: Visitor
    let own: Belongings
    let bobs: Belongings
    let dans: Belongings

    init(_ stage: Stage) async throws {
        self.stage = stage
        cleo = try await stage.member("Cleo Marsh")
        dan = try await stage.member("Dan Wu")
        let bob = try await stage.database.lookUp { [workspace = stage.workspace, bob = stage.bob] tx in
            try AccountStore.member(bob, workspace: workspace, in: tx).wanted("Bob")
        }
        visitor = try Visitor(stage, who: "cleo", members: ["cleo": cleo, "dan": dan, "bob": bob])
        own = try await stage.belongings(of: cleo.account.id, "cleo")
        bobs = try await stage.belongings(of: stage.bob, "bob")
        dans = try await stage.belongings(of: dan.account.id, "dan")
        _ = try await NameAssistant(stage.installation)(
            cleo.account.id, of: stage.bob, by: stage.principal(bob))
    }

    static func on(_ engine: Engine, _ body: (AssistantStage) async throws -> Void) async throws {
        try await Stage.on(engine) { try await body(try await AssistantStage($0)) }
    }

    func log() async throws -> [AuditRow] {
        let scope = stage.scope
        return try await stage.database.read(scope) { try AuditStore.rows(AuditFilter(), scope: scope, in: $0) }
    }
}

extension Stage {
    func principal(_ member: Member) -> Principal {
        Principal(
            kind: .session, workspace: workspace, workspaceName: "Nordhavn", user: member.account.id,
            name: member.account.name, permissions: Permission.granted(to: member.role))
    }

    /// Somebody more who works here.
    func member(_ name: String, role: Role = .member) async throws -> Member {
        let (id, now, workspace): (ID<User>, Instant, ID<Workspace>) = (world.id(), world.now, workspace)
        return try await database.writeUnscoped { tx in
            let email = name.lowercased().split(separator: " ")[0] + "@nordhavn.example"
            let account = Account(id: id, email: String(email), name: name, zone: "Europe/Berlin")
            try AccountStore.insert(account, passwordHash: nil, now: now, in: tx)
            try AccountStore.addMember(id, role: role, workspace: workspace, now: now, in: tx)
            return try AccountStore.member(id, workspace: workspace, in: tx).wanted(name)
        }
    }

    fileprivate func belongings(of user: ID<User>, _ name: String) async throws -> Belongings {
        let link = try await makeLink("\(name)-one", host: user)
        let group = try await makeLink("\(name)-group", host: user) { rules in
            (rules.kind, rules.seats.capacity, rules.waitlist.isOn) = (.group, 5, true)
        }
        let weekly = try await makeLink("\(name)-weekly", host: user) { $0.series = LinkSeries() }
        let seat = try await book(at(12), on: group).id
        let session = try await find(seat).session.wanted("session")
        let first = try await bookSeries(3, from: at(14), on: weekly).ids.first.wanted("series")
        return Belongings(
            user: user, link: link, group: group, weekly: weekly, booking: try await book(at(10), on: link).id,
            session: session, series: first, schedule: link.schedule)
    }
}
