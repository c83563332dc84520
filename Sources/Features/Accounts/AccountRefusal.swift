/// What this feature says no to, in words.
import Scheduling
import Web

package enum AccountRefusal: Refusal, Equatable {
    /// One answer for an unknown address, a wrong password and a switched-off account.
    case noMatch(triesLeft: Int)
    case paused(until: Instant)
    case tooManyAtOnce
    case emailTaken(String)
    case badEmail(String)
    case badPassword(PasswordObjection)
    case unknownAccount(String)
    case unknownWorkspace(String)
    case whichWorkspace
    case alreadyMember(String)
    case unknownScope(String)
    case scopeBeyondRole(String)
    case noScopes
    case keyEnded
    case workspaceHasBookings(name: String, count: Int)
    case setupIsOver
    case setupTokenWrong
    case notEmpty
    /// A mailed link to a new password that is unknown, used or too old: one answer.
    case resetOver
    /// A mailed link to a new workspace, likewise.
    case signUpOver
    /// Somebody owns as many workspaces as one person may.
    case tooManyWorkspaces
    /// The password somebody gave as theirs, when changing it.
    case wrongCurrent

    package var status: Int {
        switch self {
        case .noMatch: 401
        case .paused: 429
        case .tooManyAtOnce: 503
        case .badEmail, .badPassword, .unknownScope, .noScopes, .keyEnded, .whichWorkspace, .wrongCurrent: 422
        case .resetOver, .signUpOver: 410
        case .scopeBeyondRole: 403
        case .unknownAccount, .unknownWorkspace: 404
        case .setupTokenWrong, .setupIsOver: 403
        case .emailTaken, .alreadyMember, .workspaceHasBookings, .notEmpty, .tooManyWorkspaces: 409
        }
    }

    package var code: String {
        switch self {
        case .noMatch: "unauthorized"
        case .paused: "rate_limited"
        case .tooManyAtOnce: "unavailable"
        case .badEmail, .badPassword, .unknownScope, .noScopes, .keyEnded, .whichWorkspace, .wrongCurrent: "invalid"
        case .resetOver, .signUpOver: "gone"
        case .scopeBeyondRole, .setupTokenWrong, .setupIsOver: "forbidden"
        case .unknownAccount, .unknownWorkspace: "not_found"
        case .emailTaken, .alreadyMember, .workspaceHasBookings, .notEmpty: "conflict"
        case .tooManyWorkspaces: "too_many_workspaces"
        }
    }

    package var headers: [(String, String)] {
        switch self {
        case .paused: [("Retry-After", String(SignInLimits.pauseSeconds))]
        case .tooManyAtOnce: [("Retry-After", "60")]
        default: []
        }
    }

    package var message: String {
        switch self {
        case .noMatch(let triesLeft): Self.noMatch(triesLeft)
        case .paused(let until):
            plain("Six tries did not match, so sign-in from this network is paused until \(Self.clock(until)) UTC.")
        case .tooManyAtOnce: plain("Too many people are signing in right now. Wait a minute, then sign in again.")
        case .badPassword(let objection): objection.words
        case .resetOver:
            plain("This link was used already, or is older than an hour. Ask for a new mail.")
        case .signUpOver: plain("This link was used already, or is older than a day. Ask for a new mail.")
        case .tooManyWorkspaces:
            plain("""
                You own \(SignUp.mostOwned) workspaces, and nobody here owns more. Use one of them, or let another \
                owner take one over and leave it.
                """)
        case .wrongCurrent: plain("This is not your password. Type the one you sign in with.")
        case .setupIsOver: plain("This installation is set up already. Sign in, or ask its owner for an account.")
        case .setupTokenWrong:
            plain("This set-up address is not the newest one. Restart the server and open the address it prints.")
        default: wordsForOperators
        }
    }

    package var fields: [FieldError] {
        switch self {
        case .badEmail, .emailTaken: [FieldError(field: "email", code: "invalid", message: message)]
        case .badPassword: [FieldError(field: "password", code: "invalid", message: message)]
        case .tooManyWorkspaces: [FieldError(field: "workspace", code: code, message: message)]
        case .wrongCurrent: [FieldError(field: "current", code: "invalid", message: message)]
        case .unknownScope, .noScopes, .scopeBeyondRole:
            [FieldError(field: "scopes", code: "invalid", message: message)]
        case .keyEnded: [FieldError(field: "expiresAt", code: "invalid", message: message)]
        default: []
        }
    }

    /// What people meet at the command line, and with keys.
    private var wordsForOperators: String {
        switch self {
        case .badEmail(let text): plain("“\(text)” is not an e-mail address. Write one such as ingrid@example.com.")
        case .emailTaken(let email): plain("\(email) has an account already. Use another address.")
        case .unknownAccount(let email): plain("Nobody here has the address \(email). Add the person first.")
        case .unknownWorkspace(let name): plain("There is no workspace “\(name)”. List them to see their names.")
        case .whichWorkspace: plain("There is more than one workspace. Say which, by its id or its name.")
        case .alreadyMember(let email): plain("\(email) is a member of this workspace already.")
        case .unknownScope(let name):
            plain("There is no scope “\(name)”. The scopes are \(Self.scopes).")
        case .scopeBeyondRole(let name): plain("“\(name)” is more than this person may do. Leave it out.")
        case .noScopes: plain("A key without scopes can do nothing. Choose at least one.")
        case .keyEnded: plain("This end is past. Choose a later day, or leave it out for a key that does not end.")
        case .workspaceHasBookings(let name, let count):
            plain("“\(name)” has \(count) bookings. Their history is kept: only a workspace without any is deleted.")
        case .notEmpty: plain("The database is not empty. The demo workspace goes into an empty one only.")
        default: ""
        }
    }

    private static var scopes: String { Permission.scopes.map(\.name).joined(separator: ", ") }

    private static func noMatch(_ triesLeft: Int) -> String {
        let left = plain("""
            \(triesLeft)|one:One try is left before a pause of 15 minutes.|\
            other:%1 tries are left before a pause of 15 minutes.
            """)
        return plain("E-mail and password do not match.") + " " + left
    }

    private static func clock(_ instant: Instant) -> String {
        let text = instant.rfc3339()
        return String(text.dropFirst(11).prefix(5))
    }
}

extension PasswordObjection {
    package var words: String {
        switch self {
        case .tooShort: plain("A password has at least 8 characters. Three or four words in a row are a good one.")
        case .tooLong: plain("A password has at most 256 characters.")
        case .common: plain("This is one of the passwords everybody tries first. Choose another.")
        }
    }
}
