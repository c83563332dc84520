/// Every setting of the program, read once at start from the environment and the file WORKESTRA_CONFIG names.
import Features
import Foundation
import Scheduling

/// Why the program cannot start as it is set up; one sentence for the console.
package struct SettingsError: Error, Hashable, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

package struct Settings: Sendable {
    package enum Environment: String, CaseIterable, Sendable { case production, development, test }

    package enum LogFormat: String, CaseIterable, Sendable { case text, json }

    /// Public address without a trailing slash; the only source of links.
    package var url: String
    /// Folder of everything the program keeps.
    package var dataFolder: String
    /// `sqlite:PATH` or `postgres://…`.
    package var databaseURL: String
    package var keyFile: String
    package var mailFrom: String
    package var smtpURL: String?
    /// Where the scanner of files listens; without it none is looked at.
    package var clamdURL: String?
    /// What is said of a bucket for files, by name; without any they are kept in the data folder.
    package var bucket: [String: String]
    /// Addresses or networks (CIDR) whose X-Forwarded-For is believed.
    package var trustedProxies: [String]
    package var signUp: SignUpMode
    package var environment: Environment
    package var clockFile: String?
    /// Requests a minute a key, a writer and a stranger may make; changed in tests of load only.
    package var rateFactor: Int
    /// Whether each list of slots is compared with one that is read anew: in tests, but for those of speed.
    package var checksSnapshots: Bool
    /// Where `/metrics` is shown; nowhere without it.
    package var metricsPort: Int?
    package var logFormat: LogFormat
    /// Networks (CIDR) outside the public internet that webhooks may go to.
    package var egressAllow: [String]
    package let values: [String: String]

    /// Names the program reads. A name that begins with `WORKESTRA_` and is not here stops the start: it is a typo.
    package static let names: Set<String> = [
        "WORKESTRA_URL", "WORKESTRA_DATA", "WORKESTRA_KEY_FILE", "WORKESTRA_ZONEINFO", "WORKESTRA_MAIL_FROM",
        "WORKESTRA_TRUSTED_PROXIES", "WORKESTRA_SIGNUP", "WORKESTRA_ENV", "WORKESTRA_CLOCK_FILE",
        "WORKESTRA_CONFIG", "WORKESTRA_CRASH_AT", "WORKESTRA_RATE_FACTOR", "WORKESTRA_LOG",
        "WORKESTRA_PASSPHRASE", "WORKESTRA_METRICS_PORT", "WORKESTRA_LOG_FORMAT", "WORKESTRA_EGRESS_ALLOW",
    ]

    /// - Parameters:
    ///   - port: used for the default public address.
    ///   - environment: the process environment; it wins over the file.
    package init(environment given: [String: String], port: Int = 8080) throws(SettingsError) {
        let values = try Self.merged(given)
        for name in values.keys.sorted() where name.hasPrefix("WORKESTRA_") && !Self.names.contains(name) {
            // Tests of the project hand their own names through; a server never needs them.
            guard !name.hasPrefix("WORKESTRA_TEST_"), name != "WORKESTRA_BIN" else { continue }
            throw SettingsError("There is no setting \(name). docs/hosting.md lists all of them.")
        }
        self.values = values
        environment = try Self.choice("WORKESTRA_ENV", values, default: .production)
        signUp = try Self.choice("WORKESTRA_SIGNUP", values, default: .closed)
        dataFolder = values["WORKESTRA_DATA"] ?? "./data"
        databaseURL = values["DATABASE_URL"] ?? "sqlite:\(dataFolder)/workestra.sqlite"
        keyFile = values["WORKESTRA_KEY_FILE"] ?? "\(dataFolder)/key"
        url = try Self.address(values["WORKESTRA_URL"] ?? "http://127.0.0.1:\(port)", named: "WORKESTRA_URL")
        mailFrom = values["WORKESTRA_MAIL_FROM"] ?? "bookings@\(Self.mailHost(of: url))"
        smtpURL = values["SMTP_URL"].flatMap { $0.isEmpty ? nil : $0 }
        clamdURL = values["CLAMD_URL"].flatMap { $0.isEmpty ? nil : $0 }
        bucket = values.filter { $0.key.hasPrefix("S3_") && !$0.value.isEmpty }
        trustedProxies = Self.list("WORKESTRA_TRUSTED_PROXIES", values)
        egressAllow = Self.list("WORKESTRA_EGRESS_ALLOW", values)
        logFormat = try Self.choice("WORKESTRA_LOG_FORMAT", values, default: .text)
        metricsPort = try Self.port("WORKESTRA_METRICS_PORT", values)
        clockFile = environment == .test ? values["WORKESTRA_CLOCK_FILE"] : nil
        checksSnapshots = environment == .test && values["WORKESTRA_TEST_UNCHECKED"] == nil
        rateFactor = environment == .production ? 1 : values["WORKESTRA_RATE_FACTOR"].flatMap(Int.init) ?? 1
    }

    /// Where files are kept, or come in before they are kept elsewhere.
    var filesFolder: String { dataFolder + "/files" }

    /// The clock of this process: shifted by a file in tests, else the system's.
    package var clock: Clock { clockFile.map(Clock.shifted(by:)) ?? .system }

    private static func merged(_ given: [String: String]) throws(SettingsError) -> [String: String] {
        guard let path = given["WORKESTRA_CONFIG"] else { return given }
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw SettingsError("The file \(path) that WORKESTRA_CONFIG names cannot be read.")
        }
        var values = given
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = line.trimmingCharacters(in: .whitespaces)
            guard !line.isEmpty, !line.hasPrefix("#") else { continue }
            guard let equals = line.firstIndex(of: "=") else {
                throw SettingsError("Line \(index + 1) of \(path) is not of the form KEY=value.")
            }
            let key = String(line[..<equals]).trimmingCharacters(in: .whitespaces)
            let value = String(line[line.index(after: equals)...]).trimmingCharacters(in: .whitespaces)
            if values[key] == nil { values[key] = value }
        }
        return values
    }

    private static func list(_ name: String, _ values: [String: String]) -> [String] {
        (values[name] ?? "").split { $0 == "," || $0 == " " }.map(String.init)
    }

    private static func port(_ name: String, _ values: [String: String]) throws(SettingsError) -> Int? {
        guard let text = values[name], !text.isEmpty else { return nil }
        guard let port = Int(text), (1...65_535).contains(port) else {
            throw SettingsError("\(name) is “\(text)”. It is a number from 1 to 65535.")
        }
        return port
    }

    private static func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, _ values: [String: String], default fallback: Choice
    ) throws(SettingsError) -> Choice where Choice.RawValue == String {
        guard let text = values[name] else { return fallback }
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw SettingsError("\(name) is “\(text)”. It can be: \(known).")
        }
        return choice
    }

    static func address(_ text: String, named name: String) throws(SettingsError) -> String {
        let trimmed = text.hasSuffix("/") ? String(text.dropLast()) : text
        guard trimmed.hasPrefix("http://") || trimmed.hasPrefix("https://"), !host(of: trimmed).isEmpty,
            !trimmed.contains(":///"),
            trimmed.split(separator: "/", omittingEmptySubsequences: true).count == 2
        else {
            throw SettingsError("\(name) is “\(text)”. It must look like https://meet.example.org.")
        }
        return trimmed
    }

    /// Mail has no addresses at bare IP numbers; such an installation is somebody's own machine.
    private static func mailHost(of url: String) -> String {
        let host = host(of: url)
        return host.contains(":") || host.allSatisfy { $0.isNumber || $0 == "." } ? "localhost" : host
    }

    private static func host(of url: String) -> String {
        let authority = url.split(separator: "/", omittingEmptySubsequences: true).dropFirst().first ?? ""
        if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") { return String(authority[...end]) }
        return authority.split(separator: ":").first.map(String.init) ?? ""
    }
}
