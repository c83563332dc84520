/// What happens when somebody sends a routing form: the answers are kept, and the first way that is open is taken.
import Capabilities
import Database
import Scheduling
import Web

/// Where somebody goes next.
package enum FormOutcome: Sendable, Hashable {
    case page(Path)
    case url(WebURL)
    case message(RouteMessage)
}

/// One route as it was tried, for the test bench.
package struct TriedRoute: Sendable {
    package enum Result: Sendable { case taken, noMatch, noFreeTime, gone }

    package var name: String
    package var result: Result
}

package struct AnswerForm: Sendable {
    /// How long a CRM may take to say whose contact somebody is.
    static let patience = Duration.seconds(2)

    let installation: Installation
    let owners: [OwnerSource: any ContactOwners]

    package init(_ installation: Installation, owners: [OwnerSource: any ContactOwners] = [:]) {
        (self.installation, self.owners) = (installation, owners)
    }

    private var world: World { installation.world }

    /// Keeps the answers and finds the way. Sent again under the same key it is one response, which leads where the
    /// first did.
    package func callAsFunction(
        _ answers: [Answered], key: String, form: RoutingForm, scope: Scope
    ) async throws -> (FormResponse, FormOutcome) {
        let earlier = try await installation.database.read(scope) { tx in
            try FormResponseStore.find(key: key, form: form.id, scope: scope, in: tx)
        }
        if let earlier { return (earlier, try await outcome(of: earlier, form: form, scope: scope)) }
        let found = try await way(for: answers, of: form, scope: scope)
        var response = FormResponse(
            id: world.id(), form: form.id, answers: answers, route: found.route, action: found.action,
            createdAt: world.now)
        let (new, world) = (response, world)
        response = try await installation.database.write(scope) { tx in
            guard try FormResponseStore.insert(new, key: key, scope: scope, in: tx) else {
                return try FormResponseStore.find(key: key, form: form.id, scope: scope, in: tx) ?? new
            }
            try WebhookEvent.formSubmitted.publish(
                new.id.text, version: 1, data: new.json, world: world, now: new.createdAt, scope: scope, in: tx)
            return new
        }
        return (response, try await outcome(of: response, form: form, scope: scope))
    }

    /// Which route takes these answers, which were passed over and why.
    package func way(
        for answers: [Answered], of form: RoutingForm, scope: Scope
    ) async throws -> (route: String?, action: RouteAction, tried: [TriedRoute]) {
        let given = FormAnswers(answers)
        var tried: [TriedRoute] = []
        // However many routes ask a CRM, the visitor waits for it once.
        let end = ContinuousClock.now + Self.patience
        for route in form.routes {
            guard route.takes(given) else {
                tried.append(TriedRoute(name: route.name, result: .noMatch))
                continue
            }
            let action = await found(route.action, answers, until: end, scope: scope)
            let result = try await state(of: action, freeWithin: route.freeWithin, scope: scope)
            tried.append(TriedRoute(name: route.name, result: result))
            if result == .taken { return (route.name, action, tried) }
        }
        return (nil, form.fallback, tried)
    }

    /// Whether the way is open: the link takes bookings, the person is there, and a time is free if one is asked for.
    private func state(of action: RouteAction, freeWithin days: Int?, scope: Scope) async throws -> TriedRoute.Result {
        let (now, zones) = (world.now, world.zones)
        return try await installation.database.read(scope) { tx in
            guard try target(of: action, now: now, scope: scope, in: tx) != nil else { return .gone }
            guard let days else { return .taken }
            let links: [Link]
            if let id = action.link {
                links = try LinkStore.find(id, scope: scope, in: tx).map { [$0] } ?? []
            } else if let user = action.user {
                links = try Self.open(of: user, now: now, scope: scope, in: tx)
            } else {
                links = []
            }
            let end = now.adding(days: days)
            let isFree = try links.contains { link in
                guard var times = try? OfferedTimes(
                    link: link, from: now, to: end, now: now, zones: zones, scope: scope, in: tx)
                else { return false }
                if let user = action.user, link.choosable.contains(where: { $0.id == user }) { times.chosen = user }
                return !times.question(from: now, to: end).slots().isEmpty
            }
            return isFree ? .taken : .noFreeTime
        }
    }

    /// The page of a link or a person, without what is filled in; nil once it is gone.
    private func target(
        of action: RouteAction, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> (path: Path, link: Link?)? {
        guard action.kind != .message, action.kind != .url else { return ("", nil) }
        let user = action.user
        if case .owner = action { return nil }
        if let id = action.link {
            guard let link = try LinkStore.find(id, scope: scope, in: tx), link.deletedAt == nil else { return nil }
            do {
                try link.checkOpen(now: now, scope: scope, in: tx)
            } catch is LinkRefusal { return nil }
            guard let user else { return (link.path, link) }
            guard link.leads(to: user) else { return nil }
            let isChosen = link.choosable.contains { $0.id == user }
            return (isChosen ? link.path.adding(query: [("host", user.text)]) : link.path, link)
        }
        guard let user, try LinkStore.host(user, scope: scope, in: tx) != nil else { return nil }
        let links = try Self.open(of: user, now: now, scope: scope, in: tx)
        // Of one there is nothing to choose, and what was answered fills it in.
        if links.count == 1, let link = links.first { return (link.path, link) }
        // Their page is that of the workspace in which they chose its address.
        guard !links.isEmpty, let profile = try ProfileStore.find(user, in: tx), profile.workspace == scope.workspace,
            let handle = profile.wish.handle
        else { return nil }
        return (Path("/u/\(handle)"), nil)
    }

    /// What a visitor can book with somebody, as their page lists it.
    private static func open(
        of user: ID<User>, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> [Link] {
        try LinkStore.all(host: user, scope: scope, in: tx).filter { link in
            guard link.isShown(at: now), link.rules.access.code == nil, link.leads(to: user) else { return false }
            do {
                try link.checkOpen(now: now, scope: scope, in: tx)
                return true
            } catch is LinkRefusal { return false }
        }
    }

    /// Where a response leads now, with all it can fill in.
    func outcome(
        of response: FormResponse, form: RoutingForm, scope: Scope
    ) async throws -> FormOutcome {
        switch response.action {
        case .message(let message): return .message(message)
        case .url(let url): return .url(url)
        case .link, .member, .owner:
            let (now, keyring) = (world.now, installation.keyring)
            let path: Path? = try await installation.database.read(scope) { tx in
                guard let target = try target(of: response.action, now: now, scope: scope, in: tx) else {
                    return nil
                }
                guard let link = target.link else { return target.path }
                let pass = CameByForm.text(response.id, workspace: scope.workspace, keyring: keyring)
                return target.path.adding(
                    query: [(CameByForm.name, pass)] + response.prefill(link, nameQuestion: form.nameQuestion))
            }
            // The last way has gone meanwhile: nobody is left in front of a wall.
            return path.map { .page($0) } ?? .message(Self.thanks)
        }
    }

    static var thanks: RouteMessage {
        RouteMessage(heading: plain("Thank you"), text: plain("Your answers have arrived. You will hear from us."))
    }

    /// With the person who owns the contact in the place of whoever that is; as it was for nobody, for somebody of
    /// elsewhere, and when the CRM takes too long.
    private func found(
        _ action: RouteAction, _ answers: [Answered], until end: ContinuousClock.Instant, scope: Scope
    ) async -> RouteAction {
        guard case .owner(let source, let link) = action, let owners = owners[source],
            let email = answers.first(where: { $0.kind == .email })?.value
        else { return action }
        let told = await withTaskGroup(of: String?.self) { group in
            group.addTask { try? await owners.owner(of: email, workspace: scope.workspace.text) }
            group.addTask {
                try? await Task.sleep(until: end)
                return nil
            }
            let first = await group.next() ?? nil
            group.cancelAll()
            return first
        }
        guard let address = told.flatMap({ EmailAddress($0) })?.folded else { return action }
        let user = try? await installation.database.read(scope) { tx in
            try LinkHostStore.everybody(scope: scope, in: tx).first { EmailAddress($0.email)?.folded == address }?.id
        }
        return (user ?? nil).map { .member($0, on: link) } ?? action
    }
}

extension Link {
    /// Whether whoever books here meets this person: where hosts take turns, only if the booker may choose among them.
    func leads(to user: ID<User>) -> Bool {
        guard hosts.contains(where: { $0.id == user }) else { return false }
        return !rotates || hosts.count == 1 || choosable.contains { $0.id == user }
    }
}

extension RouteAction {
    var user: ID<User>? {
        if case .member(let user, _) = self { user } else { nil }
    }
}
