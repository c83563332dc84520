/// Where files are kept, and whether that can be used; part of the wiring, since it knows the provider.
import Foundation
import Providers

extension App {
    /// The bucket of the settings; nil when files are kept in the data folder.
    static func bucket(_ settings: Settings) throws(SettingsError) -> S3Settings? {
        do throws(S3SettingsProblem) {
            return try S3Settings(settings.bucket)
        } catch {
            throw SettingsError(error.message)
        }
    }

    /// The address of files that are not in the data folder, for people; nil when they are.
    static func filesElsewhere(_ settings: Settings) throws(SettingsError) -> String? {
        try bucket(settings)?.description
    }

    /// Writes, reads, lists and removes an object of its own.
    static func filesFindings(_ settings: Settings) async -> [Finding] {
        let bucket: S3Settings
        do {
            guard let found = try Self.bucket(settings) else { return [] }
            bucket = found
        } catch {
            return [Finding(.fail, "files", error.description)]
        }
        let folder = settings.filesFolder
        let files = S3Files(bucket, drafts: LocalFiles(folder: folder), clock: settings.clock)
        let mark = "\(ProcessInfo.processInfo.processIdentifier)-\(settings.clock.now.seconds)"
        let told = await files.trouble(mark: mark).map { trouble in
            Finding(.fail, "files", "\(bucket): \(trouble). Until then no file is taken or handed out.")
        } ?? Finding(.ok, "files", "\(bucket) keeps them: an object was written, read, listed and removed.")
        let left = (try? FileManager.default.contentsOfDirectory(atPath: folder))?.filter { !$0.contains(".") } ?? []
        guard !left.isEmpty else { return [told] }
        return [told, Finding(.warn, "files", "\(left.count) lie in \(folder), where nobody looks for them now: copy "
            + "them into the bucket under their names, then remove them there.")]
    }
}
