/// The settings of a workspace, read out of a form and saved with a row in the log.
import Database
import Scheduling
import Web

package struct WorkspaceSettings: Sendable, Equatable {
    package var name: String
    package var zone: String
    package var language: String
    /// The colour of pages and mails as it was chosen, `#2f6f4f`; nil for the petrol of everybody.
    package var colour: String?
    /// Nothing leaves; keys begin with `wks_test_`, and the others are refused.
    package var isTest: Bool
    /// Everybody reads everybody's bookings.
    package var everyoneReads: Bool

    package init(
        name: String, zone: String, language: String, colour: String? = nil, isTest: Bool, everyoneReads: Bool
    ) {
        self.name = name
        self.zone = zone
        self.language = language
        self.colour = colour
        self.isTest = isTest
        self.everyoneReads = everyoneReads
    }

    /// The languages this version speaks.
    static let languages = [(Language.english.code, Language.english.name)]

    /// Mistakes are noted in `fields`; what is wrong gives neutral values.
    init(_ fields: inout Fields, zones: Zones) {
        name = fields.text("name", 1...120, label: plain("Name"))
        zone = fields.text("timezone", 1...60, label: plain("Time zone"))
        if !zone.isEmpty, zones.zone(zone) == nil {
            fields.fail("timezone", "invalid", plain("“\(zone)” is not a time zone. Choose one from the list."))
        }
        let spoken = fields.text("language", 1...35, label: plain("Language"))
        language = spoken
        if !spoken.isEmpty, !Self.languages.contains(where: { $0.0 == spoken }) {
            fields.fail("language", "invalid", plain("This language is not spoken here yet. Choose one from the list."))
        }
        let chosen = fields.text("color", 0...7, label: plain("Colour")).lowercased()
        if !chosen.isEmpty, Colour(chosen) == nil {
            fields.fail("color", "invalid", plain("A colour is written like #2f6f4f."))
        }
        colour = fields.flag("ownColor", label: plain("Our own colour")) && !chosen.isEmpty ? chosen : nil
        isTest = fields.flag("testMode", label: plain("Test mode"))
        everyoneReads = fields.flag("everyoneReads", label: plain("Everyone reads all bookings"))
    }

    var filled: Filled {
        Filled(values: [
            "name": name, "timezone": zone, "language": language, "ownColor": colour == nil ? "" : "on",
            "color": colour ?? Brand.standard.light.css, "testMode": isTest ? "on" : "",
            "everyoneReads": everyoneReads ? "on" : "",
        ])
    }

    var json: JSON {
        [
            "name": .string(name), "timezone": .string(zone), "language": .string(language),
            "color": JSON(colour),
            "testMode": .bool(isTest), "everyoneReads": .bool(everyoneReads),
        ]
    }
}

package struct SaveWorkspace: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    package func callAsFunction(_ settings: WorkspaceSettings, scope: Scope, from origin: Origin) async throws {
        let entry = AuditEntry(
            .workspaceChanged, of: scope.workspace.text, named: settings.name, after: settings.json, from: origin,
            installation.world)
        try await installation.database.write(scope) { tx in
            try MemberStore.lock(scope: scope, in: tx)
            let before = try WorkspaceStore.settings(scope: scope, in: tx)
            guard before != settings else { return }
            try WorkspaceStore.save(settings, scope: scope, in: tx)
            var entry = entry
            entry.before = before?.json
            try AuditStore.record(entry, scope: scope, in: tx)
        }
    }
}

/// Keeps a workspace in test mode to itself: what would leave is skipped, and the job says why.
package struct TestMode: Sendable {
    let installation: Installation

    package init(_ installation: Installation) { self.installation = installation }

    /// The same work, for jobs whose outcome reaches somebody outside.
    package func guarding(_ work: @escaping JobWork) -> JobWork {
        { [installation] job in
            if let workspace = job.workspace {
                let scope = Scope(workspace: workspace, actor: .system)
                let settings = try await installation.database.read(scope) { tx in
                    try WorkspaceStore.settings(scope: scope, in: tx)
                }
                if settings?.isTest ?? false { return .skipped("test mode") }
            }
            return try await work(job)
        }
    }
}
