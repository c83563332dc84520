/// Signature Version 4 of AWS: each request says who asks, and is signed with a secret that is never sent.
///
/// Source: AWS, “Signature Calculations for the Authorization Header: Transferring Payload in a Single Chunk”.
import Capabilities
import Crypto
import Foundation
import Scheduling

struct S3Signature: Sendable {
    let keyID: String
    let secret: String
    let region: String
    var service = "s3"

    /// The value of `Authorization`.
    /// - Parameters:
    ///   - path: encoded, as it is sent.
    ///   - query: encoded and in order (``query(_:)``), as it is sent.
    ///   - headers: all that are signed, in any order: `Host`, `x-amz-date` and what else must not be changed.
    ///   - payload: the SHA-256 of the body in hexadecimal.
    func authorization(
        _ method: String, path: String, query: String, headers: [HTTPHeader], payload: String, at now: Instant
    ) -> String {
        let sorted = headers.map { (name: $0.name.lowercased(), value: Self.trimmed($0.value)) }
            .sorted { $0.name < $1.name }
        let names = sorted.map(\.name).joined(separator: ";")
        let lines = sorted.map { "\($0.name):\($0.value)\n" }.joined()
        let request = [method, path, query, lines, names, payload].joined(separator: "\n")
        let (time, day) = (Self.time(now), String(Self.time(now).prefix(8)))
        let place = "\(day)/\(region)/\(service)/aws4_request"
        let text = ["AWS4-HMAC-SHA256", time, place, Self.hash(Array(request.utf8))].joined(separator: "\n")
        let key = [day, region, service, "aws4_request"].reduce(Array("AWS4\(secret)".utf8)) { Self.code($0, $1) }
        return "AWS4-HMAC-SHA256 Credential=\(keyID)/\(place), SignedHeaders=\(names), "
            + "Signature=\(Self.hexadecimal(Self.code(key, text)))"
    }

    /// `20130524T000000Z`.
    static func time(_ instant: Instant) -> String {
        instant.rfc3339().filter { $0 != "-" && $0 != ":" }
    }

    /// Names and values encoded and in the order in which they are signed.
    static func query(_ values: [(name: String, value: String)]) -> String {
        values.map { "\(encoded($0.name))=\(encoded($0.value))" }.sorted().joined(separator: "&")
    }

    /// Everything but letters, digits and `-._~` as `%XX` (RFC 3986); in paths a slash stays.
    static func encoded(_ text: String, keeping kept: String = "") -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e: bytes.append(byte)
            default:
                if kept.utf8.contains(byte) { bytes.append(byte) } else { bytes += Array("%\(digits(byte))".utf8) }
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    static func hash(_ bytes: [UInt8]) -> String { hexadecimal(SHA256.hash(data: bytes)) }

    static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
        bytes.map { digits($0).lowercased() }.joined()
    }

    private static func digits(_ byte: UInt8) -> String {
        (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }

    /// Blanks around a value are not signed, and several in it are one.
    private static func trimmed(_ value: String) -> String { value.split(separator: " ").joined(separator: " ") }

    private static func code(_ key: [UInt8], _ text: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: key)))
    }
}
