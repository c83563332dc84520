/// Who gets in to a link: access codes, links that are over, and the pass that spares typing the code again.
import Database
import Scheduling
import Web

/// A link that exists and is open to nobody, or not yet to this visitor.
package enum ClosedLink: Refusal, Equatable {
    case expired
    case usedUp
    case codeRequired
    case wrongCode

    package var status: Int {
        switch self {
        case .expired, .usedUp: 410
        case .codeRequired, .wrongCode: 401
        }
    }

    package var code: String {
        switch self {
        case .expired, .usedUp: "link_expired"
        case .codeRequired, .wrongCode: "access_code_required"
        }
    }

    package var message: String {
        switch self {
        case .expired: plain("The time to book here is over. Ask the person who sent you this link for a new one.")
        case .usedUp:
            plain("This link has been used as often as it may be. Ask the person who sent it for a new one.")
        case .codeRequired: plain("This link needs an access code. Send it in the header Workestra-Access-Code.")
        case .wrongCode: plain("That is not the code. Look at the invitation again, or ask the person who sent it.")
        }
    }

    /// Refuses bookings of a link whose time is over or whose uses are spent.
    static func check(_ link: Link, now: Instant, scope: Scope, in tx: Transaction) throws {
        if let end = link.rules.access.expiresAt, end <= now { throw expired }
        guard let most = link.rules.access.mostUses else { return }
        if try BookingStore.uses(of: link.id, scope: scope, in: tx) >= most { throw usedUp }
    }
}

/// Compares codes, slowly for those who guess.
package struct AccessCode: Sendable {
    private let installation: Installation
    private let limits = SignInLimits()

    package init(_ installation: Installation) { self.installation = installation }

    /// Whether the visitor need not be asked: there is no code, or the address carries its pass.
    func opens(_ link: Link, pass: String?) -> Bool {
        guard let code = link.rules.access.code else { return true }
        guard let pass else { return false }
        return Self.same(pass, self.pass(link, code))
    }

    /// The pass of a link whose code was typed; it ends with the code.
    /// - Throws: `ClosedLink`, and 429 after six wrong ones from a network.
    func check(_ link: Link, typed: String?, from remote: String) throws -> String? {
        guard let code = link.rules.access.code else { return nil }
        guard let typed, !typed.isEmpty else { throw ClosedLink.codeRequired }
        let now = installation.world.now
        do {
            _ = try limits.begin(link.id.text, from: remote, now: now)
        } catch AccountRefusal.paused(let until) {
            throw Common.rateLimited(retryAfter: Int(max(1, until - now)))
        }
        guard Self.same(Self.folded(typed), Self.folded(code)) else { throw ClosedLink.wrongCode }
        limits.succeeded(link.id.text, from: remote)
        return pass(link, code)
    }

    private func pass(_ link: Link, _ code: String) -> String {
        let mac = installation.keyring.mac(Array("\(link.id)|\(code)".utf8), purpose: "access code")
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: mac.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// A code that is read out on the telephone has no case.
    private static func folded(_ code: String) -> String { code.lowercased().filter { !$0.isWhitespace } }

    private static func same(_ a: String, _ b: String) -> Bool {
        let (a, b) = (sha256(Array(a.utf8)), sha256(Array(b.utf8)))
        return zip(a, b).reduce(0) { $0 | ($1.0 ^ $1.1) } == 0
    }
}

/// Asks for the code of a link, and says nothing else about it.
package struct CodePage: Page {
    let slug: String
    let workspaceName: String
    let carried: Carried?
    var filled = Filled.empty

    package var html: HTML {
        Layout.publicPage(
            title: plain("Access code"), workspaceName: workspaceName, shape: .slim, """
                <header class="stack near"><h1 class="display">\(say("Access code"))</h1>\
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
