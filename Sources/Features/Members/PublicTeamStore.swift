/// What a team's page reads: as many statements for a hundred people as for one.
import Capabilities
import Database
import Scheduling
import Web

enum PublicTeamStore {
    static func find(_ id: ID<Team>, now: Instant, scope: Scope, in tx: Transaction) throws -> PublicTeam? {
        let rows = try tx.all("""
            SELECT t.slug, t.name, t.description, t.visibility, w.name AS workspace_name, w.colour
            FROM team t JOIN workspace w ON w.id = t.workspace
            WHERE t.workspace = \(scope.workspace) AND t.id = \(id)
            """) { row in
            (slug: try row["slug"] as String, name: try row["name"] as String,
             description: try row["description"] as String, visibility: try row["visibility"] as TeamVisibility,
             workspaceName: WorkspaceName(
                 try row["workspace_name"], brand: Brand(stored: try row["colour"])))
        }
        guard let team = rows.first else { return nil }
        let people = try people(of: id, scope: scope, in: tx)
        let hosts = try hosts(of: id, now: now, scope: scope, in: tx)
        let offers = try offers(Set(hosts.map(\.link)), scope: scope, in: tx)
        let byLink = Dictionary(grouping: hosts, by: \.link).mapValues { Set($0.map(\.account)) }
        let own = byLink.filter { $0.value.count == 1 }
        let byPerson = Dictionary(grouping: own.keys) { own[$0]?.first }
        func sorted(_ links: some Sequence<ID<Link>>) -> [PublicTeam.Offer] {
            links.compactMap { offers[$0] }.sorted { ($0.title, $0.slug) < ($1.title, $1.slug) }
        }
        return PublicTeam(
            slug: team.slug, name: team.name, description: team.description, visibility: team.visibility,
            workspace: scope.workspace, workspaceName: team.workspaceName,
            shared: sorted(byLink.keys.filter { own[$0] == nil }),
            people: people.compactMap { person in
                guard let links = byPerson[person.id] else { return nil }
                var person = person
                person.links = sorted(links)
                return person.links.isEmpty ? nil : person
            })
    }

    /// Those who can be booked: members who can sign in.
    private static func people(of team: ID<Team>, scope: Scope, in tx: Transaction) throws -> [PublicTeam.Person] {
        try tx.all("""
            SELECT a.id, a.name, t.part, a.profile_text, a.handle, a.profile_workspace, a.picture, a.picture_kind
            FROM team_member t JOIN account a ON a.id = t.account
            JOIN member m ON m.workspace = t.workspace AND m.account = t.account
            WHERE t.workspace = \(scope.workspace) AND t.team = \(team) AND a.active AND m.state = 'active'
            ORDER BY a.name, a.id
            """) { row in
            let home: ID<Workspace>? = try row["profile_workspace"]
            return PublicTeam.Person(
                id: try row["id"], name: try row["name"], part: try row["part"], text: try row["profile_text"],
                handle: home == scope.workspace ? try row["handle"] : nil, picture: try picture(row))
        }
    }

    private static func picture(_ row: Row) throws -> ProfilePicture? {
        guard let name: String = try row["picture"], let kind: Picture.Kind = try row["picture_kind"],
              let file = FileName(name)
        else { return nil }
        return ProfilePicture(file: file, kind: kind)
    }

    /// Who of the team hosts which link that everybody may see.
    private static func hosts(
        of team: ID<Team>, now: Instant, scope: Scope, in tx: Transaction
    ) throws -> [(link: ID<Link>, account: ID<User>)] {
        try tx.all("""
            SELECT h.link, h.account FROM team_member t
            JOIN account a ON a.id = t.account
            JOIN member m ON m.workspace = t.workspace AND m.account = t.account
            JOIN link_host h ON h.workspace = t.workspace AND h.account = t.account
            JOIN link l ON l.workspace = h.workspace AND l.id = h.link
            WHERE t.workspace = \(scope.workspace) AND t.team = \(team) AND a.active AND m.state = 'active'
                AND l.active AND l.hidden = 0 AND l.deleted_at IS NULL
                AND (l.expires_at IS NULL OR l.expires_at > \(now))
            """) { (link: try $0["link"], account: try $0["account"]) }
    }

    private static func offers(
        _ links: Set<ID<Link>>, scope: Scope, in tx: Transaction
    ) throws -> [ID<Link>: PublicTeam.Offer] {
        guard !links.isEmpty else { return [:] }
        var offers: [ID<Link>: PublicTeam.Offer] = [:]
        for offer in try tx.all("""
            SELECT id, slug, title, description, duration, frame_origins FROM link
            WHERE workspace = \(scope.workspace) AND id IN \(list: links)
            """, { row in
            var look = LinkLook()
            look.originText = try row["frame_origins"]
            return PublicTeam.Offer(
                id: try row["id"], slug: try row["slug"], title: try row["title"],
                description: try row["description"], lengths: [try row["duration"]], origins: look.origins)
        }) { offers[offer.id] = offer }
        for (link, minutes) in try tx.all("""
            SELECT link, minutes FROM link_length
            WHERE workspace = \(scope.workspace) AND link IN \(list: links) ORDER BY link, minutes
            """, { (try $0["link"] as ID<Link>, try $0["minutes"] as Int) }) {
            if offers[link]?.lengths.contains(minutes) == false { offers[link]?.lengths.append(minutes) }
        }
        for (link, place) in try tx.all("""
            SELECT link, kind, text FROM link_location
            WHERE workspace = \(scope.workspace) AND link IN \(list: links) ORDER BY link, position
            """, { row in
            (try row["link"] as ID<Link>, Location(kind: try row["kind"], text: try row["text"]))
        }) { offers[link]?.places.append(place) }
        return offers
    }
}
