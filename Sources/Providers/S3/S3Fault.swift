/// What can go wrong with the store, told apart as far as an operator can do something about it.
import AsyncHTTPClient
import Capabilities
import Glibc
import NIOCore
import Scheduling

enum S3Fault: Error, Hashable, Sendable {
    /// No such object: for some calls that is an answer.
    case noObject
    case noBucket
    case unknownKey
    case wrongSecret
    case notAllowed
    /// More than 15 minutes between the store's clock and ours.
    case clock
    /// The bucket is elsewhere; the store may have said where.
    case region(String?)
    case unreachable
    case untrusted
    case slow
    /// The connection ended before the answer did.
    case broken
    /// It said that it cannot now, with this status.
    case busy(Int)
    /// It said no for another reason.
    case refused(Int, code: String)
    case unreadable
    /// The draft on our own disk could not be read.
    case draft(ProviderError)

    /// Whether another try in a moment may go better.
    var passes: Bool {
        switch self {
        case .unreachable, .slow, .broken, .busy: true
        case .noObject, .noBucket, .unknownKey, .wrongSecret, .notAllowed, .clock, .region, .untrusted, .refused,
            .unreadable, .draft: false
        }
    }

    /// What is so and what to do; names no secret, and nothing that the store made up.
    var words: String {
        switch self {
        case .noObject: "there is no such file"
        case .noBucket: "there is no such bucket: make it, or set S3_BUCKET right"
        case .unknownKey: "the store does not know the key in S3_ACCESS_KEY_ID"
        case .wrongSecret: "the secret in S3_SECRET_ACCESS_KEY is not that of the key in S3_ACCESS_KEY_ID"
        case .notAllowed: "the key may not do that there: let it list the bucket, and read, write and remove in it"
        case .clock: "the store's clock and this machine's are more than 15 minutes apart: let it follow a time server"
        case .region(let name): "the bucket is in another region: set S3_REGION\(name.map { " to \($0)" } ?? "")"
        case .unreachable: "it cannot be reached from here"
        case .untrusted: "the encrypted connection failed: is its certificate one that this machine trusts?"
        case .slow: "it did not answer in time"
        case .broken: "it hung up before it had answered"
        case .busy(let status): "it answered \(status), also when asked again"
        case .refused(let status, let code): "it answered \(status)\(code.isEmpty ? "" : " (\(code))")"
        case .unreadable: "it answered something that cannot be read"
        case .draft(let error): error.detail
        }
    }
}

extension S3Fault {
    /// - Parameters:
    ///   - status: 300 or more.
    ///   - body: the beginning of the answer.
    ///   - now: by our clock, when it came.
    init(status: Int, body: [UInt8], region: String?, date: Instant?, now: Instant) {
        let document = S3Document(body)
        let code = Self.word(document?["Error/Code"]) ?? ""
        self = switch (status, code) {
        case (500..., _), (429, _): .busy(status)
        case (_, "NoSuchBucket"): .noBucket
        case (_, "RequestTimeTooSkewed"), (_, "RequestExpired"): .clock
        case (400..., _) where date.map { abs($0 - now) > 900 } ?? false: .clock
        case (404, _): .noObject
        case (_, "InvalidAccessKeyId"): .unknownKey
        case (_, "SignatureDoesNotMatch"): .wrongSecret
        case (300..<400, _), (_, "AuthorizationHeaderMalformed"):
            .region(Self.word(region) ?? Self.word(document?["Error/Region"]))
        case (401, _), (403, _): .notAllowed
        default: .refused(status, code: code)
        }
    }

    /// What stopped a call before there was an answer.
    init(_ error: any Error) {
        if let fault = error as? S3Fault {
            self = fault
        } else if let local = error as? ProviderError {
            self = .draft(local)
        } else if let known = error as? HTTPClientError {
            self = switch known {
            case .connectTimeout, .getConnectionFromPoolTimeout: .unreachable
            case .readTimeout, .writeTimeout, .deadlineExceeded, .cancelled, .tlsHandshakeTimeout: .slow
            default: .broken
            }
        } else {
            // By name: their types are of packages that this module has no other use for.
            let type = String(describing: type(of: error))
            self = error is CancellationError ? .slow
                : type.contains("SSL") ? .untrusted
                : type == "NIOConnectionError" || error is ChannelError || Self.isRefused(error) ? .unreachable
                : .broken
        }
    }

    private static func isRefused(_ error: any Error) -> Bool {
        guard let error = error as? IOError else { return false }
        return [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, EADDRNOTAVAIL].contains(error.errnoCode)
    }

    /// A plain short word, or none: what the store says goes into our log.
    private static func word(_ text: String?) -> String? {
        guard let text, (1...64).contains(text.utf8.count), text.utf8.allSatisfy({ byte in
            (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte) || (0x41...0x5a).contains(byte)
                || byte == 0x2d
        }) else { return nil }
        return text
    }
}
