/// What a user agent says, in words a person knows their own browser by.
import Web

package enum Browsers {
    /// `Firefox on Linux`; “A program” for what names no browser, nothing for nothing.
    package static func words(_ userAgent: String) -> String {
        guard !userAgent.isEmpty else { return "" }
        guard let browser = browsers.first(where: { userAgent.contains($0.0) })?.1 else { return plain("A program") }
        guard let system = systems.first(where: { userAgent.contains($0.0) })?.1 else { return browser }
        return plain("\(browser) on \(system)")
    }

    /// The first that fits counts: nearly all call themselves Safari as well.
    private static let browsers = [
        ("Edg", "Edge"), ("OPR/", "Opera"), ("SamsungBrowser", "Samsung Internet"), ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"), ("Chrome", "Chrome"), ("CriOS", "Chrome"), ("Safari", "Safari"),
    ]
    private static let systems = [
        ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"), ("Windows", "Windows"), ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"), ("Linux", "Linux"),
    ]
}
