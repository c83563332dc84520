/// The icons: drawn once per page, only those that the page shows.

/// An icon by its name in `Public/icons/icons.txt`.
package enum Icon: String, Sendable, CaseIterable {
    case mark, calendar, clock, video, pin, phone, user, users, globe, check, x, plus, left, right, down, search, menu,
         more, mail, link, copy, warning, info, lock, card, move, arrow, out, chart, flow, poll, note, sliders, shield,
         download, filter, edit, eye, code, chat, grip, route, offer, leave, van, focus, building, probe, send, bell,
         play, door

    /// The drawing, for `<symbol>`.
    var drawing: HTML { Icon.drawings[rawValue] ?? .empty }

    private static let drawings: [String: HTML] = {
        let lines = PublicFiles.all.first { $0.name == "icons/icons.txt" }?.bytes.split(separator: 10) ?? []
        return Dictionary(lines.compactMap { line in
            guard let blank = line.firstIndex(of: 32) else { return nil }
            return (String(decoding: line[..<blank], as: UTF8.self), HTML(trusted: Array(line[(blank + 1)...])))
        }, uniquingKeysWith: { first, _ in first })
    }()

    /// The symbols of all icons that occur in a page, to stand once before `</body>`.
    static func sprite(for page: HTML) -> HTML {
        let used = names(in: page.bytes).sorted()
        guard !used.isEmpty else { return .empty }
        return """
            <svg hidden>\(each: used.compactMap(Icon.init(rawValue:)), {
                "<symbol id=\"i-\($0.rawValue)\" viewBox=\"0 0 20 20\">\($0.drawing)</symbol>"
            })</svg>
            """
    }

    /// The names after `"#i-`.
    private static func names(in bytes: [UInt8]) -> Set<String> {
        let mark = Array("\"#i-".utf8)
        var names: Set<String> = []
        var index = 0
        while index + mark.count < bytes.count {
            guard bytes[index] == mark[0], bytes[index..<index + mark.count].elementsEqual(mark) else {
                index += 1
                continue
            }
            let name = bytes[(index + mark.count)...].prefix { $0 != mark[0] }
            names.insert(String(decoding: name, as: UTF8.self))
            index += mark.count + name.count
        }
        return names
    }
}

extension Components {
    /// An icon beside a word; read out by nobody. `flip` for arrows that mean a direction.
    package static func icon(_ icon: Icon, flip: Bool = false) -> HTML {
        let style = icon == .mark ? "mark" : flip ? "icon flip" : "icon"
        return "<svg class=\"\(style)\" aria-hidden=\"true\"><use href=\"#i-\(icon.rawValue)\"/></svg>"
    }
}
