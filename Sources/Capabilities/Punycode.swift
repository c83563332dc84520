/// Names beyond ASCII in the form mail servers and DNS understand (RFC 3492, `xn--…`).
import Foundation

package enum Punycode {
    /// One label of a domain, already in lower case; nil when it is longer than any label can be.
    /// Only what RFC 5891 calls encoding: no table of look-alikes, the receiving server's DNS decides.
    package static func ascii(label: String) -> String? {
        if label.utf8.allSatisfy({ $0 < 0x80 }) { return label }
        let input = label.unicodeScalars.map { Int($0.value) }
        guard input.count <= 59 else { return nil }
        return "xn--" + encoded(input)
    }

    /// Composed form (NFC), so that two ways to type é give one domain.
    package static func composed(_ text: String) -> String {
        text.precomposedStringWithCanonicalMapping
    }

    /// RFC 3492, section 6.3. At most 59 scalars come in, so no sum can overflow.
    private static func encoded(_ input: [Int]) -> String {
        var output = input.filter { $0 < 0x80 }.compactMap { UnicodeScalar($0).map(Character.init) }
        let basic = output.count
        var done = basic
        if basic > 0 { output.append("-") }
        var code = 128, delta = 0, bias = 72
        while done < input.count {
            let next = input.filter { $0 >= code }.min() ?? code
            delta += (next - code) * (done + 1)
            code = next
            for value in input {
                if value < code { delta += 1 }
                guard value == code else { continue }
                output += digits(of: delta, bias: bias)
                bias = adapted(delta, points: done + 1, first: done == basic)
                delta = 0
                done += 1
            }
            delta += 1
            code += 1
        }
        return String(output)
    }

    private static func digits(of delta: Int, bias: Int) -> [Character] {
        let alphabet = Array("abcdefghijklmnopqrstuvwxyz0123456789")
        var output: [Character] = [], rest = delta, k = 36
        while true {
            let threshold = min(max(k - bias, 1), 26)
            if rest < threshold { return output + [alphabet[rest]] }
            output.append(alphabet[threshold + (rest - threshold) % (36 - threshold)])
            rest = (rest - threshold) / (36 - threshold)
            k += 36
        }
    }

    private static func adapted(_ delta: Int, points: Int, first: Bool) -> Int {
        var delta = first ? delta / 700 : delta / 2, k = 0
        delta += delta / points
        while delta > 455 {
            delta /= 35
            k += 36
        }
        return k + 36 * delta / (delta + 38)
    }
}
