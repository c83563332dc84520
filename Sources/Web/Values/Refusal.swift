/// The product says no: what every refusal carries, and the ones that are the same everywhere.

/// What is wrong with one field of a form or of a JSON body.
package struct FieldError: Sendable, Hashable {
    /// The name of the field, dotted where it is nested: `attendee.email`, `questions.0.label`.
    package let field: String
    /// Stable, snake case: `missing`, `too_long`, `invalid`.
    package let code: String
    /// Two halves for a person: what is so, and what to do.
    package let message: String

    package init(field: String, code: String, message: String) {
        self.field = field
        self.code = code
        self.message = message
    }
}

/// An answer of the product to something that cannot be done. Rendered as `application/problem+json` (RFC 9457) under
/// `/api`, as a calm page elsewhere.
package protocol Refusal: Error, Sendable {
    /// HTTP status, 400…599.
    var status: Int { get }
    /// Stable, snake case; clients decide by it.
    var code: String { get }
    /// In the reader's language.
    var message: String { get }
    var fields: [FieldError] { get }
    /// Further members of the problem document, such as `alternatives`.
    var members: [(String, JSON)] { get }
    /// Further headers, such as `Retry-After`.
    var headers: [(String, String)] { get }
}

extension Refusal {
    package var fields: [FieldError] { [] }
    package var members: [(String, JSON)] { [] }
    package var headers: [(String, String)] { [] }
}

/// Some fields cannot be accepted; each says why. Status 422.
package struct Invalid: Refusal, Hashable {
    package let fields: [FieldError]

    package init(_ fields: [FieldError]) {
        self.fields = fields
    }

    /// One field.
    package init(_ field: String, code: String = "invalid", _ message: String) {
        fields = [FieldError(field: field, code: code, message: message)]
    }

    package var status: Int { 422 }
    package var code: String { "invalid" }
    package var message: String {
        plain("\(fields.count)|one:One field needs another look.|other:%1 fields need another look.")
    }
}

/// Refusals that are the same in every feature.
package enum Common: Refusal, Hashable {
    /// 404. Also what belongs to somebody else: whether it exists is not said.
    case notFound
    /// 401. Nobody is signed in, or the key is unknown.
    case unauthorized
    /// 403. Signed in, but not allowed.
    case forbidden
    /// 403. A form that was not sent by our own page.
    case forged
    /// 409.
    case conflict(String)
    /// 400. A body or query that cannot be read.
    case malformed(String)
    /// 405 with the methods that exist.
    case methodNotAllowed([Method])
    /// 413 with the most bytes that are read.
    case payloadTooLarge(Int)
    /// Of a form with files, each of which may have so many bytes.
    case filesTooLarge(Int)
    /// 415. A body of another kind than the route reads.
    case unsupportedMediaType
    /// 429. `retryAfter` in seconds.
    case rateLimited(retryAfter: Int)
    /// 503. `retryAfter` in seconds.
    case unavailable(retryAfter: Int)
    /// 503, when nobody knows whether it was done. `retryAfter` in seconds.
    case unanswered(retryAfter: Int)
    /// 500. Never with details.
    case unexpected

    package var status: Int {
        switch self {
        case .malformed: 400
        case .unauthorized: 401
        case .forbidden, .forged: 403
        case .notFound: 404
        case .methodNotAllowed: 405
        case .conflict: 409
        case .payloadTooLarge, .filesTooLarge: 413
        case .unsupportedMediaType: 415
        case .rateLimited: 429
        case .unexpected: 500
        case .unavailable, .unanswered: 503
        }
    }

    package var code: String {
        switch self {
        case .notFound: "not_found"
        case .unauthorized: "unauthorized"
        case .forbidden: "forbidden"
        case .forged: "forged_request"
        case .conflict: "conflict"
        case .malformed: "malformed"
        case .methodNotAllowed: "method_not_allowed"
        case .payloadTooLarge, .filesTooLarge: "payload_too_large"
        case .unsupportedMediaType: "unsupported_media_type"
        case .rateLimited: "rate_limited"
        case .unavailable, .unanswered: "unavailable"
        case .unexpected: "unexpected"
        }
    }

    package var message: String {
        switch self {
        case .notFound: plain("There is nothing at this address. Check the link, or ask who sent it for a new one.")
        case .unauthorized: plain("Sign in to see this.")
        case .forbidden: plain("You do not have the right to do this. Ask an owner of the workspace.")
        case .forged:
            plain("This form was open for too long or came from another page. Go back, reload and send again.")
        case .conflict(let message), .malformed(let message): message
        case .methodNotAllowed: plain("This address does not do that.")
        case .filesTooLarge(let bytes):
            plain("A file has more than \(bytes >> 20) MB. Go back, and choose a smaller one.")
        case .payloadTooLarge(let bytes): plain("Too much at once: send at most \(bytes / 1024) KB.")
        case .unsupportedMediaType: plain("Send this as JSON, with the header Content-Type: application/json.")
        case .rateLimited(let seconds): plain("That was a lot at once. Try again in \(seconds) seconds.")
        case .unavailable: plain("This does not work right now. Nothing was changed; try again in a moment.")
        case .unanswered:
            plain("The answer was lost on its way, so this may or may not have been done. Look before you try again.")
        case .unexpected: plain("Something broke on our side. Nothing was lost; try again, or report the number below.")
        }
    }

    package var headers: [(String, String)] {
        switch self {
        case .unauthorized: [("WWW-Authenticate", "Bearer")]
        case .methodNotAllowed(let methods): [("Allow", Method.allowed(methods))]
        case .rateLimited(let seconds), .unavailable(let seconds), .unanswered(let seconds):
            [("Retry-After", String(seconds))]
        default: []
        }
    }
}
