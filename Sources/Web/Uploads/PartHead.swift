/// The head of one part of a form: what it is called and whether it is a file.

/// `Content-Disposition: form-data; name="picture"; filename="me.png"` and the type the sender claims.
struct PartHead: Hashable {
    let name: String
    /// Nil for a text. Only for people to read: never a path, never trusted.
    let fileName: String?
    /// As claimed; what a file is says its content.
    let claimedType: String

    /// Nil for a head that RFC 7578 does not allow, or that means something we do not do: a transfer encoding, a
    /// folded line, a field twice.
    init?(reading bytes: some Collection<UInt8>) {
        guard let text = String(validating: bytes, as: UTF8.self) else { return nil }
        var fields: [String: String] = [:]
        for line in text.split(separator: "\r\n", omittingEmptySubsequences: false) {
            let parts = line.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, parts[0].utf8.allSatisfy(PartHead.isToken),
                  line.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0.value != 0x7f || $0 == "\t" }),
                  fields.updateValue(parts[1].trimmed, forKey: parts[0].lowercased()) == nil
            else { return nil }
        }
        let encoding = fields["content-transfer-encoding"]?.lowercased() ?? "binary"
        guard ["binary", "8bit", "7bit"].contains(encoding),
              let disposition = fields["content-disposition"],
              let parameters = PartHead.parameters(disposition, of: "form-data"),
              let name = parameters["name"], !name.isEmpty, name.utf8.count <= 200
        else { return nil }
        self.name = name
        fileName = (parameters["filename"] ?? parameters["filename*"]).map(PartHead.last)
        claimedType = (fields["content-type"] ?? "text/plain").prefix { $0 != ";" }.trimmed.lowercased()
    }

    /// The boundary in `Content-Type: multipart/form-data; boundary=…`.
    static func boundary(_ contentType: String) -> String? {
        guard let boundary = parameters(contentType, of: "multipart/form-data")?["boundary"],
              (1...70).contains(boundary.utf8.count), boundary.utf8.last != UInt8(ascii: " "),
              boundary.utf8.allSatisfy({ isToken($0) || " (),/:=?".utf8.contains($0) })
        else { return nil }
        return boundary
    }

    /// `value; name=token; name="quoted"`; nil if it cannot be read, or says a parameter twice.
    private static func parameters(_ text: String, of value: String) -> [String: String]? {
        guard let end = text.firstIndex(of: ";") else { return nil }
        guard text[..<end].trimmed.lowercased() == value else { return nil }
        var rest = text[end...]
        var found: [String: String] = [:]
        while let sign = rest.popFirst() {
            guard sign == ";" else { return nil }
            rest = rest.drop { $0 == " " || $0 == "\t" }
            if rest.isEmpty { break }
            let name = rest.prefix { $0 != "=" && $0 != ";" }
            rest = rest.dropFirst(name.count)
            guard !name.isEmpty, name.utf8.allSatisfy(isToken), rest.popFirst() == "=",
                  let read = parameterValue(&rest), found.updateValue(read, forKey: name.lowercased()) == nil
            else { return nil }
            rest = rest.drop { $0 == " " || $0 == "\t" }
        }
        return found
    }

    private static func parameterValue(_ rest: inout Substring) -> String? {
        guard rest.first == "\"" else {
            let token = rest.prefix { $0 != ";" && $0 != " " && $0 != "\t" }
            rest = rest.dropFirst(token.count)
            return token.isEmpty || token.contains("\"") ? nil : String(token)
        }
        rest.removeFirst()
        var value = ""
        while let sign = rest.popFirst() {
            if sign == "\"" { return spelledOut(value) }
            // Browsers write %22; older programs escape, and some send a path with bare backslashes.
            if sign == "\\", let next = rest.first, next == "\"" || next == "\\" {
                value.append(next)
                rest.removeFirst()
            } else {
                value.append(sign)
            }
        }
        return nil
    }

    /// The three signs that HTML forms spell: a quotation mark and both line ends (WHATWG HTML, multipart/form-data).
    private static func spelledOut(_ value: String) -> String {
        value.replacing("%22", with: "\"").replacing("%0D", with: " ").replacing("%0A", with: " ")
    }

    /// What stands behind the last slash of either kind, at most 100 characters.
    private static func last(_ path: String) -> String {
        String((path.split { $0 == "/" || $0 == "\\" }.last ?? "").suffix(100))
    }

    /// RFC 9110 §5.6.2.
    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
             UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
