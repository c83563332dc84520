/// An email address that may be written into a mail: checked, bounded, without anything that could break a header.

/// An address such as `sam@example.com`, by the rules of RFC 5321 and, beyond ASCII, RFC 6531.
///
/// Quoted local parts and address literals (`"a b"@[1.2.3.4]`) are legal and nobody has one: they are refused.
/// ```swift
/// let address = EmailAddress("Sam@Example.com")    // nil when it cannot be right
/// address?.text                                   // "Sam@example.com": the part before @ keeps its case
/// ```
package struct EmailAddress: Hashable, Sendable, CustomStringConvertible {
    /// Before the @, as it was typed: only the receiving server may judge its case.
    package let local: String
    /// After the @, in lower case, as people read it: `例え.jp`.
    package let domain: String
    /// After the @, as it goes over the wire (RFC 3492): `xn--r8jz45g.jp`.
    package let wireDomain: String

    package var text: String { "\(local)@\(domain)" }
    /// The address in headers, envelopes and calendar files. ASCII unless the part before @ is not.
    package var wire: String { "\(local)@\(wireDomain)" }
    package var description: String { text }
    /// Equal for addresses that reach the same mailbox at every server known to us. For comparison, never for sending.
    package var folded: String { wire.lowercased() }

    /// Nil when `text` is not an address; spaces around it are dropped.
    package init?(_ text: String) {
        do { try self.init(checking: text) } catch { return nil }
    }

    /// The same with the reason, for a message beside the field.
    package init(checking text: String) throws(AddressProblem) {
        try self.init(checking: text, bareHost: false)
    }

    /// An address of this installation: its host may have one label (`bookings@localhost`).
    package static func own(_ text: String) throws(AddressProblem) -> EmailAddress {
        try EmailAddress(checking: text, bareHost: true)
    }

    private init(checking typed: String, bareHost: Bool) throws(AddressProblem) {
        let text = trimmed(typed)
        if text.isEmpty { throw .empty }
        if text.utf8.count > 254 { throw .tooLong }
        let parts = text.unicodeScalars.split(separator: "@", omittingEmptySubsequences: false).map(String.init)
        if parts.count == 1 { throw text.unicodeScalars.contains(" ") ? .space : .noAt }
        if parts.count > 2 { throw .severalAt }
        try Self.check(local: parts[0])
        local = parts[0]
        (domain, wireDomain) = try Self.check(domain: parts[1], bareHost: bareHost)
        if wire.utf8.count > 254 { throw .tooLong }
    }

    private static func check(local: String) throws(AddressProblem) {
        if local.isEmpty { throw .nothingBefore }
        if local.utf8.count > 64 { throw .tooLong }
        for scalar in local.unicodeScalars where scalar != "." {
            if scalar.properties.isWhitespace { throw .space }
            if !isAtom(scalar) { throw .character(scalar) }
        }
        let atoms = local.unicodeScalars.split(separator: ".", omittingEmptySubsequences: false)
        if atoms.contains(where: \.isEmpty) { throw .dots }
    }

    private static func check(domain: String, bareHost: Bool) throws(AddressProblem) -> (String, String) {
        if domain.isEmpty { throw .nothingAfter }
        for scalar in domain.unicodeScalars where scalar != "." && scalar != "-" {
            if scalar.properties.isWhitespace { throw .space }
            if !isLetterOrDigit(scalar) { throw .character(scalar) }
        }
        let lower = Punycode.composed(domain.lowercased())
        let labels = lower.unicodeScalars.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        if labels.dropLast().contains(where: \.isEmpty) { throw .dots }
        guard let ending = labels.last, !ending.isEmpty, labels.count > 1 || bareHost else { throw .noEnding }
        var wire: [String] = []
        for label in labels {
            guard let ascii = Punycode.ascii(label: label) else { throw .domain }
            if ascii.utf8.count > 63 || ascii.hasPrefix("-") || ascii.hasSuffix("-") { throw .domain }
            wire.append(ascii)
        }
        let digitsOnly = ending.utf8.allSatisfy { (0x30...0x39).contains($0) }
        if digitsOnly || (ending.utf8.count == 1 && !bareHost) { throw .noEnding }
        return (lower, wire.joined(separator: "."))
    }
}

/// Why a text is not an email address; `message` is the English sentence shown beside the field.
package enum AddressProblem: Error, Hashable, Sendable {
    case empty, noAt, severalAt, nothingBefore, nothingAfter, noEnding, domain, dots, space, tooLong
    case character(Unicode.Scalar)

    package var message: String {
        switch self {
        case .empty: "Enter an email address."
        case .noAt: "An email address needs an @, as in name@example.com."
        case .severalAt: "An email address has only one @."
        case .nothingBefore: "The part before @ is missing."
        case .nothingAfter: "The part after @ is missing."
        case .noEnding: "The part after @ is not complete. Add the ending, such as .com."
        case .domain: "The part after @ is not a name that exists on the internet."
        case .dots: "There is a dot too many."
        case .space: "An email address has no spaces."
        case .tooLong: "An email address has at most 64 characters before the @ and 254 in all."
        case .character(let scalar):
            scalar.isPrintable ? "The character \(scalar) cannot stand in an email address."
                : "There is an invisible character in this email address. Type it anew."
        }
    }
}

private func trimmed(_ text: String) -> String {
    let isSpace = { (scalar: Unicode.Scalar) in scalar.properties.isWhitespace }
    let tail = text.unicodeScalars.drop(while: isSpace).reversed().drop(while: isSpace)
    return String(String.UnicodeScalarView(tail.reversed()))
}

/// RFC 5322 `atext`, and every visible scalar beyond ASCII (RFC 6532).
private func isAtom(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value >= 0x80 { return isLetterOrDigit(scalar) }
    return isLetterOrDigit(scalar) || "!#$%&'*+-/=?^_`{|}~".unicodeScalars.contains(scalar)
}

private func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: return true
    case 0..<0x80: return false
    default: break
    }
    switch scalar.properties.generalCategory {
    case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter,
         .nonspacingMark, .spacingMark, .decimalNumber, .letterNumber, .otherNumber:
        return true
    default: return false
    }
}
