/// The parts of pages: buttons, banners, marks, people, lists. Styled in `Public/css`.

/// Functions that draw one part each. Texts come in translated (`plain`, `say`).
package enum Components {
    /// How loud a button is. One `primary` per region; `danger` is a colour of words, `grave` has its outline too.
    package enum Loudness: String, Sendable {
        case plain = "button"
        case primary = "button primary"
        case quiet = "button quiet"
        case danger = "button quiet danger"
        case grave = "button danger"
    }

    /// A button that sends its form.
    ///
    /// - Parameters:
    ///   - name: with `value`, what the form sends when this button was pressed.
    ///   - form: the id of a form the button stands outside of.
    package static func button(_ label: String, _ loudness: Loudness = .plain, icon: Icon? = nil, name: String? = nil,
                               value: String? = nil, form: String? = nil, wide: Bool = false) -> HTML {
        """
        <button class="\(loudness.rawValue)\(if: wide, then: " wide")"\(attribute("name", name))\
        \(attribute("value", value))\(attribute("form", form))>\(icon.map { Components.icon($0) })\(label)</button>
        """
    }

    /// A link that looks like a button.
    package static func link(_ label: String, to path: Path, _ loudness: Loudness = .plain, icon: Icon? = nil,
                             wide: Bool = false) -> HTML {
        """
        <a class="\(loudness.rawValue)\(if: wide, then: " wide")" href="\(path)">\
        \(icon.map { Components.icon($0) })\(label)</a>
        """
    }

    /// A link that looks like a button and opens beside the page, which whoever listens is told.
    package static func newTab(_ label: String, to path: Path, _ loudness: Loudness = .plain,
                               icon: Icon? = nil) -> HTML {
        """
        <a class="\(loudness.rawValue)" href="\(path)" target="_blank" rel="noopener">\
        \(icon.map { Components.icon($0) })\(label)<span class="hidden"> \(say("(opens a new tab)"))</span></a>
        """
    }

    /// A link to a page that is never framed: in a frame it opens beside it.
    package static func beside(_ label: String, to path: Path, _ loudness: Loudness = .plain,
                               icon: Icon? = nil) -> HTML {
        Frame.current == nil
            ? link(label, to: path, loudness, icon: icon) : newTab(label, to: path, loudness, icon: icon)
    }

    /// A link elsewhere that looks like a button.
    package static func link(_ label: String, to url: WebURL, _ loudness: Loudness = .plain,
                             icon: Icon? = nil) -> HTML {
        """
        <a class="\(loudness.rawValue)" href="\(url)" rel="noreferrer">\(icon.map { Components.icon($0) })\(label)</a>
        """
    }

    /// A link that is only an icon; the label is read out.
    package static func iconLink(_ label: String, to path: Path, _ icon: Icon, flip: Bool = false,
                                 end: Bool = false) -> HTML {
        """
        <a class="icon-button\(if: end, then: " end")" href="\(path)" aria-label="\(label)">\
        \(Components.icon(icon, flip: flip))</a>
        """
    }

    /// A button that copies a text. Shown by the script, so that without one there is no button that does nothing.
    ///
    /// - Parameter of: whose text it is, read out after the label where several such buttons stand on a page.
    package static func copyButton(
        _ text: String, label: String, of what: String? = nil, _ loudness: Loudness = .plain
    ) -> HTML {
        """
        <button class="\(loudness.rawValue)" type="button" hidden data-copy="\(text)" data-copied="\(plain("Copied"))">\
        \(icon(.copy))<span>\(label)</span>\(what.map { " <span class=\"hidden\">\($0)</span>" })</button>
        """
    }

    /// What a banner is about.
    package enum Tone: String, Sendable {
        case notes = "banner"
        case warns = "banner warns"
        case fails = "banner fails"

        var icon: Icon { self == .notes ? .info : .warning }
    }

    /// What happened, what it means, and one button that mends it. At most one per page.
    /// A failing banner is read out at once; one that `isMet` has the focus, so that it is in sight and read first.
    package static func banner(_ tone: Tone, _ text: HTML, actions: HTML = .empty, isMet: Bool = false) -> HTML {
        """
        <div class="\(tone.rawValue)" role="\(tone == .fails ? "alert" : "status")"\
        \(if: isMet, then: " tabindex=\"-1\" autofocus")>\(icon(tone.icon))<p>\(text)</p>\
        \(if: !actions.isEmpty, then: "<div class=\"actions\">\(actions)</div>")</div>
        """
    }

    /// What is missing, what to do, one button.
    package static func empty(_ title: String, _ text: HTML, action: HTML = .empty) -> HTML {
        "<div class=\"empty\"><h2>\(title)</h2><p>\(text)</p>\(action)</div>"
    }

    /// Facts with an icon each.
    package static func facts(_ facts: [(Icon, HTML)]) -> HTML {
        """
        <ul class="facts second" role="list">\(each: facts, { "<li>\(icon($0.0))<span>\($0.1)</span></li>" })</ul>
        """
    }

    /// Terms and what they are, such as the details of a booking.
    package static func pairs(_ pairs: [(String, HTML)]) -> HTML {
        "<dl class=\"pairs\">\(each: pairs, { "<dt>\($0.0)</dt><dd>\($0.1)</dd>" })</dl>"
    }

    /// Tabs are addresses.
    ///
    /// - Parameter label: what the tabs choose, read out.
    package static func tabs(label: String, _ tabs: [Choice]) -> HTML {
        "<nav class=\"tabs\" aria-label=\"\(label)\">\(each: tabs, { $0.link(current: "page") })</nav>"
    }

    /// Two to five short answers of which one is chosen, as links.
    package static func segments(label: String, _ choices: [Choice]) -> HTML {
        "<nav class=\"segments\" aria-label=\"\(label)\">\(each: choices, { $0.link(current: "true") })</nav>"
    }

    /// One of some addresses.
    package struct Choice: Sendable {
        let label: String
        let path: Path
        let isCurrent: Bool
        let count: Int?
        /// Counting stopped there: `200+`.
        let isMore: Bool
        let id: String?

        package init(
            _ label: String, _ path: Path, isCurrent: Bool = false, count: Int? = nil, isMore: Bool = false,
            id: String? = nil
        ) {
            self.label = label
            self.path = path
            self.isCurrent = isCurrent
            self.count = count
            self.isMore = isMore
            self.id = id
        }

        func link(current: String) -> HTML {
            """
            <a href="\(path)"\(attribute("id", id))\(attribute("aria-current", isCurrent ? current : nil))>\(label)\
            \(count.map { " <span class=\"count\">\($0)\(if: isMore, then: "+")</span>" })</a>
            """
        }
    }

    /// The head of a section: its name, and a way to more.
    package static func sectionHead(_ title: String, id: String, more: (String, Path)? = nil) -> HTML {
        """
        <div class="section-head"><h2 id="\(id)">\(title)</h2>\
        \(more.map { " <a href=\"\($0.1)\">\($0.0)</a>" })</div>
        """
    }

    /// The head of a page in the app: title, a sentence that answers, and actions.
    package static func pageHead(_ title: String, _ answer: HTML = .empty, actions: HTML = .empty) -> HTML {
        """
        <header class="page-head"><div><h1>\(title)</h1>\
        \(if: !answer.isEmpty, then: "<p class=\"second\">\(answer)</p>")</div>\
        \(if: !actions.isEmpty, then: "<div class=\"line\">\(actions)</div>")</header>
        """
    }

    /// Where one is: the pages above, then this one.
    package static func crumbs(_ above: [(String, Path)], _ here: String) -> HTML {
        """
        <ol class="crumbs" role="list" aria-label="\(plain("You are here"))">\
        \(each: above, { "<li><a href=\"\($0.1)\">\($0.0)</a></li>" })<li aria-current="page">\(here)</li></ol>
        """
    }

    /// At the end of a row that leads somewhere as a whole.
    package static var onward: HTML { "<span class=\"onward\">\(icon(.right, flip: true))</span>" }

    /// ` name="value"`, or nothing where there is no value.
    static func attribute(_ name: StaticString, _ value: String?) -> HTML {
        guard let value else { return .empty }
        return HTML([HTML(stringLiteral: " "), HTML(stringLiteral: name), "=\"\(value)\""])
    }
}
