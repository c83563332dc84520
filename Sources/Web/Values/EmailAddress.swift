/// E-mail addresses as people type them, with a sentence for each way to get one wrong.

/// An address that mail can be sent to: the common part of RFC 5321 §4.1.2, without quotes, comments and literals.
package struct EmailAddress: Sendable, Hashable {
    /// The address, its domain in lower case.
    package let text: String

    /// What is wrong.
    package struct Mistake: Error, Sendable, Hashable {
        /// What is so, and what to do.
        package let message: String
    }

    /// - Parameter text: without blanks at its ends.
    package static func check(_ text: String) -> Result<EmailAddress, Mistake> {
        func wrong(_ message: String) -> Result<EmailAddress, Mistake> { .failure(Mistake(message: message)) }
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count > 1 else {
            return wrong(plain("The @ is missing. An address looks like name@example.org."))
        }
        guard parts.count == 2 else { return wrong(plain("There is more than one @. Give one address.")) }
        guard isLocal(parts[0]) else { return wrong(plain("The part before @ is not complete or holds a wrong sign.")) }
        let labels = parts[1].lowercased().split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count > 1, labels.last?.utf8.count ?? 0 > 1 else {
            return wrong(plain("The part after @ is not complete. Add the ending, such as .org."))
        }
        guard labels.allSatisfy(isLabel) else {
            return wrong(plain("The part after @ holds a wrong sign. It looks like example.org."))
        }
        return .success(EmailAddress(text: "\(parts[0])@\(labels.joined(separator: "."))"))
    }

    /// Letters of any script (RFC 6531), digits and the signs of an atom, with single dots inside.
    private static func isLocal(_ part: Substring) -> Bool {
        !part.isEmpty && part.utf8.count <= 64 && !part.hasPrefix(".") && !part.hasSuffix(".") && !part.contains("..")
            && part.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic || $0.properties.numericType != nil || "!#$%&'*+-/=?^_`{|}~.".unicodeScalars
                    .contains($0) || $0.properties.generalCategory == .nonspacingMark
            }
    }

    private static func isLabel(_ label: Substring) -> Bool {
        !label.isEmpty && label.utf8.count <= 63 && !label.hasPrefix("-") && !label.hasSuffix("-")
            && label.unicodeScalars.allSatisfy {
                $0.properties.isAlphabetic || $0.properties.numericType == .decimal || $0 == "-"
                    || $0.properties.generalCategory == .nonspacingMark
            }
    }
}
