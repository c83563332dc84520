/// Refusals as machines read them: RFC 9457.

extension Answer {
    /// A refusal as `application/problem+json`.
    ///
    /// `type` is `about:blank`, so `title` is the phrase of the status; what a program decides by is `code`.
    static func problem(_ refusal: any Refusal, requestID: String) -> Answer {
        var members: [(String, JSON)] = [
            ("type", "about:blank"), ("title", .string(phrase(refusal.status))),
            ("status", .int(Int64(refusal.status))), ("detail", .string(refusal.message)),
            ("code", .string(refusal.code)), ("requestId", .string(requestID)),
        ]
        if !refusal.fields.isEmpty {
            members.append(("errors", .array(refusal.fields.map {
                ["field": .string($0.field), "code": .string($0.code), "message": .string($0.message)]
            })))
        }
        members += refusal.members
        return Answer(status: refusal.status, headers: [("Content-Type", "application/problem+json")] + refusal.headers,
                      body: JSON.object(members).bytes)
    }

    /// A refusal as a page.
    static func page(_ refusal: any Refusal, requestID: String) -> Answer {
        refusal.headers.reduce(Answer.page(Layout.refusal(refusal, requestID: requestID), status: refusal.status)) {
            $0.header($1.0, $1.1)
        }
    }

    /// RFC 9110 §15.
    private static func phrase(_ status: Int) -> String {
        switch status {
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 402: "Payment Required"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 409: "Conflict"
        case 410: "Gone"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 500: "Internal Server Error"
        case 503: "Service Unavailable"
        default: "Refused"
        }
    }
}
