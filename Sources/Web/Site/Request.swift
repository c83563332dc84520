/// What somebody asks for, as a route sees it.

/// A request that has passed its route's policy and limits.
package struct Request: Sendable {
    package let method: Method
    /// The path as it came, without the query.
    package let path: String
    /// The pattern of the route: `/book/:slug`.
    package let route: String
    /// The values of the pattern, decoded.
    package let parameters: [String: String]
    package let query: Query
    package let headers: Headers
    package internal(set) var cookies: [String: String]
    package internal(set) var body: [UInt8]
    /// The files of a `multipart/form-data` body, on routes that take them.
    package internal(set) var uploads: [Upload] = []
    /// The texts of that body.
    var uploadedTexts: FormData?
    /// In every log line, in `X-Request-Id` and in every problem: `req_…`.
    package let id: String
    /// The client's address, seen through trusted proxies.
    package let remote: String
    /// Who is asking; nil on `open` and `token` routes.
    package internal(set) var principal: Principal?
    package let language: Language

    /// A value of the pattern.
    ///
    /// - Throws: ``Common/notFound`` if the pattern has no such value (a mistake in the route table shows at once).
    package func parameter(_ name: String) throws -> String {
        guard let value = parameters[name] else { throw Common.notFound }
        return value
    }

    /// The value of a cookie, under its plain name also where the browser knows it as `__Host-…`.
    package func cookie(_ name: String) -> String? {
        cookies[name]
    }

    /// The key in `Authorization: Bearer …`.
    package var bearer: String? {
        guard let header = headers["authorization"], header.prefix(7).lowercased() == "bearer " else { return nil }
        return header.dropFirst(7).trimmed
    }

    /// The body as a form; of one with files, its texts.
    ///
    /// - Throws: ``Common/unsupportedMediaType``, ``Common/malformed(_:)``.
    package func form() throws -> FormData {
        if let uploadedTexts { return uploadedTexts }
        guard body.isEmpty || mediaType == "application/x-www-form-urlencoded" else {
            throw Common.unsupportedMediaType
        }
        guard let text = String(validating: body, as: UTF8.self) else {
            throw Common.malformed(plain("The form cannot be read."))
        }
        return try FormData(reading: text)
    }

    /// The body as JSON.
    ///
    /// - Throws: ``Common/unsupportedMediaType`` unless the body says it is JSON (a form of another site cannot say
    ///   so), ``Common/malformed(_:)``.
    package func json() throws -> JSON {
        guard mediaType == "application/json" else { throw Common.unsupportedMediaType }
        do throws(JSONMistake) {
            return try JSON(reading: body)
        } catch {
            throw Common.malformed(plain("The body is not JSON that can be read here: \(error.description)."))
        }
    }

    /// The body field by field, whichever of the two it is.
    package func fields() throws -> Fields {
        mediaType == "application/json" ? Fields(json: try json()) : Fields(form: try form())
    }

    /// The signed-in principal.
    ///
    /// - Throws: ``Common/unauthorized`` on routes whose policy asks nobody.
    package func signedIn() throws -> Principal {
        guard let principal else { throw Common.unauthorized }
        return principal
    }

    /// `Content-Type` without parameters, lower case.
    var mediaType: String {
        (headers["content-type"] ?? "").prefix { $0 != ";" }.trimmed.lowercased()
    }
}
