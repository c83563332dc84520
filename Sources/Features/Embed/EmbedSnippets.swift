/// The texts a host copies into their own website or app.
import Web

/// What shows one of our pages elsewhere: markup, a component, and the lines a strict site must add to its policy.
struct EmbedSnippets: Sendable {
    /// The public address, such as `https://meet.example`.
    let address: String
    /// The page that is shown.
    let path: Path
    /// What the link says where the page cannot be shown.
    let label: String

    private var url: WebURL? { WebURL(address + path.text) }
    private var script: WebURL? { WebURL("\(address)/embed.js") }
    /// As the element names it: without the slash at the beginning.
    private var page: String { String(path.text.dropFirst()) }

    var plain: String { address + path.text }
    var inline: String { element("") }
    var popUp: String { element(" layout=\"popup\"") }
    var button: String { element(" layout=\"button\"") }

    /// One script, and a link that is replaced by the page: without script, and where the site is not on the list,
    /// people still have it.
    private func element(_ layout: HTML) -> String {
        guard let url, let script else { return plain }
        let markup: HTML = """
            <script src="\(script)" async></script>
            <workestra-booking page="\(page)"\(layout)>
              <a href="\(url)">\(label)</a>
            </workestra-booking>
            """
        return markup.text
    }

    var react: String {
        """
        import { WorkestraBooking } from "@workestra/react";

        <WorkestraBooking
          server="\(address)"
          page="\(page)"
          onBookingConfirmed={(event) => console.log(event.start)}
        />
        """
    }

    /// What a package manager is told.
    func install(_ packages: [String]) -> String {
        "npm install " + packages.map { "\(address)/packages/\($0)" }.joined(separator: " ")
    }

    /// For a site with a policy of its own: each word beside the ones it has.
    var policy: String {
        let origin = WebURL(address)?.origin ?? address
        return "script-src \(origin); frame-src \(origin)"
    }
}
