/// The pages of a form's people: which forms there are, and what one asks.
import Scheduling
import Web

/// `/calendar/routing-forms`, which is `/settings/routing-forms` too.
struct RoutingFormsPage: Page {
    let principal: Principal
    /// Each with the number of its responses.
    let forms: [(form: RoutingForm, responses: Int)]
    let address: String
    var done: String?

    static var example: RoutingFormsPage {
        RoutingFormsPage(principal: .example, forms: [(.example, 3)], address: "https://meet.example")
    }

    var html: HTML {
        Layout.app(title: plain("Routing forms"), tab: .forms, principal, """
            \(if: done == "deleted", then: Components.banner(.notes, say("Deleted.")))\
            \(Components.pageHead(
                plain("Routing forms"), say("A few questions first, then the right person’s times."), actions: new))\
            \(if: forms.isEmpty, then: nothing, else: """
                <ul class="rows" role="list">\(each: forms, row)</ul>
                """)
            """)
    }

    private var new: HTML {
        guard principal.may(.manageLinks) else { return .empty }
        return Components.link(plain("New form"), to: "/settings/routing-forms/new", .primary, icon: .plus)
    }

    private var nothing: HTML {
        Components.empty(
            plain("No forms yet"),
            say("A form asks a few questions and leads each visitor to the link, the person or the words for them."),
            action: new)
    }

    private func row(_ row: (form: RoutingForm, responses: Int)) -> HTML {
        let (form, count) = (row.form, row.responses)
        let state: HTML = form.isActive ? .empty : Components.state(.cancelled, plain("Switched off"))
        // Viewers read that it is there, and no more.
        let isMine = principal.may(.manageLinks)
        let name: HTML = "<bdi>\(form.title)</bdi>"
        let title: HTML = "<a class=\"row-link\" href=\"\(form.settings)\">\(name)</a>"
        let words = say("\(count)|one:one response|other:%1 responses")
        let list = Path("/settings/routing-forms/\(form.id)/responses")
        let responses: HTML = "<a class=\"inline\" href=\"\(list)\">\(words)</a>"
        return """
            <li class="row"><div class="stack tight"><h2>\(isMine ? title : name) \(state)</h2><p class="meta third">\
            \(say("\(form.questions.count)|one:One question|other:%1 questions")) · \
            \(say("\(form.routes.count)|one:one route|other:%1 routes")) · \(isMine ? responses : words)</p></div>\
            <p class="line end">\(Components.copyButton(address + form.path.text, label: plain("Copy link")))\
            \(Components.newTab(plain("Open as a visitor"), to: form.path, icon: .eye))</p></li>
            """
    }
}

/// The pages of one form have the same head, and lead to each other.
struct FormHead {
    enum Part: String, CaseIterable { case questions, routes, test, responses }

    let form: RoutingForm
    let address: String

    func html(_ part: Part) -> HTML {
        let parts: [(Part, String)] = [
            (.questions, plain("Questions")), (.routes, plain("Routes")), (.test, plain("Try it")),
            (.responses, plain("Responses")),
        ]
        let tabs = parts.map { one, name in
            let path = one == .questions ? form.settings : Path("/settings/routing-forms/\(form.id)/\(one.rawValue)")
            return Components.Choice(name, path, isCurrent: one == part)
        }
        let url = "<bdi dir=\"ltr\">\(address + form.path.text)</bdi>" as HTML
        let answer = form.isActive ? say("Answered at \(url)") : say("Switched off: nobody can answer it.")
        let actions: HTML = """
            \(Components.link(plain("Share and embed"), to: form.settings.below("embed")))\
            \(Components.copyButton(address + form.path.text, label: plain("Copy link")))\
            \(Components.newTab(plain("Open as a visitor"), to: form.path, icon: .eye))
            """
        return """
            \(Components.crumbs([(plain("Routing forms"), "/calendar/routing-forms")], form.title))\
            \(Components.pageHead(form.title, answer, actions: actions))\
            \(Components.segments(label: plain("Parts of the form"), tabs))
            """
    }
}

/// `/settings/routing-forms/new` and `/settings/routing-forms/<id>`: what is asked.
struct FormQuestionsPage: Page {
    let principal: Principal
    /// Nil while it is being made.
    let form: RoutingForm?
    let address: String
    var filled: Filled
    var done: String?
    var conflict: String?

    static var example: FormQuestionsPage {
        FormQuestionsPage(
            principal: .example, form: .example, address: "https://meet.example",
            filled: RoutingForm.example.questionValues)
    }

    var html: HTML {
        let title = form?.title ?? plain("New form")
        let head: HTML = if let form { FormHead(form: form, address: address).html(.questions) } else {
            """
            \(Components.crumbs([(plain("Routing forms"), "/calendar/routing-forms")], title))\
            \(Components.pageHead(title, say("First what it asks; where it leads comes next.")))
            """
        }
        return Layout.app(title: title, tab: .forms, principal, """
            \(head)\(if: done != nil, then: Components.banner(.notes, said, isMet: true))\
            \(conflict.map { Components.banner(.fails, "\($0)") })\(fields)\(form.map(deletion))
            """)
    }

    private var said: HTML {
        done == "made" ? say("The form is there. Say next where its answers lead.") : say("Saved.")
    }

    private var fields: HTML {
        let action = form?.settings ?? "/settings/routing-forms"
        let names = [("", plain("None of them"))] + (form?.questions ?? []).map { ($0.id.text, $0.label) }
        let name: HTML = form == nil ? .empty : Components.select(
            "nameQuestion", plain("The answer that is their name"), names, in: filled,
            hint: say("It stands ready where they book, as do their e-mail address and phone number."))
        return Components.form(action: action, csrf: principal, id: "form", kept: true, """
            \(Components.mistakes(filled))\(Components.hidden("version", filled["version"]))\
            \(Components.field("title", plain("Title"), in: filled, hint: say("Visitors read it first.")))\
            \(Components.textarea("description", plain("Words below it"), in: filled, optional: plain("optional")))\
            \(Components.checkbox("active", plain("Can be answered"), in: filled))\
            \(LinkFraming.area(in: filled))\
            <fieldset class="stack" id="f-questions" tabindex="-1"><legend class="lead">\(say("Questions"))</legend>\
            \(QuestionSection(
                filled, hint: say("Leave a row empty to drop it."), takesFiles: false).html)</fieldset>\(name)\
            <p class="line">\(Components.button(form == nil ? plain("Make the form") : plain("Save"), .primary))\
            \(Components.link(plain("Back to forms"), to: "/calendar/routing-forms", .quiet))</p>
            """)
    }

    /// Asks before it deletes, without script.
    private func deletion(_ form: RoutingForm) -> HTML {
        let path = Path("/settings/routing-forms/\(form.id)/deletion")
        return """
            <details class="revoke"><summary class="button quiet">\(say("Delete the form"))</summary>\
            \(Components.form(action: path, csrf: principal, """
                <p>\(say("Its address stops working at once. What people answered goes with it."))</p>\
                <p>\(Components.button(plain("Delete it"), .danger))</p>
                """))</details>
            """
    }
}

extension RoutingForm {
    /// Its questions as the fields of their form.
    var questionValues: Filled {
        var values = ["title": title, "description": description, "version": String(version)]
        if isActive { values["active"] = "on" }
        values["nameQuestion"] = nameQuestion?.text ?? ""
        values[LinkFraming.field] = origins.map(\.text).joined(separator: "\n")
        for (index, question) in questions.enumerated() {
            values.merge(QuestionSection.values(question, at: index)) { $1 }
        }
        return Filled(values: values)
    }
}
