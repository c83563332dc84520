/// Access codes of links, and the pass that spares typing one again.
import Database
import Scheduling
import Web

/// Compares codes, slowly for those who guess.
package struct AccessCode: Sendable {
    private let installation: Installation
    private let limits: SignInLimits

    package init(_ installation: Installation) {
        self.installation = installation
        limits = SignInLimits(installation.database)
    }

    /// Whether the visitor need not be asked: there is no code, or the address carries its pass.
    func opens(_ link: Link, pass: String?) -> Bool {
        guard let code = link.rules.access.code else { return true }
        guard let pass else { return false }
        return installation.keyring.isHexMAC(pass, of: Self.words(link, code), purpose: Self.purpose)
    }

    /// The pass of a link whose code was typed; it ends with the code.
    /// - Throws: `LinkRefusal`, and 429 after six wrong ones from a network.
    func check(_ link: Link, typed: String?, from remote: String) async throws -> String? {
        guard let code = link.rules.access.code else { return nil }
        guard let typed, !typed.isEmpty else { throw LinkRefusal.codeRequired }
        let now = installation.world.now
        let name = SignInLimits.name(email: link.id.text, remote: remote)
        do {
            try await limits.check(name, now: now)
            if link.rules.access.admits(typed) { return pass(link, code) }
            _ = try await limits.begin(name, now: now)
        } catch AccountRefusal.paused(let until) {
            throw Common.rateLimited(retryAfter: Int(max(1, until - now)))
        }
        throw LinkRefusal.wrongCode
    }

    private func pass(_ link: Link, _ code: String) -> String {
        installation.keyring.hexMAC(Self.words(link, code), purpose: Self.purpose)
    }

    private static let purpose = "access code"
    private static func words(_ link: Link, _ code: String) -> String { "\(link.id)|\(code)" }
}

/// Asks for the code of a link, and says nothing else about it.
package struct CodePage: Page {
    let slug: String
    let workspaceName: WorkspaceName
    let carried: Carried?
    var filled = Filled.empty
    /// Why what they came for is over.
    var alert = HTML.empty

    package var html: HTML {
        Layout.publicPage(
            title: plain("Access code"), workspaceName: workspaceName, shape: .slim,
            foot: FindPage.foot(slug: slug), """
                \(alert)<header class="stack near"><h1 class="display">\(say("Access code"))</h1>\
                <p class="second">\(say("The invitation to this page holds a code. Type it to see the times."))</p>\
                </header>\
                \(Components.form(action: Path("/book/\(slug)/code"), """
                    \(Components.mistakes(filled))\(carried?.hidden)\
                    \(Components.field("code", plain("Code"), in: filled, autocomplete: "off"))\
                    <p>\(Components.button(plain("Show the times"), .primary))</p>
                    """))
                """)
    }

    package static var example: CodePage {
        CodePage(slug: "product-walkthrough", workspaceName: "Nordhavn Instruments", carried: nil)
    }
}

extension BookingRoutes {
    /// The code was typed: its pass goes into the address, no cookie is set.
    func enter(_ request: Request) async throws -> Answer {
        let data = try request.form()
        let (link, scope) = try await OpenLink(installation).find(slug: try request.parameter("slug"))
        return try await link.spoken(among: installation.languages, for: data) {
            try await framing(request, data, link) { try await enter(data, link, from: request.remote, scope: scope) }
        }
    }

    private func enter(_ data: FormData, _ link: Link, from remote: String, scope: Scope) async throws -> Answer {
        let carried = Carried(data, link: link)
        var fields = Fields(form: data)
        let typed = fields.text("code", 1...40, label: plain("Code"))
        if fields.errors.isEmpty {
            do {
                guard let pass = try await codes.check(link, typed: typed, from: remote) else {
                    return .redirect(link.path.adding(query: carried.pairs))
                }
                let pairs = carried.pairs.filter { $0.0 != Carried.passName } + [(Carried.passName, pass)]
                return .redirect(link.path.adding(query: pairs))
            } catch let refusal as LinkRefusal {
                fields.fail("code", "invalid", refusal.message)
            }
        }
        return try await codePage(link, carried, filled: fields.filled, status: 422, scope: scope)
    }

    func codePage(
        _ link: Link, _ carried: Carried, filled: Filled = .empty, alert: HTML = .empty, status: Int = 200, scope: Scope
    ) async throws -> Answer {
        let name = try await installation.database.read(scope) { tx in
            try LinkStore.workspaceName(scope: scope, in: tx)
        }
        var page = CodePage(slug: link.rules.slug, workspaceName: name, carried: carried, filled: filled)
        page.alert = alert
        return .page(page.html, status: status)
    }
}
