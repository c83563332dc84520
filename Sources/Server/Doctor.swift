/// `doctor`: looks at everything an installation needs, changes nothing, and says what to do.
import ArgumentParser
import Database
import Features
import Foundation
import Logging
import Scheduling

/// One line of the doctor's report.
struct Finding: Hashable, Sendable {
    enum Level: String, Sendable { case ok, warn, fail }

    let level: Level
    let about: String
    /// What is so, and unless it is well, what to do.
    let text: String

    init(_ level: Level, _ about: String, _ text: String) {
        (self.level, self.about, self.text) = (level, about, text)
    }

    var line: String {
        "\(level.rawValue.padding(toLength: 5, withPad: " ", startingAt: 0))"
            + "\(about.padding(toLength: 10, withPad: " ", startingAt: 0)) \(text)"
    }
}

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor", abstract: "Look at everything that is needed and say what to do; changes nothing.",
        discussion: "In a bucket for files (S3_…) it writes an object, and removes it.")

    mutating func run() async throws {
        let settings = try Command.settings()
        let findings = await Doctor(settings, logger: Command.logger(settings)).findings()
        for finding in findings { print(finding.line) }
        if findings.contains(where: { $0.level == .fail }) { throw ExitCode(1) }
    }
}

struct Doctor {
    let settings: Settings
    let logger: Logger

    init(_ settings: Settings, logger: Logger) {
        self.settings = settings
        self.logger = logger
    }

    func findings() async -> [Finding] {
        let files = [address, folder, zones] + keyFile
        return files + (await database()) + (await mail()) + (await scanner())
            + (await App.filesFindings(settings))
    }

    private var address: Finding {
        let isHere = ["127.0.0.1", "localhost", "[::1]"].contains { settings.url.contains("//\($0)") }
        if settings.environment != .production {
            return Finding(.warn, "address", "\(settings.url); WORKESTRA_ENV is \(settings.environment.rawValue), "
                + "which is not for people: leave it out to serve them.")
        }
        if isHere {
            return Finding(.warn, "address", "\(settings.url) leads only this machine here: set WORKESTRA_URL to the "
                + "public address before you send links.")
        }
        if !settings.url.hasPrefix("https://") {
            return Finding(.warn, "address", "\(settings.url) is not encrypted: put a proxy with TLS in front and set "
                + "WORKESTRA_URL to its https address.")
        }
        if settings.trustedProxies.isEmpty {
            return Finding(.warn, "address", "\(settings.url); no WORKESTRA_TRUSTED_PROXIES, so all visitors behind "
                + "the proxy share one rate limit: set it to the proxy's address.")
        }
        return Finding(.ok, "address", "\(settings.url); not checked: whether that address leads here.")
    }

    private var folder: Finding {
        guard let disk = Disk(at: settings.dataFolder) else {
            return Finding(.fail, "data", "\(settings.dataFolder) is not there: “workestra serve” makes it.")
        }
        let free = "\(disk.freeBytes >> 20) MB free in \(settings.dataFolder)"
        guard access(settings.dataFolder, W_OK) == 0 else {
            return Finding(.fail, "data", "\(settings.dataFolder) cannot be written: give it to the program's user.")
        }
        if disk.isLow {
            return Finding(.fail, "data", "\(free); \(disk.neededBytes >> 20) MB are needed, so nothing new is booked: "
                + "make room.")
        }
        return disk.freeBytes < 2 * disk.neededBytes
            ? Finding(.warn, "data", "\(free): nothing new is booked below \(disk.neededBytes >> 20) MB.")
            : Finding(.ok, "data", "\(free).")
    }

    private var zones: Finding {
        let zones = Zones.standard(environment: settings.values, dataFolder: settings.dataFolder)
        let count = zones.names.count
        guard count > 100 else {
            return Finding(.fail, "zones", "\(zones.directory) holds \(count) zones: install tzdata or run "
                + "“bin/setup --zones”.")
        }
        let version = zones.version ?? "unknown"
        let told = "\(zones.directory): version \(version), \(count) zones"
        // Several releases come every year, so two years without one means that nobody renews them.
        let year = Int(version.prefix(4)) ?? 0
        let now = settings.clock.now.rfc3339()
        return (Int(now.prefix(4)) ?? 0) - year >= 2
            ? Finding(.warn, "zones", "\(told): old, so clock changes may be missing; run “bin/setup --zones”.")
            : Finding(.ok, "zones", "\(told).")
    }

    private var keyFile: [Finding] {
        do {
            _ = try Keyring.load(file: settings.keyFile, creating: false)
        } catch {
            return [Finding(.fail, "key", "\(settings.keyFile) cannot be read: put the key file back; without it "
                + "no booking's link can be sent again.")]
        }
        let attributes = try? FileManager.default.attributesOfItem(atPath: settings.keyFile)
        let mode = (attributes?[.posixPermissions] as? NSNumber)?.intValue ?? 0
        return mode & 0o077 == 0
            ? [Finding(.ok, "key", "\(settings.keyFile) is readable, by its owner only.")]
            : [Finding(.fail, "key", "\(settings.keyFile) is readable by others: chmod 600 \(settings.keyFile)")]
    }

    private func database() async -> [Finding] {
        if settings.databaseURL.hasPrefix("sqlite:"),
            !FileManager.default.fileExists(atPath: String(settings.databaseURL.dropFirst(7))) {
            return [Finding(.fail, "database", "there is none yet: “workestra serve” makes it.")]
        }
        var options = DatabaseOptions()
        options.isTest = settings.environment == .test
        options.logger = logger
        do {
            let database = try await Database.open(settings.databaseURL, options)
            let findings = await look(at: database)
            await database.close()
            return findings
        } catch {
            return [Finding(.fail, "database", "\(error).")]
        }
    }

    private func look(at database: Database) async -> [Finding] {
        let told = "\(database.engine); commits are on the disk before they are answered."
        var findings = [Finding(.ok, "database", told)]
        do {
            let pending = try await database.pendingMigrations()
            guard pending.isEmpty else {
                let told = "\(pending.count) steps are missing: run “workestra migrate”."
                return findings + [Finding(.fail, "schema", told)]
            }
            findings.append(Finding(.ok, "schema", "at this program's version."))
            if let wall = try await database.tenancyWall() {
                findings.append(Finding(wall.warning == nil ? .ok : .warn, "wall",
                    (wall.warning ?? "row-level policies keep workspaces apart, as the second wall") + "."))
            }
            let now = settings.clock.now
            let facts = try await database.lookUp { try InstallationFacts($0, now: now) }
            if try await database.lookUp({ try AddressStore.former(in: $0) }).contains(settings.url.lowercased()) {
                findings.append(Finding(.warn, "address", "\(settings.url) is a former address of this installation: "
                    + "set WORKESTRA_URL to the one that “workestra readdress” was told."))
            }
            let keyring = try? Keyring.load(file: settings.keyFile, creating: false)
            findings += facts.findings(now: now, sealedBy: keyring)
            if let keyring, let told = try await database.sealedCounts(App.sealed, by: keyring).finding(keyring) {
                findings.append(told)
            }
        } catch {
            findings.append(Finding(.fail, "database", "\(error)."))
        }
        return findings
    }

    private func mail() async -> [Finding] {
        guard let url = settings.smtpURL else {
            return [Finding(.warn, "mail", "no SMTP_URL: nobody gets a mail.")]
        }
        return [await App.mailFinding(url)]
    }
}

extension Doctor {
    private func scanner() async -> [Finding] {
        guard let url = settings.clamdURL else { return [] }
        return [await App.scannerFinding(url)]
    }
}

/// What the doctor asks the database, in one block.
private struct InstallationFacts: Sendable {
    let figures: JobFigures
    let clock: Instant?
    let workspaces: Int
    let token: (sealed: [UInt8], place: String)?

    init(_ tx: Transaction, now: Instant) throws {
        figures = try tx.jobFigures(now: now)
        clock = try tx.serverClock()
        workspaces = try tx.one("SELECT count(*) AS n FROM workspace") { try $0["n"] } ?? 0
        // Any one will do, so this looks across workspaces.
        token = try tx.one(
            "SELECT id, workspace, token_sealed FROM booking_token ORDER BY created_at DESC, id LIMIT 1"
        ) { row in
            (try row["token_sealed"], NewToken.binding(try row["id"], try row["workspace"]))
        }
    }

    func findings(now: Instant, sealedBy keyring: Keyring?) -> [Finding] {
        var findings: [Finding] = []
        if let token, let keyring {
            findings.append((try? keyring.open(token.sealed, bound: token.place)) != nil
                ? Finding(.ok, "key", "opens what this database has sealed.")
                : Finding(.fail, "key", "is not the one this database was sealed with: put the right key file back."))
        }
        if let clock {
            let apart = abs(clock - now)
            findings.append(apart <= 5
                ? Finding(.ok, "clock", "\(apart) s from the database server's.")
                : Finding(.fail, "clock", "\(apart) s from the database server's: let both follow a time server."))
        }
        if figures.isRestored {
            findings.append(Finding(.warn, "restored", "no mail goes out until “workestra restore --confirm”."))
        }
        findings.append(jobs)
        if workspaces == 0 {
            let told = "no workspace yet: open the address that “workestra serve” prints."
            findings.append(Finding(.warn, "set-up", told))
        }
        return findings
    }

    private var jobs: Finding {
        if figures.dead > 0 {
            return Finding(.warn, "jobs", "\(figures.dead) were given up, such as mails that could not be sent.")
        }
        if figures.lagSeconds > 300, !figures.isRestored {
            return Finding(.warn, "jobs", "the oldest has waited \(figures.lagSeconds) s: is a worker running?")
        }
        return Finding(.ok, "jobs", "\(figures.ready) wait, none was given up.")
    }
}
