/// The API's assistants of a member: list, name, stop; for keys of that member, and of admins.
import Database
import Scheduling
import Web

struct AssistantAPI: Sendable {
    let installation: Installation

    init(_ installation: Installation) { self.installation = installation }

    var routes: [Route] {
        [
            Route(.get, "/api/v1/members/:id/assistants", .api(.membersRead), list),
            Route(.post, "/api/v1/members/:id/assistants", .api(.meWrite), name),
            Route(.delete, "/api/v1/members/:id/assistants/:assistant", .api(.meWrite), stop),
        ]
    }

    private func list(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let (account, scope) = (try request.user("id"), principal.scope)
        let found = try await installation.database.read(scope) { tx in
            _ = try NameAssistant.owner(account, for: principal, in: tx)
            return try AssistantStore.assistants(of: account, scope: scope, in: tx)
        }
        // At most twenty: one page holds them all.
        return .json(["data": .array(found.map(\.json)), "nextCursor": .null])
    }

    private func name(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let account = try request.user("id")
        var fields = Fields(json: try request.json())
        let assistant = fields.id("userId", of: User.self, label: plain("Person"))
        try fields.finish()
        guard let assistant else { throw Common.unexpected }
        let entry = NameAssistant(installation, from: Origin(request)).entry(.assistantNamed, of: account)
        return try await installation.once(request, route: "assistants", scope: principal.scope) { tx in
            try NameAssistant.name(assistant, of: account, by: principal, entry, in: tx).json
        }
    }

    private func stop(_ request: Request) async throws -> Answer {
        let stopped = try await NameAssistant(installation, from: Origin(request)).stop(
            try request.user("assistant"), of: try request.user("id"), by: try request.signedIn())
        guard stopped else { throw Common.notFound }
        return .empty()
    }
}

extension Request {
    /// - Throws: `Common.notFound` for what is no person's id.
    fileprivate func user(_ parameter: String) throws -> ID<User> {
        guard let id = ID<User>(try self.parameter(parameter)) else { throw Common.notFound }
        return id
    }
}
