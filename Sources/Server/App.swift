/// The wiring: which database, which mail, which routes. The only place that knows providers by name.
import Capabilities
import Database
import Features
import Foundation
import Logging
import Providers
import Scheduling
import ServiceLifecycle
import Web

package struct App: Sendable {
    package let settings: Settings
    package let installation: Installation
    package let passwords: Passwords
    let mailbox: LocalMailbox
    let mail: any MailProvider
    let files: any FileStore
    /// For addresses that people have typed.
    let sender: any HTTPSender
    /// The host mails are handed to; nil when they are kept here.
    let mailHost: String?
    /// The other hosts that look at files, or keep them.
    let fileHosts: [OutsideFileHost]
    let logger: Logger
    let metrics: Metrics
    let disk: DiskWatch

    /// Opens everything the program needs; says in one sentence what is missing.
    /// - Parameter exclusive: the serving process owns an SQLite file alone; commands may run beside it.
    package init(_ settings: Settings, exclusive: Bool, logger: Logger) async throws {
        let bucket = try Self.bucket(settings)
        try FileManager.default.createDirectory(
            atPath: settings.dataFolder, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        let zones = Zones.standard(environment: settings.values, dataFolder: settings.dataFolder)
        let world = World(clock: settings.clock, entropy: .system, zones: zones)
        var options = DatabaseOptions()
        options.exclusive = exclusive
        options.isTest = settings.environment == .test
        options.logger = logger
        let (metrics, disk) = (Metrics(), DiskWatch(folder: settings.dataFolder))
        options.observe = { event in
            metrics.count(event)
            if event == .full { disk.giveReserveUp() }
            if event == .syncFailed { Self.endAtOnce() }
        }
        let database = try await Database.open(settings.databaseURL, options)
        let keyring = try Keyring.load(file: settings.keyFile, creating: true)
        do throws(AddressProblem) {
            _ = try EmailAddress.own(settings.mailFrom)
        } catch {
            throw SettingsError("WORKESTRA_MAIL_FROM is “\(settings.mailFrom)”. \(error.message)")
        }
        self.settings = settings
        self.logger = logger
        (self.metrics, self.disk) = (metrics, disk)
        var installation = Installation(
            database: database, world: world, keyring: keyring, address: settings.url, mailFrom: settings.mailFrom,
            languages: Language.all + (settings.environment == .production ? [] : [.pseudo]),
            checksSnapshots: settings.checksSnapshots, doors: DoorLimits(factor: settings.rateFactor))
        passwords = Passwords()
        mailbox = LocalMailbox(database: database, world: world)
        (mail, mailHost) = try Self.mail(settings, mailbox: mailbox)
        sender = GuardedHTTP(EgressRules(allowed: try Self.allowed(settings))) { [metrics] in metrics.count($0) }
        let room = DiskWatch(folder: settings.dataFolder) { Disk(at: $0)?.isLowForFiles ?? false }
        let folder = LocalFiles(folder: settings.filesFolder) { room.isLow }
        files = bucket.map { bucket in
            S3Files(bucket, drafts: folder, clock: settings.clock) { error in
                logger.warning("a file was not kept, read or removed", metadata: ["error": "\(error)"])
            }
        } ?? folder
        installation.files = files
        let clamd = try settings.clamdURL.map(Self.clamd)
        fileHosts = [(OutsideHost.Kind.scanner, clamd?.host), (.files, bucket?.host)].compactMap { kind, host in
            host.map { OutsideFileHost(kind: kind, host: $0) { try AnswerFileStore.last(scope: $0, in: $1) } }
        }
        installation.scanner = clamd.map { clamd in
            ClamdScanner(clamd) { error in
                logger.warning("a file was not looked at", metadata: ["error": "\(error)"])
            }
        }
        self.installation = installation
    }

    private static func allowed(_ settings: Settings) throws -> [IPNetwork] {
        try settings.egressAllow.map { text in
            guard let network = IPNetwork(text) else {
                throw SettingsError("WORKESTRA_EGRESS_ALLOW: “\(text)” is no network such as 10.1.0.0/16.")
            }
            return network
        }
    }

    private static func mail(_ settings: Settings, mailbox: LocalMailbox) throws -> (any MailProvider, host: String?) {
        guard let url = settings.smtpURL else { return (mailbox, nil) }
        do throws(SMTPSettingsProblem) {
            let smtp = try SMTPSettings(url)
            return (SMTPMail(smtp), smtp.host)
        } catch {
            throw SettingsError("SMTP_URL: \(error.message)")
        }
    }

    private static func clamd(_ url: String) throws -> ClamdSettings {
        do throws(ClamdSettingsProblem) {
            return try ClamdSettings(url)
        } catch {
            throw SettingsError("CLAMD_URL: \(error.message)")
        }
    }

    /// Every address the program answers.
    package var routes: [Route] {
        var routes = AccountRoutes(installation, passwords: passwords).routes
            + AccountAPI(installation).routes
            + ProfileRoutes(installation, files: files).routes
            + ProfileAPI(installation).routes
            + PreviewRoutes(installation).routes
            + KeyRoutes(installation).routes
            + ResetRoutes(installation, passwords: passwords).routes
            + SecurityRoutes(installation, passwords: passwords).routes
            + MemberRoutes(installation).routes
            + InvitationRoutes(installation, passwords: passwords).routes
            + TeamRoutes(installation).routes
            + TeamAPI(installation).routes + HandOverAPI(installation).routes
            + ResourceRoutes(installation).routes + ResourceAPI(installation).routes
            + PublicTeamRoutes(installation).routes
            + AuditRoutes(installation).routes
            + WorkspaceRoutes(installation).routes
            + Webhooks(installation, sender: sender).routes
            + OutsideHostRoutes(installation, mailHost: mailHost, fileHosts: fileHosts).routes
            + SignUpRoutes(installation, passwords: passwords, mode: settings.signUp).routes
            + SetupRoutes(installation, passwords: passwords).routes
            + DashboardRoutes(installation).routes
            + LinkRoutes(installation, times: OfferedTimes.asked(installation)).routes
            + LinkAPI(installation).routes
            + RoutingFormRoutes(installation).routes + RoutingFormAPI(installation).routes
            + PublicFormRoutes(installation).routes
            + TemplateRoutes(installation).routes
            + TemplateAPI(installation).routes
            + ScheduleRoutes(installation).routes
            + AwayRoutes(installation).routes
            + ScheduleAPI(installation).routes
            + TimeAwayAPI(installation).routes + OutTodayAPI(installation).routes
            + ExplanationAPI(installation).routes
            + TroubleshooterRoutes(installation).routes
            + ChangeRoutes(installation).routes
            + BookingRoutes(installation).routes + AnswerFileRoutes(installation).routes
            + RingHostRoutes(installation).routes
            + FindBookings(installation).routes
            + LinkMarkdown.routes(installation)
            + TokenRoutes(installation).routes + GuestRoutes(installation).routes
            + ApprovalRoutes(installation).routes
            + HostRoutes(installation).routes
            + ClockChangeRoutes(installation).routes
            + BookingAPI(installation).routes + SessionAPI(installation).routes
            + PublicAPI(installation).routes
            + TokenAPI(installation).routes
            + SeriesRoutes(installation).routes
            + SeriesAPI(installation).routes
            + WaitlistRoutes(installation).routes
            + WaitlistAPI(installation).routes + KeptOfferAPI(installation).routes
            + EmbedRoutes(installation).routes
            + SingleUseRoutes(installation).routes + SingleUseAPI(installation).routes
            + OneOffVisit(installation).routes + OneOffRoutes(installation).routes + OneOffAPI(installation).routes
            + SheetVisit(installation).routes + SheetRoutes(installation).routes + SheetAPI(installation).routes
            + PollVisit(installation).routes + PollRoutes(installation).routes + PollAPI(installation).routes
        if settings.environment != .production {
            routes += MailboxRoutes.routes(mailbox) + MeasuringRoutes.routes(installation.database)
        }
        return routes + [OpenAPI(routes: routes, address: settings.url).route]
    }

    /// The site on these routes.
    package func site(formerHosts: Set<String> = []) throws -> Site {
        guard let url = WebURL(settings.url) else { throw SettingsError("WORKESTRA_URL is no address.") }
        var site = Site.Settings(publicURL: url)
        site.formerHosts = formerHosts
        site.isDevelopment = settings.environment != .production
        site.languages = installation.languages
        site.trustedProxies = try settings.trustedProxies.map { text in
            guard let network = Network(text) else {
                throw SettingsError("WORKESTRA_TRUSTED_PROXIES: “\(text)” is no address or network.")
            }
            return network
        }
        let factor = settings.rateFactor
        site.limits = Site.Limits(key: 100 * factor, writes: 30 * factor, anonymousWrites: 10 * factor)
        let authenticate = Authenticate(
            database: installation.database, world: installation.world, keyring: installation.keyring)
        let health = Health(installation.database, keyFile: settings.keyFile, disk: disk)
        let watch = Site.Watch(answered: { [metrics] in metrics.count($0) }, refuses: { health.refusal($0) })
        return Site(
            settings: site, routes: routes, authenticate: { try await authenticate($0) }, translate: Self.translate,
            ready: { await health.unready() }, watch: watch, logger: logger)
    }

    /// The site that shows the metrics, if a port was set for it.
    func metricsServer(host: String) throws -> (any Service)? {
        guard let port = settings.metricsPort, let url = WebURL("http://127.0.0.1:\(port)") else { return nil }
        let page = MetricsPage(metrics: metrics, installation: installation, settings: settings)
        let site = Site(settings: Site.Settings(publicURL: url), routes: [page.route], logger: logger)
        return site.server(
            host: host, port: port, drain: .zero, mostConnections: Descriptors.forMetrics)
    }

    /// Failures of the database in the terms of HTTP.
    static func translate(_ error: any Error) -> (any Refusal)? {
        switch error {
        case DatabaseError.unanswered: Common.unanswered(retryAfter: 2)
        case DatabaseError.busy, DatabaseError.unavailable, DatabaseError.readOnly, DatabaseError.full:
            Common.unavailable(retryAfter: 2)
        // The constraint fired where the lock should have: nothing was stored, and the caller may try again.
        case DatabaseError.overlap: Common.unavailable(retryAfter: 1)
        // As the next request would be told.
        case is AssistantStopped: Common.notFound
        default: nil
        }
    }

    /// What this process does about jobs.
    package var work: [String: JobWork] {
        let bookings = SendBookingMail(installation, mail: mail)
        let sessions = SendSessionMail(installation, mail: mail)
        let series = SendSeriesMail(installation, mail: mail)
        let found = MailFoundBookings(installation, mail: mail)
        let accounts = SendAccountMail(installation, mail: mail)
        let removal = RemoveFile(files: files)
        let expire = ExpireApproval(installation)
        let codes = SendEmailCode(installation, mail: mail)
        let proposals = SendProposalMail(installation, mail: mail)
        let messages = SendRingMessage(installation, mail: mail)
        let waitlist = SendWaitlistMail(installation, mail: mail)
        let look = LookAtWaitlist(installation)
        let (lapse, endOffers) = (LapseKeptOffer(installation), EndOffersOfLink(installation))
        let given = SendSingleUseMail(installation, mail: mail)
        let lapseOneOff = LapseOneOff(installation)
        let (polls, pollEnds) = (SendPollMail(installation, mail: mail), CloseOverduePoll(installation))
        let testMode = TestMode(installation)
        return [
            BookingJobs.kind: testMode.guarding { try await bookings($0) },
            SeriesJobs.kind: testMode.guarding { try await series($0) },
            SessionJobs.kind: testMode.guarding { try await sessions($0) },
            MailFoundBookings.kind: testMode.guarding { try await found($0) },
            AccountJobs.kind: testMode.guarding { try await accounts($0) },
            RemoveFile.kind: { try await removal($0) },
            ApprovalJobs.reminder: testMode.guarding { try await bookings($0) },
            ApprovalJobs.expiry: { try await expire($0) },
            SendEmailCode.kind: testMode.guarding { try await codes($0) },
            ProposalJobs.kind: testMode.guarding { try await proposals($0) },
            SendRingMessage.kind: testMode.guarding { try await messages($0) },
            WaitlistJobs.mail: testMode.guarding { try await waitlist($0) },
            WaitlistJobs.look: { try await look($0) },
            SendSingleUseMail.kind: testMode.guarding { try await given($0) },
            OneOffJobs.lapse: { try await lapseOneOff($0) },
            PollJobs.mail: testMode.guarding { try await polls($0) },
            PollJobs.close: { try await pollEnds($0) },
            KeptOfferJobs.lapse: { try await lapse($0) },
            LinkOfferStore.look: { try await endOffers($0) },
        ]
    }

    package var runner: JobRunner {
        // A mail server may take 70 seconds for a mail (Providers/SMTP); a file on our own disk moments, one elsewhere
        // 25 seconds (Providers/S3).
        let mails = [
            BookingJobs.kind, SessionJobs.kind, ApprovalJobs.reminder, MailFoundBookings.kind, AccountJobs.kind,
            SendEmailCode.kind, ProposalJobs.kind, SeriesJobs.kind, WaitlistJobs.mail, SendRingMessage.kind,
            SendSingleUseMail.kind, PollJobs.mail,
        ]
        let limits = Dictionary(uniqueKeysWithValues: mails.map { ($0, Duration.seconds(90)) })
            .merging([
                RemoveFile.kind: .seconds(45), ApprovalJobs.expiry: .seconds(30), WaitlistJobs.look: .seconds(90),
                KeptOfferJobs.lapse: .seconds(30), OneOffJobs.lapse: .seconds(30), PollJobs.close: .seconds(30),
                LinkOfferStore.look: .seconds(90),
            ]) { $1 }
        return JobRunner(
            database: installation.database, work: work, limits: limits, world: installation.world, logger: logger)
    }

    /// Wakes the runners of other processes and is woken by theirs.
    var calls: JobCalls { JobCalls(database: installation.database, logger: logger) }

    /// Webhooks have a runner of their own: servers that answer slowly or never must not hold up a mail.
    package var webhookRunner: JobRunner {
        let deliver = DeliverWebhook(installation, sender: sender) { [metrics] in metrics.count($0) }
        return JobRunner(
            database: installation.database, work: [DeliverWebhook.kind: { try await deliver($0) }],
            world: installation.world, logger: logger, width: 16)
    }

    /// Bookings from before there was a search become findable; nothing to do on every later start.
    func indexOlderBookings() async throws {
        let operate = Operate(database: installation.database, world: installation.world, passwords: passwords)
        for workspace in try await operate.workspaces() {
            try await IndexBookings(installation)(scope: Scope(workspace: workspace.id, actor: .system))
        }
    }

    /// Without closing anything: that would sync once more, and might succeed.
    private static func endAtOnce() {
        let why = "workestra: the disk failed to sync the database. Nothing unconfirmed was answered. "
            + "Look at the disk, then start again.\n"
        FileHandle.standardError.write(Data(why.utf8))
        _exit(1)
    }

    package func close() async { await installation.database.close() }
}
