/// Whether the scanner of files can be reached; part of the wiring, since it knows the provider.
import Providers

extension App {
    static func scannerFinding(_ url: String) async -> Finding {
        let settings: ClamdSettings
        do {
            settings = try ClamdSettings(url)
        } catch {
            return Finding(.fail, "scanner", "CLAMD_URL: \(error.message)")
        }
        return await ClamdScanner(settings, seconds: 5).answers()
            ? Finding(.ok, "scanner", "\(settings) looks at files before they are kept.")
            : Finding(.fail, "scanner", "\(settings) does not answer, so no file is taken: start clamd, or take "
                + "CLAMD_URL away to take files unlooked at.")
    }
}
