/// Fields of forms: label above, hint between, the mistake below and tied to the field.

extension Components {
    /// What is typed into a one-line field; also chooses the keyboard of a phone.
    package enum Typing: String, Sendable {
        case text, email, password, search, tel, url, date, time, number, decimal, color
    }

    /// A form of ours, sent once. `csrf` is the principal on signed-in pages, nil on public ones; `files` sends it as
    /// `multipart/form-data`; leaving one that is `kept` asks first, once something in it was changed (`unsaved.js`).
    package static func form(action: Path, csrf: Principal? = nil, id: String? = nil, style: StaticString = "form",
                             files: Bool = false, kept: Bool = false, _ content: HTML) -> HTML {
        """
        <form class="\(HTML(stringLiteral: style))" method="post" action="\(action)"\(attribute("id", id))\
        \(attribute("data-unsaved", kept ? plain("Not saved yet") : nil))\
        \(if: files, then: " enctype=\"multipart/form-data\"") data-once \
        novalidate>\(csrf.map(Components.csrf))\(content)</form>
        """
    }

    /// The token that shows that a form is ours; first in each form of a signed-in page.
    package static func csrf(_ principal: Principal) -> HTML {
        hidden("csrf", principal.csrf)
    }

    /// A value that goes with a form unseen.
    package static func hidden(_ name: String, _ value: String) -> HTML {
        "<input type=\"hidden\" name=\"\(name)\" value=\"\(value)\">"
    }

    /// A one-line field.
    ///
    /// - Parameters:
    ///   - hint: a sentence between label and field.
    ///   - optional: writes “optional” beside the label, or these words; required is not written.
    ///   - short: eight rem wide, for numbers and times.
    ///   - list: the id of a `<datalist>` with proposals.
    ///   - prefix: what stands before what is typed, such as the beginning of an address.
    package static func field(_ name: String, _ label: String, in form: Filled = .empty, typing: Typing = .text,
                              hint: HTML = .empty, optional: String? = nil, autocomplete: String? = nil,
                              placeholder: String? = nil, short: Bool = false, list: String? = nil,
                              prefix: String? = nil) -> HTML {
        around(name, label, in: form, hint: hint, optional: optional, """
            \(prefix.map { "<span class=\"prefixed\"><span class=\"second\" dir=\"ltr\">\($0)</span>" as HTML })\
            <input class="input\(if: short, then: " short")" id="f-\(name)" name="\(name)" \
            type="\([.number, .decimal].contains(typing) ? "text" : typing.rawValue)"\
            \(if: typing == .number, then: " inputmode=\"numeric\"")\
            \(if: typing == .decimal, then: " inputmode=\"decimal\"")\
            \(if: typing != .password, then: attribute("value", form.values[name]))\
            \(attribute("autocomplete", autocomplete))\(attribute("placeholder", placeholder))\
            \(attribute("list", list))\
            \(if: optional == nil, then: " required")\(state(name, in: form, hint: hint))>\
            \(if: prefix != nil, then: "</span>")
            """)
    }

    /// A file to choose.
    ///
    /// - Parameters:
    ///   - accept: what the browser offers, such as `image/png,image/jpeg`; it decides nothing.
    ///   - most: bytes of which no more are taken, and what is said at choosing where there are more (`files.js`).
    package static func file(_ name: String, _ label: String, accept: String, in form: Filled = .empty,
                             hint: HTML = .empty, most: (bytes: Int, words: String)? = nil) -> HTML {
        around(name, label, in: form, hint: hint, optional: nil, """
            <input class="input" id="f-\(name)" name="\(name)" type="file" accept="\(accept)"\
            \(attribute("data-most", most.map { String($0.bytes) }))\(attribute("data-too-large", most?.words))\
            \(state(name, in: form, hint: hint))>
            """)
    }

    /// A field of several lines.
    package static func textarea(_ name: String, _ label: String, in form: Filled = .empty, hint: HTML = .empty,
                                 optional: String? = nil, formID: String? = nil) -> HTML {
        // The line break after the tag is dropped by the browser; a text's own first one is not.
        around(name, label, in: form, hint: hint, optional: optional, """
            <textarea class="input" id="f-\(name)" name="\(name)"\(attribute("form", formID))\
            \(if: optional == nil, then: " required")\(state(name, in: form, hint: hint))>
            \(form[name])</textarea>
            """)
    }

    /// One of many answers: value and words of each.
    package static func select(_ name: String, _ label: String, _ options: [(String, String)], in form: Filled = .empty,
                               hint: HTML = .empty, optional: String? = nil) -> HTML {
        around(name, label, in: form, hint: hint, optional: optional, """
            <select class="input" id="f-\(name)" name="\(name)"\(state(name, in: form, hint: hint))>\
            \(each: options, { option in
                "<option value=\"\(option.0)\"\(if: option.0 == form[name], then: " selected")>\(option.1)</option>"
            })</select>
            """)
    }

    /// A checkbox that waits for “Save”, with a sentence under its words.
    package static func checkbox(_ name: String, _ label: String, in form: Filled = .empty, note: String? = nil,
                                 value: String = "on") -> HTML {
        """
        <label class="choice"><input type="checkbox" id="f-\(name)" name="\(name)" value="\(value)"\
        \(if: form.isOn(name) || form[name] == value, then: " checked")\(state(name, in: form, hint: .empty))> \
        <span>\(label)\(note.map { "<br><span class=\"third\">\($0)</span>" })</span></label>\
        \(error(name, in: form))
        """
    }

    /// Two to five short answers of which one is chosen, inside a form.
    package static func choices(_ name: String, _ legend: String, _ options: [(String, String)],
                                in form: Filled = .empty) -> HTML {
        """
        <fieldset class="field" id="f-\(name)"><legend>\(legend)</legend><div class="segments">\
        \(each: options, { option in """
            <label><input type="radio" name="\(name)" value="\(option.0)"\
            \(if: option.0 == form[name], then: " checked")>\(option.1)</label>
            """ })</div>\(error(name, in: form))</fieldset>
        """
    }

    /// What stands above a form that was sent back: how much is wrong, and a way to each field.
    /// Nothing when all is well. It takes the focus, so that it is heard and the next Tab leads into the form.
    package static func mistakes(_ form: Filled) -> HTML {
        guard !form.errors.isEmpty else { return .empty }
        let count = form.errors.count
        return """
            <div class="banner fails" role="alert" tabindex="-1" autofocus>\(icon(.warning))<div>\
            <p>\(say("\(count)|one:One field needs another look.|other:%1 fields need another look."))</p>\
            <ul class="mistakes">\(each: form.errors, { mistake in
                "<li><a href=\"#f-\(mistake.field)\">\(mistake.message)</a></li>"
            })</ul></div></div>
            """
    }

    /// Label, hint, control and mistake in their order.
    private static func around(_ name: String, _ label: String, in form: Filled, hint: HTML, optional: String?,
                               _ control: HTML) -> HTML {
        """
        <div class="field"><label for="f-\(name)">\(label)\
        \(optional.map { " <span class=\"third\">\($0)</span>" })</label>\
        \(if: !hint.isEmpty, then: "<span class=\"hint\" id=\"f-\(name)-hint\">\(hint)</span>")\
        \(control)\(error(name, in: form))</div>
        """
    }

    /// The mistake in a field, tied to it by `aria-describedby`.
    private static func error(_ name: String, in form: Filled) -> HTML {
        guard let message = form.error(name) else { return .empty }
        return "<p class=\"field-error\" id=\"f-\(name)-error\">\(icon(.warning))\(message)</p>"
    }

    /// `aria-invalid` and `aria-describedby` of a control.
    private static func state(_ name: String, in form: Filled, hint: HTML) -> HTML {
        let isWrong = form.error(name) != nil
        let described = (hint.isEmpty ? [] : ["f-\(name)-hint"]) + (isWrong ? ["f-\(name)-error"] : [])
        return (isWrong ? " aria-invalid=\"true\"" : .empty)
            + attribute("aria-describedby", described.isEmpty ? nil : described.joined(separator: " "))
    }
}
