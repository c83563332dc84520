/// What we ask of a scanner: whether a file holds something harmful.

package protocol FileScanner: Sendable {
    /// Looks at all that was written to a file.
    /// - Throws: `ProviderError` when it was not looked at to its end: then nobody knows, and it must not be kept.
    func verdict(on file: any FileDraft) async throws(ProviderError) -> FileVerdict
}

package enum FileVerdict: Hashable, Sendable {
    case clean
    /// The scanner's name of what it found; for operators.
    case harmful(String)
}
