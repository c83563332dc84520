/// Where files are kept elsewhere: the settings that begin with `S3_`, with a sentence for every way they can be wrong.
import Capabilities

/// What is wrong with the settings, in words for the operator. Never holds a secret.
package struct S3SettingsProblem: Error, Hashable, Sendable {
    package let message: String
}

/// A bucket of a store that speaks S3, and the key to it.
package struct S3Settings: Hashable, Sendable, CustomStringConvertible {
    let isSecure: Bool
    /// As it stands in addresses: an IPv6 address has its brackets.
    let authority: String
    let bucket: String
    /// Whether the bucket stands in front of the host's name, or at the beginning of the path.
    let isHostStyle: Bool
    let region: String
    /// Empty, or ends with a slash.
    let prefix: String
    let keyID: String
    let secret: String

    /// Every setting there is.
    package static let names: Set<String> = [
        "S3_ENDPOINT", "S3_BUCKET", "S3_REGION", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY", "S3_PREFIX",
        "S3_ADDRESSING",
    ]
    private static let needed = ["S3_BUCKET", "S3_ACCESS_KEY_ID", "S3_SECRET_ACCESS_KEY"]
    private static let longestPrefix = 200

    /// - Parameter values: all settings of the program.
    /// - Returns: nil when none of these is set: files are kept in the data folder.
    package init?(_ values: [String: String]) throws(S3SettingsProblem) {
        let given = values.filter { $0.key.hasPrefix("S3_") && !$0.value.isEmpty }
        guard given.keys.contains(where: Self.names.contains) else { return nil }
        if let stranger = given.keys.filter({ !Self.names.contains($0) }).min() {
            throw S3SettingsProblem(message: "There is no setting \(stranger). docs/hosting.md lists all of them.")
        }
        let missing = Self.needed.filter { given[$0] == nil }
        guard missing.isEmpty, let bucket = given["S3_BUCKET"], let keyID = given["S3_ACCESS_KEY_ID"],
            let secret = given["S3_SECRET_ACCESS_KEY"]
        else {
            throw S3SettingsProblem(message: "To keep files in a bucket \(missing.joined(separator: " and ")) must be "
                + "set too; without any S3_… setting they are kept in the data folder.")
        }
        (self.bucket, self.keyID, self.secret) = (try Self.bucket(bucket), try Self.keyID(keyID), secret)
        guard secret.utf8.allSatisfy({ (0x21...0x7e).contains($0) }) else {
            throw S3SettingsProblem(message: "S3_SECRET_ACCESS_KEY has a space or another sign that no secret has.")
        }
        prefix = try Self.prefix(given["S3_PREFIX"] ?? "")
        region = try Self.region(given["S3_REGION"] ?? "", isNeeded: given["S3_ENDPOINT"] == nil)
        let endpoint = try given["S3_ENDPOINT"].map(Self.endpoint)
            ?? (isSecure: true, authority: "s3.\(region).amazonaws.com")
        // A certificate for all buckets of a host covers no name with another dot in it.
        let isOwn = given["S3_ENDPOINT"] == nil && !bucket.contains(".")
        isHostStyle = try Self.isHostStyle(given["S3_ADDRESSING"]) ?? isOwn
        isSecure = endpoint.isSecure
        authority = isHostStyle ? "\(bucket).\(endpoint.authority)" : endpoint.authority
    }

    /// The bucket's address, for the log and the operator.
    package var description: String {
        "\(isSecure ? "https" : "http")://\(authority)/\(isHostStyle ? "" : bucket + "/")\(prefix)"
    }

    /// The host that is contacted, without its port.
    package var host: String {
        authority.hasPrefix("[")
            ? String(authority.prefix { $0 != "]" }.dropFirst()) : String(authority.prefix { $0 != ":" })
    }
}

extension S3Settings {
    private static func endpoint(_ text: String) throws(S3SettingsProblem) -> (isSecure: Bool, authority: String) {
        let looks = "It looks like https://s3.example.org or http://127.0.0.1:9000."
        let address: OutsideAddress
        do throws(EgressProblem) {
            address = try OutsideAddress(text)
        } catch {
            throw S3SettingsProblem(message: error == .credentials
                ? "S3_ENDPOINT has an @ in it. Keys belong into S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY. \(looks)"
                : "S3_ENDPOINT is no address. \(looks)")
        }
        let rest = text.dropFirst(address.isSecure ? "https://".count : "http://".count)
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        guard rest.dropFirst(authority.count).allSatisfy({ $0 == "/" }) else {
            throw S3SettingsProblem(message: "S3_ENDPOINT ends with the host or its port; the bucket has a setting of "
                + "its own. \(looks)")
        }
        guard address.isSecure || isNear(address.host) else {
            throw S3SettingsProblem(message: "S3_ENDPOINT sends files and their names unencrypted to \(address.host): "
                + "use https://, or the private address of a machine in your own network.")
        }
        let isUsual = address.port == (address.isSecure ? 443 : 80)
        let host = address.host.contains(":") ? "[\(address.host)]" : address.host
        return (address.isSecure, isUsual ? host : "\(host):\(address.port)")
    }

    /// Whether a host is this machine or one of a network that is not the public one, by how it is written.
    private static func isNear(_ host: String) -> Bool {
        if let address = IPAddress(host) { return !address.isGlobal }
        let ends = [".localhost", ".local", ".internal", ".lan", ".home.arpa"]
        return !host.contains(".") || ends.contains(where: host.hasSuffix)
    }

    private static func bucket(_ text: String) throws(S3SettingsProblem) -> String {
        let isPlain = { (byte: UInt8) in (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte) }
        guard (3...63).contains(text.utf8.count), let first = text.utf8.first, let last = text.utf8.last,
            isPlain(first), isPlain(last), !text.contains(".."),
            text.utf8.allSatisfy({ isPlain($0) || $0 == 0x2d || $0 == 0x2e })
        else {
            throw S3SettingsProblem(message: "S3_BUCKET is “\(text)”. The name of a bucket has 3 to 63 small letters, "
                + "digits, dots and hyphens.")
        }
        return text
    }

    private static func keyID(_ text: String) throws(S3SettingsProblem) -> String {
        guard text.utf8.allSatisfy({ (0x21...0x7e).contains($0) && $0 != 0x2f && $0 != 0x2c }) else {
            throw S3SettingsProblem(message: "S3_ACCESS_KEY_ID has a space, a slash, a comma or another sign that no "
                + "key has.")
        }
        return text
    }

    private static func region(_ text: String, isNeeded: Bool) throws(S3SettingsProblem) -> String {
        if text.isEmpty {
            guard isNeeded else { return "us-east-1" }
            throw S3SettingsProblem(message: "Set S3_REGION to the bucket's region at AWS, such as eu-central-1, or "
                + "S3_ENDPOINT to the address of another store.")
        }
        guard text.utf8.count <= 40, isWord(text, with: "-_") else {
            throw S3SettingsProblem(message: "S3_REGION is “\(text)”. It is a name such as eu-central-1.")
        }
        return text
    }

    private static func prefix(_ text: String) throws(S3SettingsProblem) -> String {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        let whole = text.hasSuffix("/") ? parts.dropLast() : parts[...]
        guard !text.isEmpty else { return "" }
        guard text.utf8.count <= longestPrefix, isWord(text, with: "-_./"),
            whole.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." })
        else {
            throw S3SettingsProblem(message: "S3_PREFIX is “\(text)”. It is a folder of the bucket such as "
                + "workestra/files, of letters, digits, hyphens, underscores and dots.")
        }
        return whole.joined(separator: "/") + "/"
    }

    private static func isHostStyle(_ text: String?) throws(S3SettingsProblem) -> Bool? {
        switch text {
        case nil: nil
        case "path": false
        case "host": true
        case let text?:
            throw S3SettingsProblem(message: "S3_ADDRESSING is “\(text)”. It can be: path, host.")
        }
    }

    private static func isWord(_ text: String, with signs: String) -> Bool {
        text.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7a).contains(byte) || (0x41...0x5a).contains(byte)
                || signs.utf8.contains(byte)
        }
    }
}
