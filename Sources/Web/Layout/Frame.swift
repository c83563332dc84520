/// A page that stands in a frame of somebody's site: what it leaves out, and whom it tells what.

import Scheduling

/// How a page looks and speaks while it is framed; set around the answer of its route, read by ``Layout``.
///
/// ```swift
/// let frame = Frame(request.query, of: link.rules.slug, in: link.rules.look.origins, ours: installation.address)
/// return try await Frame.$current.withValue(frame) { try await answer(visit) }
/// ```
package struct Frame: Sendable {
    /// The colours a site may ask for.
    package enum Theme: String, Sendable { case light, dark }

    /// The site around it, which the page speaks to and nobody else; nil where the address names none that may.
    package let site: String?
    /// The colours that were asked for; nil follows the browser.
    package let theme: Theme?
    /// The language that was asked for; a frame has no cookie to remember it by.
    package let language: String?
    /// What its messages call the page: the slug of a link or of a team, a handle, the id of a form.
    package let name: String

    /// Whether it is our own, of the preview.
    let isOurs: Bool
    /// What the way from page to page brings along: campaign words, and what is known of the visitor.
    let carried: [(String, String)]

    /// The frame of the page that is answered now.
    @TaskLocal package static var current: Frame?

    /// What travels from page to page of a frame.
    package static let words: Set<String> = [wish, "origin", "theme", "lang"]
    /// `embed=1` asks for the look of a frame.
    private static let wish = "embed"

    /// Nil for a page that does not ask to be framed.
    ///
    /// - Parameters:
    ///   - allowed: the sites that may frame it.
    ///   - ours: our own address, where the preview stands.
    package init?(_ query: Query, of name: String, in allowed: [SiteOrigin], ours: String) {
        guard query[Self.wish] == "1" else { return nil }
        let origin = query["origin"].flatMap { SiteOrigin($0)?.text ?? (WebURL($0)?.origin == $0 ? $0 : nil) }
        let isOurs = origin != nil && origin == WebURL(ours)?.origin
        self.isOurs = isOurs
        site = isOurs || allowed.contains { $0.text == origin } ? origin : nil
        theme = query["theme"].flatMap(Theme.init(rawValue:))
        language = query["lang"].flatMap { $0.utf8.count <= 35 ? $0 : nil }
        self.name = name
        carried = query.fields.filter { field in
            (field.name.hasPrefix("utm_") && field.name.utf8.count <= 64 || Self.person.contains(field.name))
                && field.value.count <= 255
        }.prefix(20).map { ($0.name, $0.value) }
    }

    private static let person: Set<String> = ["name", "email", "phone"]

    /// What an address says so that its page is framed as this one.
    package var pairs: [(String, String)] {
        [(Self.wish, "1")] + (site.map { [("origin", $0)] } ?? []) + (theme.map { [("theme", $0.rawValue)] } ?? [])
            + (language.map { [("lang", $0)] } ?? [])
    }

    /// Where a link to a page of ours leads from the page that is answered now: on in the frame, or to a tab of its own
    /// where the site may not show that page.
    ///
    /// - Parameter allowed: the sites that may show it.
    package static func way(to path: Path, in allowed: [SiteOrigin]) -> (path: Path, target: HTML) {
        guard let frame = current else { return (path, .empty) }
        guard frame.isOurs || frame.site == nil || allowed.contains(where: { $0.text == frame.site }) else {
            return (path, " target=\"_blank\" rel=\"noopener\"")
        }
        return (path.adding(query: frame.pairs + frame.carried), .empty)
    }

    /// Who may frame the page that is answered now, as `frame-ancestors` names them: the list, or we for our preview.
    package static func ancestors(_ allowed: [SiteOrigin]) -> [String] {
        if current?.isOurs ?? false { return ["'self'"] }
        let all = allowed.reduce(into: [String]()) { if !$0.contains($1.text) { $0.append($1.text) } }
        // A longer header breaks proxies; whoever asks by name is named.
        return all.count <= mostAncestors ? all : [current?.site].compactMap(\.self)
    }

    private static let mostAncestors = 40

    /// Answers in a frame, or without one, for the sites that may show it. Whatever is thrown in a frame is said in the
    /// frame: its page has the same sites, with its own status, headers and number.
    ///
    /// - Parameter frame: nil for a page that does not ask to be framed; what is refused there is framed by nobody.
    package static func around(
        _ frame: Frame?, in allowed: [SiteOrigin], _ answer: () async throws -> Answer
    ) async throws -> Answer {
        try await $current.withValue(frame) {
            let ancestors = ancestors(allowed)
            do {
                return try await answer().framed(by: ancestors)
            } catch {
                guard let frame else { throw error }
                throw Refused(error: error, frame: frame, ancestors: ancestors, language: .current)
            }
        }
    }

    /// What went wrong in a frame, on its way to where it becomes a page.
    struct Refused: Error {
        let error: any Error
        let frame: Frame
        let ancestors: [String]
        /// A link may speak another language than its visitor's browser.
        let language: Language
    }
}

/// Something a framed page tells the site around it. No names and no addresses of people are in it.
package struct FrameEvent: Sendable {
    /// The closed set that sites can listen to; see docs/embed.md.
    package enum Kind: String, Sendable {
        case slotSelected = "slot_selected"
        case bookingConfirmed = "booking_confirmed"
        case bookingPending = "booking_pending"
        case rescheduled, cancelled, error
    }

    package let kind: Kind
    package let data: JSON

    package init(_ kind: Kind, _ data: JSON) {
        (self.kind, self.data) = (kind, data)
    }

    /// The code of a refusal, as the API calls it.
    package static func error(_ code: String) -> FrameEvent { FrameEvent(.error, ["code": .string(code)]) }
}

extension Frame {
    /// What `frame.js` reads from the page's main part.
    func attributes(_ event: FrameEvent?) -> HTML {
        """
         data-frame="\(name)"\(Components.attribute("data-frame-site", site))\
        \(Components.attribute("data-frame-event", event?.kind.rawValue))\
        \(Components.attribute("data-frame-data", event?.data.text))
        """
    }
}
