/// Every host outside that a workspace contacts, and why: a page and a document of the API.
import Database
import Scheduling
import Web

/// One host that is contacted for one reason.
package struct OutsideHost: Sendable, Equatable {
    /// The whole list of reasons: what is not here is not contacted.
    package enum Kind: String, CaseIterable, Sendable {
        case mail, scanner, files, webhook

        var words: String {
            switch self {
            case .mail: plain("Takes the mails to attendees, guests and hosts")
            case .scanner: plain("Looks at the files that attendees send, before they are kept")
            case .files: plain("Keeps the files that attendees send, and the pictures of people")
            case .webhook: plain("Is told what happens to meetings, because somebody here has set up a webhook")
            }
        }
    }

    let kind: Kind
    let host: String
    let lastContact: Instant?

    /// By kind, then by name, each host once for a kind.
    static func all(
        mailHost: String?, fileHosts: [OutsideFileHost], scope: Scope, in tx: Transaction
    ) throws -> [OutsideHost] {
        var hosts: [OutsideHost] = []
        if let mailHost {
            let last = try EffectStore.lastAccepted(.mail, scope: scope, in: tx)
            hosts.append(OutsideHost(kind: .mail, host: mailHost, lastContact: last))
        }
        for place in fileHosts {
            hosts.append(OutsideHost(kind: place.kind, host: place.host, lastContact: try place.last(scope, tx)))
        }
        let last = try DeliveryStore.lastAttempts(scope: scope, in: tx)
        let webhooks = Dictionary(grouping: try WebhookStore.all(scope: scope, in: tx), by: \.host)
        return hosts + webhooks.sorted { $0.key < $1.key }.map { host, webhooks in
            OutsideHost(kind: .webhook, host: host, lastContact: webhooks.compactMap { last[$0.id] }.max())
        }
    }
}

/// A host that looks at files or keeps them, and when it last had one of a workspace.
package struct OutsideFileHost: Sendable {
    let kind: OutsideHost.Kind
    let host: String
    let last: @Sendable (Scope, Transaction) throws -> Instant?

    package init(
        kind: OutsideHost.Kind, host: String, last: @escaping @Sendable (Scope, Transaction) throws -> Instant?
    ) {
        (self.kind, self.host, self.last) = (kind, host, last)
    }
}

package struct OutsideHostRoutes: Sendable {
    let installation: Installation
    /// The host mails are handed to; nil when there is none.
    let mailHost: String?
    let fileHosts: [OutsideFileHost]

    package init(_ installation: Installation, mailHost: String?, fileHosts: [OutsideFileHost] = []) {
        (self.installation, self.mailHost, self.fileHosts) = (installation, mailHost, fileHosts)
    }

    package var routes: [Route] {
        [
            Route(.get, "/settings/outside-hosts", .signedIn(.manageWebhooks), page),
            Route(.get, "/api/v1/outside-hosts", .api(.webhooksRead), document),
        ]
    }

    private func page(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        return .page(OutsideHostsPage(
            principal: principal, hosts: try await hosts(principal),
            times: try await OwnTimes(of: principal, installation)).html)
    }

    private func document(_ request: Request) async throws -> Answer {
        let hosts = try await hosts(try request.signedIn())
        return .json(["data": .array(hosts.map(\.json))])
    }

    private func hosts(_ principal: Principal) async throws -> [OutsideHost] {
        let scope = principal.scope
        return try await installation.database.read(scope) { tx in
            try OutsideHost.all(mailHost: mailHost, fileHosts: fileHosts, scope: scope, in: tx)
        }
    }
}

extension OutsideHost {
    fileprivate var json: JSON {
        [
            "kind": .string(kind.rawValue), "host": .string(host), "purpose": .string(kind.words),
            "lastContact": JSON(lastContact?.rfc3339()),
        ]
    }
}

struct OutsideHostsPage: Page {
    let principal: Principal
    let hosts: [OutsideHost]
    let times: OwnTimes

    static var example: OutsideHostsPage {
        OutsideHostsPage(
            principal: .example,
            hosts: [
                OutsideHost(kind: .mail, host: "mail.example.org", lastContact: Instant(1_795_000_000)),
                OutsideHost(kind: .webhook, host: "hooks.example.org", lastContact: nil),
            ], times: OwnTimes(zone: .utc, clock: .twentyFour))
    }

    var html: HTML {
        Layout.app(title: plain("Outside hosts"), tab: .webhooks, principal, """
            \(Components.crumbs([(plain("Webhooks"), "/settings/webhooks")], plain("Outside hosts")))\
            \(Components.pageHead(
                plain("Outside hosts"), say("Every host outside that is contacted for this workspace, and why.")))
            \(if: hosts.isEmpty, then: nothing, else: table)
            """)
    }

    private var nothing: HTML {
        Components.empty(
            plain("None"), say("Nothing leaves this installation: no mail server and no webhook is set up."))
    }

    private var table: HTML {
        """
        <div class="scroll" tabindex="0" role="region" aria-label="\(plain("Outside hosts"))">\
        <table class="table cards"><thead><tr><th scope="col">\(say("Host"))</th>\
        <th scope="col">\(say("Why"))</th><th scope="col">\(say("Last contact"))</th></tr></thead>\
        <tbody>\(each: hosts, row)</tbody></table></div>
        """
    }

    private func row(_ host: OutsideHost) -> HTML {
        """
        <tr><th scope="row"><bdi>\(host.host)</bdi></th><td>\(host.kind.words)</td>\
        <td class="second" data-label="\(plain("Last contact"))">\
        \(host.lastContact.map(times.html) ?? say("Never"))</td></tr>
        """
    }
}
