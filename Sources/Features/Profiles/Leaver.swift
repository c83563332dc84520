/// Somebody who has left: for a while their addresses say so, and where to turn instead.
import Database
import Scheduling
import Web

package struct Leaver: Sendable {
    /// How long their addresses tell of them, in days; afterwards nobody has a page there.
    package static let days = 90
    static let mostOthers = 3

    /// A team with a page for everybody.
    struct Other: Sendable {
        let name: String
        let slug: String
    }

    let name: String
    let workspaceName: WorkspaceName
    /// The one they were in, else some of the workspace.
    let others: [Other]

    /// By the last part of `/u/<handle>`; nil for those who have not left, or long ago.
    /// - Parameter together: only who let strangers book them together with others.
    package static func find(
        handle: String, together: Bool = false, _ installation: Installation
    ) async throws -> Leaver? {
        guard Handle.isWellFormed(handle),
            let found = try await LookUps(database: installation.database).profile(handle: handle)
        else { return nil }
        let scope = Scope(workspace: found.workspace, actor: .visitor)
        let since = installation.world.now.adding(days: -days)
        return try await installation.database.read(scope) { tx in
            try LeaverStore.find(found.account, together: together, since: since, scope: scope, in: tx)
        }
    }

    /// By the slug of a link that nobody hosts any more; of a page for several, by whoever of them has left.
    package static func find(slug: String, _ installation: Installation) async throws -> Leaver? {
        if let handles = AdHocLink.handles(in: slug) {
            for handle in handles.prefix(AdHocLink.crew.upperBound) {
                if let leaver = try await find(handle: handle, together: true, installation) { return leaver }
            }
            return nil
        }
        guard Slug.isWellFormed(slug),
            let found = try await LookUps(database: installation.database).link(slug: slug)
        else { return nil }
        let scope = Scope(workspace: found.workspace, actor: .visitor)
        let since = installation.world.now.adding(days: -days)
        return try await installation.database.read(scope) { tx in
            try LeaverStore.find(hostOf: found.link, since: since, scope: scope, in: tx)
        }
    }
}

/// In the place of the pages of somebody who has left.
package struct LeaverPage: Page {
    /// Gone, not unknown: search engines forget it.
    package static let status = 410

    let leaver: Leaver

    package init(leaver: Leaver) { self.leaver = leaver }

    package var html: HTML {
        let (name, workspace): (HTML, HTML) = ("<bdi>\(leaver.name)</bdi>", "<bdi>\(leaver.workspaceName.text)</bdi>")
        return Layout.publicPage(
            title: plain("\(leaver.name) is no longer here"), workspaceName: leaver.workspaceName, shape: .slim,
            head: "<meta name=\"robots\" content=\"noindex\">\n",
            foot: [(plain("Find your booking"), "/book/find")], """
            <header class="stack near"><h1 class="display">\(say("\(name) is no longer here"))</h1>\
            <p class="second lead">\(say("\(name) has left \(workspace), so there are no times to pick any more."))\
            </p></header>\(turn(workspace))\
            <p class="second">\(say("""
                A meeting that was agreed is not affected: the newest mail about it says whom you meet.
                """))</p>
            """)
    }

    private func turn(_ workspace: HTML) -> HTML {
        guard !leaver.others.isEmpty else {
            return "<p>\(say("Ask at \(workspace) who looks after you now."))</p>"
        }
        return """
            <section class="stack tight" aria-labelledby="turn"><h2 class="label" id="turn">\
            \(say("Others can help you"))</h2><ul class="rows" role="list">\(each: leaver.others, { team in """
                <li class="row"><a class="row-link tall" href="\(Path("/team/\(team.slug)"))">\
                <bdi>\(team.name)</bdi></a></li>
                """ })</ul></section>
            """
    }

    package static var example: LeaverPage {
        LeaverPage(leaver: Leaver(
            name: "Ingrid Aasland-Okonkwo", workspaceName: "Nordhavn Instruments",
            others: [.init(name: "Customer team", slug: "customers")]))
    }
}
