/// What the API says of files that are answers.
import Web

extension APIOperation {
    static let answerFiles: [String: APIOperation] = [
        "POST /api/v1/public/links/:slug/uploads": APIOperation(
            summary: """
                Send a file before booking, as `multipart/form-data` with `question` and `file`; the token is the \
                value of the answer for a day.
                """,
            success: (201, reference("UploadedFile")), problems: [401, 404, 410, 413, 415, 422, 429, 503]),
    ]
}

extension APISchemas {
    static let answerFiles: [(String, JSON)] = [
        ("UploadedFile", object([
            ("uploadToken", string), ("name", string), ("bytes", ["type": "integer"]), ("expiresAt", instant),
        ], required: ["uploadToken", "name", "bytes", "expiresAt"])),
    ]
}
