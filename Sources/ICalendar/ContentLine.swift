/// One line of a calendar file (RFC 5545, section 3.1): name, parameters, value; written folded, read unfolded.

package struct ContentLine: Hashable, Sendable {
    package struct Parameter: Hashable, Sendable {
        package let name: String
        /// Without quotes and without the escapes of RFC 6868.
        package let values: [String]

        package init(_ name: String, _ values: String...) {
            self.name = name
            self.values = values
        }

        package init(_ name: String, values: [String]) {
            self.name = name
            self.values = values
        }
    }

    /// In upper case.
    package let name: String
    package let parameters: [Parameter]
    /// As it stands in the file: a TEXT value still carries its backslashes (`text` has them removed).
    package let value: String

    init(name: String, parameters: [Parameter], value: String) {
        (self.name, self.parameters, self.value) = (name, parameters, value)
    }

    /// A value that is not TEXT: times, numbers, addresses. Control characters are dropped, so it stays one line.
    package init(_ name: String, _ parameters: [Parameter] = [], raw value: String) {
        (self.name, self.parameters) = (name, parameters)
        self.value = String(String.UnicodeScalarView(value.unicodeScalars.filter { !isForbidden($0) && !isBreak($0) }))
    }

    /// A TEXT value (section 3.3.11).
    package init(_ name: String, _ parameters: [Parameter] = [], text: String) {
        self.init(name, parameters, raw: Self.escaped(text))
    }

    /// The first value of a parameter, by its name in upper case.
    package subscript(parameter parameter: String) -> String? {
        parameters.first { $0.name == parameter }?.values.first
    }

    /// The TEXT value with its escapes taken away.
    package var text: String { Self.unescaped(value.utf8) }
}

// MARK: Writing

extension ContentLine {
    /// The line with CRLF, folded so that no line is longer than 75 octets and no character is split.
    package var folded: String {
        var output = "", width = 0
        for piece in unfolded.foldingPieces {
            if width + piece.utf8.count > 75 {
                output += "\r\n "
                width = 1
            }
            output += piece
            width += piece.utf8.count
        }
        return output + "\r\n"
    }

    private var unfolded: String {
        let written = parameters.map { ";\($0.name)=" + $0.values.map(Self.quoted).joined(separator: ",") }
        return name + written.joined() + ":" + value
    }

    /// Every kind of line break becomes `\n`, other control characters go. Works on scalars: a comma under a
    /// combining mark is a comma to every reader.
    private static func escaped(_ text: String) -> String {
        var output = String.UnicodeScalarView(), afterReturn = false
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\", ";", ",": output += ["\\", scalar]
            case "\n" where afterReturn: break
            case _ where isBreak(scalar): output += ["\\", "n"]
            case _ where isForbidden(scalar): break
            default: output.append(scalar)
            }
            afterReturn = scalar == "\r"
        }
        return String(output)
    }

    /// A parameter value, in quotes where the grammar wants them; what quotes cannot hold is written by RFC 6868.
    private static func quoted(_ value: String) -> String {
        var output = String.UnicodeScalarView(), needsQuotes = false
        for scalar in value.unicodeScalars {
            switch scalar {
            case "^": output += ["^", "^"]
            case "\"": output += ["^", "'"]
            case _ where isBreak(scalar): output += ["^", "n"]
            case _ where isForbidden(scalar): break
            default:
                let isWord = (0x30...0x39).contains(scalar.value) || (0x41...0x5A).contains(scalar.value)
                    || (0x61...0x7A).contains(scalar.value) || scalar == "-"
                if !isWord { needsQuotes = true }
                output.append(scalar)
            }
        }
        return needsQuotes ? "\"\(String(output))\"" : String(output)
    }
}

/// What some reader somewhere takes for the end of a line; `\n` stands for all of them.
private func isBreak(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0x0A...0x0D, 0x85, 0x2028, 0x2029: true
    default: false
    }
}

/// Control characters may not stand in a content line; a tab may.
private func isForbidden(_ scalar: Unicode.Scalar) -> Bool {
    scalar != "\t" && scalar.properties.generalCategory == .control
}

extension String {
    /// Characters, so that a letter keeps its marks; one that fills a line by itself comes scalar by scalar.
    fileprivate var foldingPieces: [String] {
        flatMap { $0.utf8.count <= 74 ? [String($0)] : $0.unicodeScalars.map { String($0) } }
    }
}
