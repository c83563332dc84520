/// The settings of the workspace: `/settings/workspace`.
import Database
import Scheduling
import Web

package struct WorkspaceRoutes: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package var routes: [Route] {
        [
            Route(.get, "/settings/workspace", .signedIn(.manageWorkspace), show),
            Route(.post, "/settings/workspace", .signedIn(.manageWorkspace), save),
        ]
    }

    private func show(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        let scope = principal.scope
        let settings = try await installation.database.read(scope) { tx in
            try WorkspaceStore.settings(scope: scope, in: tx)
        }
        guard let settings else { throw Common.notFound }
        var page = page(principal, settings.filled, current: settings.zone)
        page.isSaved = request.query["done"] != nil
        return .page(page.html)
    }

    private func save(_ request: Request) async throws -> Answer {
        let principal = try request.signedIn()
        var fields = Fields(form: try request.form())
        let settings = WorkspaceSettings(&fields, zones: installation.world.zones)
        guard fields.errors.isEmpty else {
            return .page(page(principal, fields.filled, current: nil).html, status: 422)
        }
        try await SaveWorkspace(installation)(settings, scope: principal.scope, from: Origin(request))
        return .redirect(("/settings/workspace" as Path).adding(query: [("done", "saved")]))
    }

    private func page(_ principal: Principal, _ form: Filled, current: String?) -> WorkspacePage {
        let names = installation.world.zones.names
        let further = ["UTC", current].compactMap(\.self).filter { !names.contains($0) }
        return WorkspacePage(principal: principal, zones: names + Set(further).sorted(), form: form)
    }
}

struct WorkspacePage: Page {
    let principal: Principal
    let zones: [String]
    var form: Filled
    var isSaved = false

    static var example: WorkspacePage {
        WorkspacePage(
            principal: .example, zones: ["Europe/Oslo", "UTC"],
            form: Filled(values: ["name": "Nordhavn Instruments", "timezone": "UTC", "testMode": "on"]))
    }

    var html: HTML {
        let options = zones.map { ($0, $0.replacing("_", with: " ")) }
        return Layout.app(title: plain("Settings"), tab: .workspace, principal, """
            \(if: isSaved, then: Components.banner(.notes, say("Saved.")))\
            \(Components.pageHead(plain("Settings"), say("What holds for everybody here.")))\
            \(Components.mistakes(form))
            \(Components.form(action: "/settings/workspace", csrf: principal, """
                \(Components.field("name", plain("Name"), in: form, hint: say("As bookers read it."),
                                   autocomplete: "organization"))\
                \(Components.select("timezone", plain("Time zone"), options, in: form,
                                    hint: say("For reports, and for people who have not chosen their own.")))\
                \(Components.select("language", plain("Language"), WorkspaceSettings.languages, in: form))\
                \(colour)\
                \(Components.checkbox(
                    "everyoneReads", plain("Everyone reads all bookings"), in: form,
                    note: plain("Otherwise hosts see their own, managers those of their teams, admins all.")))\
                \(Components.checkbox(
                    "testMode", plain("Test mode"), in: form,
                    note: plain("""
                        No mail leaves. Keys made now begin with wks_test_; the others are refused until it is off.
                        """)))\
                <div>\(Components.button(plain("Save"), .primary))</div>
                """))
            """)
    }

    /// The choice, and what becomes of it: both themes, so that nobody wonders why a button is darker than chosen.
    private var colour: HTML {
        """
        \(Components.checkbox(
            "ownColor", plain("Our own colour"), in: form,
            note: plain("On booking pages, in mails and in frames. Otherwise they are petrol.")))\
        \(Components.field("color", plain("Colour"), in: form, typing: .color, short: true))\(shades)
        """
    }

    private var shades: HTML {
        guard let chosen = Colour(form["color"]), form["ownColor"] == "on" else { return .empty }
        let brand = Brand(chosen)
        let moved = [
            brand.light == chosen ? nil : plain("darker on light pages"),
            brand.dark == chosen ? nil : plain("lighter on dark pages"),
        ].compactMap(\.self)
        return """
            <p class="line near">\(shade(brand.light, brand.onLight))\(shade(brand.dark, brand.onDark))\
            <span class="meta second">\(moved.isEmpty
                ? say("Shown as you chose it, on light pages and on dark ones.")
                : say("Shown \(moved.joined(separator: ", ")), so that everybody can read it."))</span></p>
            """
    }

    /// Drawn, because no page of ours has styles inside its tags.
    private func shade(_ ground: Colour, _ ink: Colour) -> HTML {
        """
        <svg class="shade" width="88" height="44" viewBox="0 0 88 44" role="img" aria-label="\(ground.css)">\
        <rect width="88" height="44" rx="8" fill="\(ground.css)"/>\
        <text x="44" y="27" text-anchor="middle" font-size="15" fill="\(ink.css)">10:30</text></svg>
        """
    }
}
