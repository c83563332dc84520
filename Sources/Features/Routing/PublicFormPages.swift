/// What people see of a routing form: its questions, and words where it leads to words.
import Web

/// `/form/<id>`.
struct PublicFormPage: Page {
    let form: RoutingForm
    let workspaceName: WorkspaceName
    /// The signed value that makes a second press the same response.
    let token: String
    var filled = Filled.empty
    /// What the address brings along for the booking, such as where somebody came from.
    var carried: [(String, String)] = []

    static var example: PublicFormPage {
        PublicFormPage(form: .example, workspaceName: "Nordhavn Instruments", token: "example")
    }

    var html: HTML {
        Layout.publicPage(
            title: form.title, workspaceName: workspaceName,
            head: OpenGraph.tags(
                title: form.title, description: form.description.isEmpty ? form.title : form.description, image: nil,
                address: form.path.text), """
            <header class="stack near"><h1 class="display"><bdi>\(form.title)</bdi></h1>\
            \(if: !form.description.isEmpty, then: """
                <p class="second lead prose lines"><bdi>\(form.description)</bdi></p>
                """)</header>\
            <form class="form" method="post" action="\(Path("/form/\(form.id)/responses"))" data-once data-restored \
            novalidate>\(Components.mistakes(filled))\(Components.hidden("form", token))\
            \(each: carried, { Components.hidden($0.0, $0.1) })\
            \(QuestionFields(form.questions, filled).html)\(Decoy.html)\
            <p class="line">\(Components.button(plain("Go on"), .primary))</p></form>
            """)
    }
}

/// `/form/<id>/sent/<response>`: the words a route leads to.
struct FormMessagePage: Page {
    let form: RoutingForm
    let workspaceName: WorkspaceName
    let message: RouteMessage

    static var example: FormMessagePage {
        FormMessagePage(
            form: .example, workspaceName: "Nordhavn Instruments", message: RouteMessage(
                heading: "We write to you", text: "Within a day.", buttonLabel: "Read on",
                buttonURL: WebURL("https://example.com/")))
    }

    var html: HTML {
        Layout.publicPage(title: message.heading, workspaceName: workspaceName, """
            <header class="stack near"><h1 class="display"><bdi>\(message.heading)</bdi></h1>\
            \(if: !message.text.isEmpty, then: """
                <p class="second lead prose lines"><bdi>\(message.text)</bdi></p>
                """)</header>\
            <p class="line">\(button)\
            \(Components.link(plain("Change your answers"), to: form.again, .quiet))</p>
            """)
    }

    private var button: HTML {
        guard let url = message.buttonURL else { return .empty }
        let target: HTML = Frame.current == nil ? .empty : " target=\"_top\""
        return "<a class=\"button primary\" href=\"\(url)\"\(target)><bdi>\(message.buttonLabel)</bdi></a>"
    }
}

/// The same address where a route leads to another website: at once, or by the button.
struct FormOnwardPage: Page {
    let form: RoutingForm
    let workspaceName: WorkspaceName
    let url: WebURL

    static var example: FormOnwardPage {
        guard let url = WebURL("https://nordhavn.example/jobs") else { preconditionFailure("A good address.") }
        return FormOnwardPage(form: .example, workspaceName: "Nordhavn Instruments", url: url)
    }

    var html: HTML {
        let place: HTML = "<bdi>\(url.origin ?? url.text)</bdi>"
        guard Frame.current == nil else { return framed }
        return Layout.publicPage(
            title: form.title, workspaceName: workspaceName,
            head: "<meta http-equiv=\"refresh\" content=\"0; url=\(url)\">\n", """
                <header class="stack near"><h1 class="display">\(say("Thank you"))</h1>\
                <p class="second lead">\(say("You are taken on to \(place)."))</p></header>\
                <p class="line">\(Components.link(plain("Go on"), to: url, .primary))\
                \(Components.link(plain("Change your answers"), to: form.path.fragment("again"), .quiet))</p>
                """)
    }

    /// The other site decides who frames it, so the whole window goes there, by a press.
    private var framed: HTML {
        Layout.publicPage(title: form.title, workspaceName: workspaceName, """
            <h1 class="display">\(say("Thank you"))</h1>\
            <p class="line"><a class="button primary" href="\(url)" target="_top" rel="noreferrer">\(say("Go on"))</a>\
            \(Components.link(plain("Change your answers"), to: form.again, .quiet))</p>
            """)
    }
}

extension RoutingForm {
    /// Back to the questions, with what was answered.
    fileprivate var again: Path { path.adding(query: Frame.current?.pairs ?? []).fragment("again") }
}
