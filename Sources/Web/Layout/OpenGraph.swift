/// What other programs show when somebody pastes an address of ours: title, sentence and picture.

/// The Open Graph tags of a public page, for `Layout.publicPage(head:)`.
///
/// ```swift
/// let tags = OpenGraph.tags(
///     title: link.rules.title, description: link.rules.description,
///     image: installation.url(OpenGraph.picture(ofLink: slug)), address: installation.url(link.path))
/// ```
package enum OpenGraph {
    /// Most characters of a description; what shows it cuts sooner.
    static let longestDescription = 200
    /// The size of every picture of ours, in pixels: the one all readers of these tags take whole.
    package static let pictureSize = (width: 1200, height: 630)

    /// - Parameters:
    ///   - description: the page in a sentence; line breaks become blanks and a long text is cut at a word.
    ///   - image: the full address of a picture of ``pictureSize``.
    ///   - address: the full address of the page without a query.
    package static func tags(title: String, description: String, image: String?, address: String) -> HTML {
        let sentence = shortened(description)
        return """
            <meta property="og:type" content="website">
            <meta property="og:title" content="\(title)">
            \(if: !sentence.isEmpty, then: """
                <meta property="og:description" content="\(sentence)">
                <meta name="description" content="\(sentence)">

                """)\
            <meta property="og:url" content="\(address)">
            \(image.map(imageTags))
            """
    }

    private static func imageTags(_ image: String) -> HTML {
        """
        <meta property="og:image" content="\(image)">
        <meta property="og:image:type" content="image/png">
        <meta property="og:image:width" content="\(pictureSize.width)">
        <meta property="og:image:height" content="\(pictureSize.height)">
        <meta name="twitter:card" content="summary_large_image">
        """
    }

    /// The picture of a booking link.
    package static func picture(ofLink slug: String) -> Path { "/og/book/\(slug).png" }

    /// The picture of a host's page.
    package static func picture(ofProfile handle: String) -> Path { "/og/u/\(handle).png" }

    /// One line, cut at a word where it is too long.
    static func shortened(_ text: String) -> String {
        let words = text.split { $0.isWhitespace }
        var line = ""
        for word in words {
            guard line.count + word.count < longestDescription else {
                return line.isEmpty ? String(word.prefix(longestDescription)) + "…" : line + "…"
            }
            line += (line.isEmpty ? "" : " ") + word
        }
        return line
    }
}
