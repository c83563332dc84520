/// Finds the functions of a file and how long they are; a computed property counts as one.
import Foundation

private let declaration =
    #"(?m)\b(?:func\s+([^\s(<]+)|(?<!\.)\b(init|deinit)\b(?=[?!]?[(<\s])|(subscript)\b|var\s+(\w+)\s*:[^=\n{]*(?=\{))"#

private let nextDeclaration =
    #"^\s*(?:@\w+|(?:\w+ )*(?:func|var|let|init|static|case|associatedtype|subscript)\b)"#

func findFunctions(_ code: [UInt8]) -> [Function] {
    let text = String(decoding: code, as: UTF8.self)
    let bytes = Array(text.utf8)
    var found: [Function] = []
    for match in text.matches(declaration) {
        guard let open = bodyStart(bytes, from: match.offset + match.length) else { continue }
        let close = closing(bytes, from: open)
        // A one-line accessor list in a protocol (`{ get }`) is a requirement, not a body.
        let body = String(decoding: bytes[open...close], as: UTF8.self)
        if !body.matches(#"^\{\s*(get|set|throws|async|mutating|nonmutating|\s)+\}$"#).isEmpty { continue }
        let first = bytes[..<match.offset].count { $0 == 10 } + 1
        let length = bytes[match.offset...close].count { $0 == 10 } + 1
        found.append(Function(name: match.groups.first { !$0.isEmpty } ?? "", line: first, length: length))
    }
    return found
}

/// The brace that opens the body, or nil for a requirement without one. Parameters and their defaults are skipped.
private func bodyStart(_ bytes: [UInt8], from start: Int) -> Int? {
    var depth = 0
    var index = start
    while index < bytes.count {
        switch bytes[index] {
        case UInt8(ascii: "("), UInt8(ascii: "["): depth += 1
        case UInt8(ascii: ")"), UInt8(ascii: "]"): depth -= 1
        case UInt8(ascii: "{") where depth == 0: return index
        case UInt8(ascii: "}") where depth == 0: return nil
        case UInt8(ascii: "\n") where depth == 0:
            let rest = String(decoding: bytes[(index + 1)..<min(bytes.count, index + 200)], as: UTF8.self)
            if rest.contains(pattern: nextDeclaration) { return nil }
        default: break
        }
        index += 1
    }
    return nil
}

private func closing(_ bytes: [UInt8], from open: Int) -> Int {
    var depth = 0
    for index in open..<bytes.count {
        if bytes[index] == UInt8(ascii: "{") { depth += 1 }
        if bytes[index] == UInt8(ascii: "}") { depth -= 1 }
        if depth == 0 { return index }
    }
    return bytes.count - 1
}
