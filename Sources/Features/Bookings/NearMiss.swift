/// Addresses that are probably mistyped: `gmial.com` for `gmail.com`. A hint, never a refusal.
import Web

enum NearMiss {
    /// What was probably meant; nil when the address looks right or is too far from anything known.
    static func suggestion(for email: String) -> String? {
        guard let at = email.lastIndex(of: "@") else { return nil }
        let domain = email[email.index(after: at)...].lowercased()
        guard let better = domainMeant(by: domain), better != domain else { return nil }
        return email[...at] + better
    }

    private static func domainMeant(by domain: String) -> String? {
        // Whoever has an account at a real neighbour of gmail.com must not be asked about it.
        if known.contains(domain) || neighbours.contains(domain) { return nil }
        if domain.utf8.count > 7, let near = known.first(where: { distance($0, domain) == 1 }) { return near }
        guard let dot = domain.lastIndex(of: "."), let ending = endings[String(domain[domain.index(after: dot)...])]
        else { return nil }
        return domain[...dot] + ending
    }

    /// Whether addresses of strangers to each other are at this domain.
    static func isShared(_ domain: String) -> Bool { known.contains(domain) || neighbours.contains(domain) }

    /// In the order of how many people have them.
    private static let known = [
        "gmail.com", "hotmail.com", "yahoo.com", "outlook.com", "icloud.com", "googlemail.com", "live.com",
        "proton.me", "protonmail.com", "yahoo.co.uk", "hotmail.co.uk", "web.de", "gmx.de", "gmx.net", "t-online.de",
        "orange.fr", "wanadoo.fr", "libero.it", "comcast.net", "verizon.net",
    ]

    /// One letter away from a known one, and real.
    private static let neighbours: Set<String> = ["gmx.com", "mail.com", "email.com", "ymail.com", "hotmail.de"]

    /// Endings that do not exist, and what they stand for.
    private static let endings = [
        "con": "com", "cmo": "com", "ocm": "com", "comm": "com", "vom": "com", "xom": "com", "cpm": "com",
        "coom": "com", "nett": "net", "nte": "net", "ogr": "org", "orgg": "org",
    ]

    /// Letters to add, drop, change, or swap with their neighbour; 2 stands for two and more.
    static func distance(_ a: String, _ b: String) -> Int {
        let (a, b) = (Array(a.utf8), Array(b.utf8))
        if a == b { return 0 }
        guard abs(a.count - b.count) <= 1 else { return 2 }
        let head = zip(a, b).prefix { $0 == $1 }.count
        let (restA, restB) = (a[head...], b[head...])
        if a.count == b.count {
            if restA.dropFirst() == restB.dropFirst() { return 1 }
            let swapped = restA.count > 1 && restA.first == restB.dropFirst().first
                && restB.first == restA.dropFirst().first && restA.dropFirst(2) == restB.dropFirst(2)
            return swapped ? 1 : 2
        }
        return a.count > b.count ? (restA.dropFirst() == restB ? 1 : 2) : (restB.dropFirst() == restA ? 1 : 2)
    }
}

extension NearMiss {
    /// What stands beside the field of an address.
    enum Hint: Sendable {
        /// Probably another one was meant.
        case asks(String)
        /// The suggested one was taken and stands in the field.
        case taken

        var isAsked: Bool { if case .asks = self { true } else { false } }

        /// - Parameter typed: what was typed; whoever sends it once more means it.
        func html(typed: String) -> HTML {
            guard case .asks(let meant) = self else {
                return NearMiss.said(say("Changed. Look at it once more, then send it."))
            }
            let domain: HTML = "<bdi>\(String(meant.split(separator: "@").last ?? ""))</bdi>"
            return Components.hidden("sure", typed) + NearMiss.asked(
                say("Did you mean \(domain)? If yours is right, send it once more."),
                Components.button(plain("Use \(meant)"), name: "meant", value: meant))
        }
    }

    /// The guests as typed, with what was probably meant in place of each near miss; nil when all look right.
    static func guests(_ typed: String) -> (text: String, better: [String])? {
        var (better, text, word): ([String], String, String) = ([], "", "")
        func end() {
            let meant = suggestion(for: word)
            if let meant { better.append(meant) }
            text += meant ?? word
            word = ""
        }
        for character in typed {
            guard character == "," || character == ";" || character.isWhitespace else {
                word.append(character)
                continue
            }
            end()
            text.append(character)
        }
        end()
        return better.isEmpty ? nil : (text, better)
    }

    static func asked(_ words: HTML, _ button: HTML) -> HTML {
        """
        <div class="banner warns" role="alert" tabindex="-1" autofocus>\(Components.icon(.info))\
        <div class="stack near"><p>\(words)</p><p>\(button)</p></div></div>
        """
    }

    static func said(_ words: HTML) -> HTML {
        "<p class=\"meta second\" role=\"status\" tabindex=\"-1\" autofocus>\(words)</p>"
    }
}
