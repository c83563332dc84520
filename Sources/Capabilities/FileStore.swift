/// What we ask of a place for files: whole files under names of our own making.
import Scheduling

package protocol FileStore: Sendable {
    /// Keeps the bytes under that name; when it returns they outlive a crash.
    func put(_ bytes: [UInt8], as name: FileName) async throws(ProviderError)
    /// The bytes of a name; nil when there are none.
    func get(_ name: FileName) async throws(ProviderError) -> [UInt8]?
    /// Lets a file go; nothing happens when it is gone already.
    func remove(_ name: FileName) async throws(ProviderError)
    /// The names of files that were kept longer ago than that, by the clock of the place itself. What an interrupted
    /// `put` left behind and is as old goes for good.
    func names(olderThan seconds: Int64) async throws(ProviderError) -> [FileName]
}

/// A name that leads nowhere but to one file: 43 characters of a token, no dot, no slash. What people call a file is
/// kept elsewhere and never becomes part of a path.
package struct FileName: Hashable, Sendable, CustomStringConvertible {
    package let text: String

    package var description: String { text }

    /// A new name that nobody can guess.
    package init(_ world: World) { text = world.token() }

    /// A name as stored or as it stands in an address; nil for anything else.
    package init?(_ text: String) {
        guard text.utf8.count == 43, text.utf8.allSatisfy(FileName.isPlain) else { return nil }
        self.text = text
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
            true
        default: false
        }
    }
}
