/// What the style sheets and scripts may hold.
import Foundation

extension Rule {
    static let assets = [logicalProperties, scriptCalls, embedded]

    static let logicalProperties = Rule(
        name: "Style sheets name start and end, never left and right",
        bad: [
            ["Public/css/a.css": "p { margin-left: 1rem; }\n"],
            ["Public/css/a.css": "p { text-align: right; }\n"],
            ["Public/css/a.css": "p { left: 0; }\n"],
        ],
        good: ["Public/css/a.css": "p { margin-inline-start: 1rem; text-align: end; inset: 0; } /* left: no */\n"]
    ) { tree in
        let physical = #"(?:margin|padding|border)-(?:left|right)\b|(?:text-align|float):\s*(?:left|right)\b"#
            + #"|(?<![\w-])(?:left|right):"#
        return tree.files.filter { $0.path.hasPrefix("Public/") && $0.path.hasSuffix(".css") }.flatMap { file in
            let text = file.text.matches(#"/\*[\s\S]*?\*/"#).reduce(file.text) { text, comment in
                text.replacingOccurrences(of: comment.text, with: comment.text.replacing("[^\n]", with: " "))
            }
            return text.matches(physical).map { "\(file.path):\(text.lineNumber($0.offset)): \($0.text)" }
        }
    }

    static let embedded = Rule(
        name: "Every style sheet and script is embedded and served",
        bad: [
            ["Public/js/a.js": "a()\n", "Sources/CPublic/public.c": "#embed \"../../Public/js/b.js\"\n"],
            ["Public/js/a.js": "a()\n", "Sources/CPublic/public.c": "#embed \"../../Public/js/a.js\"\n"],
        ],
        good: [
            "Public/js/a.js": "a()\n",
            "Sources/CPublic/public.c": "#embed \"../../Public/js/a.js\"\n{\"js/a.js\", js_a, sizeof js_a},\n",
        ]
    ) { tree in
        let text = tree.file("Sources/CPublic/public.c")?.text ?? ""
        return tree.files.map(\.path).filter { path in
            guard path.hasPrefix("Public/"), path.hasSuffix(".js") || path.hasSuffix(".css"), !text.isEmpty else {
                return false
            }
            return !text.contains("#embed \"../../\(path)\"") || !text.contains("{\"\(path.dropFirst(7))\",")
        }
    }

    static let scriptCalls = Rule(
        name: "Scripts make no HTML or code out of text",
        bad: [
            ["Public/js/a.js": "a.innerHTML = b\n"], ["Public/js/a.js": "eval(b)\n"],
            ["Public/js/a.js": "document.write(b)\n"],
        ],
        good: ["Public/js/a.js": "a.textContent = b; medieval(b)\n"]
    ) { tree in
        let banned = #"\b(?:innerHTML|outerHTML|insertAdjacentHTML)\b|\beval\(|\bnew Function\(|\bdocument\.write\b"#
        return tree.files.filter { $0.path.hasSuffix(".js") }.flatMap { file in
            file.text.matches(banned).map { "\(file.path):\(file.text.lineNumber($0.offset)): \($0.text)" }
        }
    }
}
