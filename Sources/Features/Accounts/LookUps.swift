/// The only unscoped questions of the product: from a secret or a public name to the workspace it belongs to.
import Database
import Scheduling

package struct LookUps: Sendable {
    package let database: Database

    package init(database: Database) {
        self.database = database
    }

    /// The link at `/book/<slug>`, active or not: the one that has the slug, else the one that had it.
    package func link(slug: String) async throws -> (workspace: ID<Workspace>, link: ID<Link>)? {
        try await database.lookUp { tx in
            try tx.one("""
                SELECT workspace, id, 0 AS former FROM link WHERE slug = \(slug)
                UNION ALL SELECT workspace, link AS id, 1 AS former FROM former_slug WHERE slug = \(slug)
                ORDER BY former LIMIT 1
                """) { row in
                (workspace: try row["workspace"], link: try row["id"])
            }
        }
    }

    /// The booking a token in a mail stands for; retired tokens are found too, to say what replaced them.
    package func bookingToken(_ token: String) async throws -> FoundToken? {
        let hash = sha256(Array(token.utf8))
        return try await database.lookUp { tx in
            try tx.one("""
                SELECT workspace, booking, participant, retired_at FROM booking_token WHERE token_hash = \(hash)
                """) { row in
                let retiredAt: Instant? = try row["retired_at"]
                return FoundToken(
                    workspace: try row["workspace"], booking: try row["booking"],
                    participant: try row["participant"], retired: retiredAt != nil)
            }
        }
    }

    /// Whether the whole installation was made of a backup and nobody has confirmed it yet.
    func isRestored() async throws -> Bool {
        try await database.lookUp { try $0.restoredAt() != nil }
    }

    /// Whose booking it is, for an address that was sealed here and names it.
    func workspace(of booking: ID<Booking>) async throws -> ID<Workspace>? {
        try await database.lookUp { tx in
            try tx.one("SELECT workspace FROM booking WHERE id = \(booking)") { try $0["workspace"] }
        }
    }

    /// The booking that a host was asked about by mail, and which host; asks that have ended are found too, to say how.
    package func approvalToken(_ token: String) async throws -> FoundAsk? {
        guard token.utf8.count == 43 else { return nil }
        let hash = sha256(Array(token.utf8))
        return try await database.lookUp { tx in
            try tx.one("""
                SELECT workspace, booking, account, ended_version FROM approval_token WHERE token_hash = \(hash)
                """) { row in
                FoundAsk(
                    workspace: try row["workspace"], booking: try row["booking"], host: try row["account"],
                    endedVersion: try row["ended_version"])
            }
        }
    }

    /// The single-use link of the address `/single-use/<token>`, used or not.
    package func singleUse(token: String) async throws -> (workspace: ID<Workspace>, one: ID<SingleUse>)? {
        guard token.utf8.count == 43 else { return nil }
        return try await database.lookUp { tx in
            try tx.one("SELECT workspace, id FROM single_use WHERE token_hash = \(sha256(Array(token.utf8)))") {
                (workspace: try $0["workspace"], one: try $0["id"])
            }
        }
    }

    /// The one-off of the address `/one-off/<token>`, open or not.
    package func oneOff(token: String) async throws -> (workspace: ID<Workspace>, one: ID<OneOff>)? {
        guard token.utf8.count == 43 else { return nil }
        return try await database.lookUp { tx in
            try tx.one("SELECT workspace, id FROM one_off WHERE token_hash = \(sha256(Array(token.utf8)))") {
                (workspace: try $0["workspace"], one: try $0["id"])
            }
        }
    }

    /// The poll of an address `/poll/<token>`, and whose own address it is; nobody's is the open one.
    package func poll(
        token: String
    ) async throws -> (workspace: ID<Workspace>, poll: ID<Poll>, voter: ID<PollVoter>?)? {
        guard token.utf8.count == 43 else { return nil }
        let hash = sha256(Array(token.utf8))
        return try await database.lookUp { tx in
            try tx.one("""
                SELECT workspace, poll, id AS voter FROM poll_voter WHERE token_hash = \(hash)
                UNION ALL SELECT workspace, id, NULL FROM poll WHERE token_hash = \(hash)
                """) { (workspace: try $0["workspace"], poll: try $0["poll"], voter: try $0["voter"]) }
        }
    }

    /// The entry of a waitlist that a mailed token stands for.
    package func waitlistToken(
        _ token: String
    ) async throws -> (workspace: ID<Workspace>, entry: ID<WaitlistEntry>)? {
        guard token.utf8.count == 43 else { return nil }
        let hash = sha256(Array(token.utf8))
        return try await database.lookUp { tx in
            try tx.one("SELECT workspace, id FROM waitlist_entry WHERE token_hash = \(hash)") { row in
                (workspace: try row["workspace"], entry: try row["id"])
            }
        }
    }

    /// Bookings to come of an address, in every workspace, as attendee or as who booked for them; what is found is
    /// mailed to that address alone.
    /// - Parameter word: the search word every booking of the address is found by.
    package func upcomingBookings(
        of email: String, word: String, now: Instant
    ) async throws -> [(workspace: ID<Workspace>, booking: ID<Booking>, isOwn: Bool)] {
        try await database.lookUp { tx in
            // Across workspaces: whoever asks by mail knows none. One in test mode lets nothing leave. By the word,
            // since under row-level policies PostgreSQL uses no index on an expression such as `lower(…)`.
            try tx.all("""
                SELECT b.workspace, b.id,
                    CASE WHEN lower(b.attendee_email) = lower(\(email)) THEN 1 ELSE 0 END AS is_own
                FROM workspace w
                JOIN booking_word f ON f.workspace = w.id AND f.word = \(word)
                JOIN booking b ON b.workspace = w.id AND b.id = f.booking
                WHERE (lower(b.attendee_email) = lower(\(email)) OR lower(b.booker_email) = lower(\(email)))
                    AND b.ends > \(now)
                    AND b.status IN ('confirmed', 'pending_approval')
                    AND w.test_mode = 0
                ORDER BY b.starts LIMIT 50
                """) { row in
                (workspace: try row["workspace"], booking: try row["id"], isOwn: try row["is_own"] as Int == 1)
            }
        }
    }

    /// Whose routing form it is.
    package func workspace(of form: ID<RoutingForm>) async throws -> ID<Workspace>? {
        try await database.lookUp { tx in
            try tx.one("SELECT workspace FROM routing_form WHERE id = \(form)") { try $0["workspace"] }
        }
    }

    /// Writes a job that belongs to no workspace.
    package func enqueue(_ job: NewJob, now: Instant, id: ID<QueuedJob>) async throws {
        try await database.writeUnscoped { tx in _ = try tx.enqueue(job, now: now, id: id) }
    }

    /// The hold a form or an API client carries.
    package func hold(_ token: String) async throws -> FoundHold? {
        let hash = sha256(Array(token.utf8))
        return try await database.lookUp { tx in
            try tx.one("SELECT workspace, id, link, offer FROM hold WHERE token_hash = \(hash)") { row in
                FoundHold(
                    workspace: try row["workspace"], hold: try row["id"], link: try row["link"],
                    offer: try row["offer"])
            }
        }
    }

    /// Whose page is at `/u/<handle>`, and in which workspace they chose it.
    package func profile(handle: String) async throws -> (workspace: ID<Workspace>, account: ID<User>)? {
        try await database.lookUp { tx in
            try tx.one("""
                SELECT id, profile_workspace FROM account
                WHERE handle = \(handle) AND active AND profile_workspace IS NOT NULL
                """) { row in (workspace: try row["profile_workspace"], account: try row["id"]) }
        }
    }

    /// What rings for each of these people now, in whatever workspace: no more than words that differ when something
    /// else does.
    package func ringing(_ accounts: [ID<User>], now: Instant) async throws -> [ID<User>: String] {
        try await database.lookUp { tx in
            let rows = try tx.all("""
                SELECT h.account, count(*) AS n, max(r.id) AS newest FROM ring r JOIN ring_host h ON h.ring = r.id
                WHERE r.state = 'ringing' AND r.expires > \(now) AND h.passed = 0 AND h.account IN \(list: accounts)
                GROUP BY h.account
                """) { row in
                (try row["account"] as ID<User>, "\(try row["n"] as Int) \(try row["newest"] as String)")
            }
            return Dictionary(rows) { first, _ in first }
        }
    }

    /// Those under these handles, of today or of before, who let strangers book them together with others.
    package func together(handles: [String]) async throws -> [FoundHandle] {
        try await database.lookUp { tx in
            try tx.all("""
                SELECT id, handle, profile_workspace FROM account
                WHERE handle IN \(list: handles) AND active AND ad_hoc_links = 1 AND profile_workspace IS NOT NULL
                UNION ALL SELECT a.id, a.handle, a.profile_workspace
                FROM former_handle f JOIN account a ON a.id = f.account
                WHERE f.handle IN \(list: handles) AND a.active AND a.ad_hoc_links = 1 AND a.handle IS NOT NULL
                    AND a.profile_workspace IS NOT NULL
                """) { row in
                FoundHandle(
                    account: try row["id"], handle: try row["handle"], workspace: try row["profile_workspace"])
            }
        }
    }

    /// The team at `/team/<slug>`.
    package func team(slug: String) async throws -> (workspace: ID<Workspace>, team: ID<Team>)? {
        try await database.lookUp { tx in
            try tx.one("SELECT workspace, id FROM team WHERE slug = \(slug)") { row in
                (workspace: try row["workspace"], team: try row["id"])
            }
        }
    }

    /// The handle of today of somebody who had this one before.
    package func handle(formerly handle: String) async throws -> String? {
        try await database.lookUp { tx in
            try tx.one("""
                SELECT a.handle FROM former_handle f JOIN account a ON a.id = f.account
                WHERE f.handle = \(handle) AND a.active AND a.handle IS NOT NULL
                """) { row in try row["handle"] }
        }
    }

    /// What kind of picture is under this name, if somebody shows it now.
    package func pictureKind(_ name: String) async throws -> String? {
        try await database.lookUp { tx in
            try tx.one("SELECT picture_kind FROM account WHERE picture = \(name) AND active") { row in
                try row["picture_kind"]
            }
        }
    }

    /// Those of the names that an account shows, also one that is switched off; for the sweep of files.
    package func pictures(among names: [String]) async throws -> Set<String> {
        try await database.lookUp { tx in
            Set(try tx.all("""
                SELECT picture AS name FROM account WHERE picture IN \(list: names)
                UNION SELECT file AS name FROM answer_file WHERE file IN \(list: names)
                """) { row in try row["name"] as String })
        }
    }

    /// The session of a cookie; nil for an unknown token and for a person who was switched off.
    package func session(_ token: String) async throws -> FoundSession? {
        let hash = sha256(Array(token.utf8))
        return try await database.lookUp { tx in
            guard var found = try AccountStore.session(hash: hash, in: tx) else { return nil }
            found.assists = try AccountStore.assisted(by: found.member, in: tx)
            return found
        }
    }

    /// A key that was not revoked, of a person who is not switched off; it may have expired.
    package func key(_ text: String) async throws -> FoundKey? {
        let hash = sha256(Array(text.utf8))
        return try await database.lookUp { tx in
            guard var found = try AccountStore.key(hash: hash, in: tx) else { return nil }
            found.assists = try AccountStore.assisted(by: found.member, in: tx)
            return found
        }
    }

    /// The account of an address and where it may sign in.
    package func signIn(email: String) async throws -> FoundSignIn? {
        try await database.lookUp { tx in try AccountStore.signIn(email: email, in: tx) }
    }

    /// Whether a browser signed in before, by its cookie.
    func device(_ token: String?, email: String) async throws -> KnownDevice {
        guard let token, token.utf8.count == 43 else { return .none }
        let hash = sha256(Array(token.utf8))
        return try await database.lookUp { tx in try SignInTryStore.known(device: hash, email: email, in: tx) }
    }

    /// Whether a workspace is in test mode, and who reads what there.
    package func mode(of workspace: ID<Workspace>) async throws -> WorkspaceMode? {
        try await database.lookUp { tx in
            try tx.one("SELECT test_mode, everyone_reads FROM workspace WHERE id = \(workspace)") { row in
                WorkspaceMode(
                    isTest: try row["test_mode"] as Int == 1, everyoneReads: try row["everyone_reads"] as Int == 1)
            }
        }
    }

    /// The people of the teams that somebody manages in a workspace.
    func led(by account: ID<User>, in workspace: ID<Workspace>) async throws -> Set<ID<User>> {
        try await database.lookUp { tx in
            Set(try tx.all("""
                SELECT other.account FROM team_member own
                JOIN team_member other ON other.workspace = own.workspace AND other.team = own.team
                WHERE own.workspace = \(workspace) AND own.account = \(account) AND own.manages = 1
                """) { row in try row["account"] as ID<User> })
        }
    }

    /// Somebody's place in a workspace.
    package func member(of account: ID<User>, in workspace: ID<Workspace>) async throws -> Member? {
        try await database.lookUp { tx in try AccountStore.member(account, workspace: workspace, in: tx) }
    }

    /// An account by its id, for the mails to it.
    package func account(_ id: ID<User>) async throws -> Account? {
        try await database.lookUp { tx in try AccountStore.account(id, in: tx) }
    }

    /// A reset by its id, for the mail that carries it.
    package func reset(_ id: ID<PasswordReset>) async throws -> FoundReset? {
        try await database.lookUp { tx in try PasswordResetStore.find(id, in: tx) }
    }

    /// The language an account wishes to be spoken to in, by its code.
    package func language(of account: ID<User>) async throws -> String? {
        try await database.lookUp { tx in
            try tx.one("SELECT language FROM account WHERE id = \(account)") { row in try row["language"] }
        }
    }

    /// A wish to sign up by its id, for the mail that carries it.
    package func signUp(_ id: ID<PendingSignUp>) async throws -> FoundSignUp? {
        try await database.lookUp { tx in try SignUpStore.find(id, in: tx) }
    }

    /// The invitation a mailed token stands for, whatever became of it.
    package func invitation(_ token: String) async throws -> (workspace: ID<Workspace>, id: ID<Invitation>)? {
        guard token.utf8.count == 43 else { return nil }
        let hash = sha256(Array(token.utf8))
        return try await database.lookUp { tx in
            try tx.one("SELECT workspace, id FROM invitation WHERE token_hash = \(hash)") { row in
                (workspace: try row["workspace"], id: try row["id"])
            }
        }
    }

    /// All tenants; for operators.
    package func workspaces() async throws -> [WorkspaceSummary] {
        try await database.lookUp { tx in try AccountStore.workspaces(in: tx) }
    }

    /// The place of an address; for operators, who name people.
    package func member(email: String, workspace: String?) async throws -> Member {
        try await database.lookUp { tx in try AccountStore.member(email: email, workspace: workspace, in: tx) }
    }

    /// True once somebody has set this installation up.
    package func anyWorkspace() async throws -> Bool {
        try await database.lookUp { tx in try AccountStore.anyWorkspace(in: tx) }
    }

    /// True when this is the set-up token printed last.
    package func setupToken(_ token: String) async throws -> Bool {
        try await database.lookUp { tx in try AccountStore.isSetupToken(token, in: tx) }
    }
}
