/// The sentences of one language: a plain text file, read once.
import Synchronization

/// Translations by their English sentence.
///
/// ```text
/// # A line that begins with a hash is a note.
/// Pick a time with %1
/// = Wählen Sie eine Zeit bei %1
///
/// %1|one:One time is free|other:%1 times are free
/// = %1|one:Eine Zeit ist frei|other:%1 Zeiten sind frei
/// ```
package final class Catalogue: Sendable {
    private final class Sentences: Sendable {
        let all: [String: String]

        init(_ all: [String: String]) { self.all = all }
    }

    private let read: @Sendable () -> [String: String]
    private let kept = AtomicLazyReference<Sentences>()

    /// No sentences: everything is said in English.
    package static let empty = Catalogue([:])

    package convenience init(_ sentences: [String: String]) {
        self.init(lazily: { sentences })
    }

    /// - Parameter read: gives the translations by their English sentence. It is asked when the first is looked up, and
    ///   by two threads at the same moment perhaps twice.
    package init(lazily read: @escaping @Sendable () -> [String: String]) {
        self.read = read
    }

    /// A mistake in a catalogue file, with its line.
    package struct Mistake: Error, Hashable, CustomStringConvertible {
        package let line: Int
        package let reason: String

        package var description: String { "line \(line): \(reason)" }
    }

    /// Reads the files of one language, one per feature.
    ///
    /// - Throws: ``Mistake`` for a sentence without translation, one given twice, or a value that the English
    ///   sentence does not have.
    package convenience init(reading files: [String]) throws(Mistake) {
        self.init(try Catalogue.sentences(reading: files))
    }

    private var sentences: [String: String] {
        (kept.load() ?? kept.storeIfNil(Sentences(read()))).all
    }

    package subscript(key: String) -> String? { sentences[key] }

    /// The English sentences that have a translation.
    package var keys: some Collection<String> { sentences.keys }

    /// The same without making one of them.
    static func sentences(reading files: [String]) throws(Mistake) -> [String: String] {
        var sentences: [String: String] = [:]
        for file in files { try read(file, into: &sentences) }
        return sentences
    }

    private static func read(_ file: String, into sentences: inout [String: String]) throws(Mistake) {
        var waiting: (line: Int, key: String)?
        let lines = file.split(separator: "\n", omittingEmptySubsequences: false)
        for (index, line) in lines.enumerated() where !line.isEmpty && !line.hasPrefix("#") {
            guard line.hasPrefix("= ") else {
                if let waiting { throw Mistake(line: waiting.line, reason: "no translation") }
                waiting = (index + 1, String(line))
                continue
            }
            guard let (_, key) = waiting else { throw Mistake(line: index + 1, reason: "no sentence before it") }
            let translation = String(line.dropFirst(2))
            guard places(in: translation).isSubset(of: places(in: key)) else {
                throw Mistake(line: index + 1, reason: "a value that the English sentence does not have")
            }
            guard sentences.updateValue(translation, forKey: key) == nil else {
                throw Mistake(line: index + 1, reason: "translated twice")
            }
            waiting = nil
        }
        if let waiting { throw Mistake(line: waiting.line, reason: "no translation") }
    }

    /// The digits that follow a per cent sign.
    private static func places(in text: String) -> Set<UInt8> {
        let bytes = Array(text.utf8)
        return Set(zip(bytes, bytes.dropFirst()).compactMap { sign, digit in
            sign == UInt8(ascii: "%") && (UInt8(ascii: "1")...UInt8(ascii: "9")).contains(digit) ? digit : nil
        })
    }
}
