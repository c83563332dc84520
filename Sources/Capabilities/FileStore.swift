/// What we ask of a place for files: whole files under names of our own making.
import Scheduling

package protocol FileStore: Sendable {
    /// How many bytes one `read` fetches well, for whoever reads a file to its end.
    var pieceBytes: Int { get }
    /// Keeps the bytes under that name; when it returns they outlive a crash.
    func put(_ bytes: [UInt8], as name: FileName) async throws(ProviderError)
    /// The bytes of a name; nil when there are none.
    func get(_ name: FileName) async throws(ProviderError) -> [UInt8]?
    /// Begins a file that comes piece by piece. Nothing of that name is there before it is finished.
    func begin(_ name: FileName) async throws(ProviderError) -> any FileDraft
    /// At most so many bytes from a place on: none at its end, nil when there is no such file.
    func read(_ name: FileName, from offset: Int, atMost count: Int) async throws(ProviderError) -> [UInt8]?
    /// Lets a file go; nothing happens when it is gone already.
    func remove(_ name: FileName) async throws(ProviderError)
    /// The names of files that were kept longer ago than that, by the clock of the place itself. What an interrupted
    /// `put` left behind and is as old goes for good.
    func names(olderThan seconds: Int64) async throws(ProviderError) -> [FileName]
}

/// A file while it comes.
package protocol FileDraft: Sendable {
    func write(_ bytes: [UInt8]) async throws(ProviderError)
    /// At most so many bytes of what was written, from a place on: none at its end.
    func read(from offset: Int, atMost count: Int) async throws(ProviderError) -> [UInt8]
    /// Keeps all that was written under the draft's name; when it returns it outlives a crash.
    func finish() async throws(ProviderError)
    /// Nothing of it stays; does nothing once it was finished.
    func discard() async
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
