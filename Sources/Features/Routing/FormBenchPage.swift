/// The test bench: which route some answers take, and why the earlier ones do not.
import Web

/// `/settings/routing-forms/<id>/test`.
struct FormBenchPage: Page {
    let principal: Principal
    let form: RoutingForm
    let address: String
    var filled = Filled.empty
    /// What the answers led to; nil before anything was tried.
    var result: Result?
    var done: String?

    struct Result: Sendable {
        var tried: [TriedRoute]
        var action: RouteAction
        /// What the link or the person is called.
        var target: String
    }

    static var example: FormBenchPage {
        FormBenchPage(
            principal: .example, form: .example, address: "https://meet.example", result: Result(
                tried: [TriedRoute(name: "Support", result: .taken)], action: .link(Link.example.id),
                target: Link.example.rules.title))
    }

    var html: HTML {
        let path = Path("/settings/routing-forms/\(form.id)/test")
        return Layout.app(title: form.title, tab: .forms, principal, """
            \(FormHead(form: form, address: address).html(.test))\
            \(if: done != nil, then: Components.banner(.notes, say("Saved."), isMet: true))\(result.map(told))\
            \(samples)\
            \(Components.form(action: path, csrf: principal, """
                \(Components.mistakes(filled))<p class="hint">\(say("Nothing is kept, and nobody is told."))</p>\
                \(QuestionFields(form.questions, filled).html)\
                \(Components.field("name", plain("Name of the sample"), in: filled,
                                   hint: say("To try these answers again after a change."),
                                   optional: plain("to keep them")))\
                <p class="line">\(Components.button(plain("Try it"), .primary))\
                \(Components.button(plain("Keep as a sample"), name: "keep", value: "yes"))</p>
                """))
            """)
    }

    private func told(_ result: Result) -> HTML {
        let way: HTML = result.tried.last?.result == .taken
            ? say("These answers take the route “\("<bdi>\(name(result.tried.count - 1))</bdi>" as HTML)”.")
            : say("No route takes these answers; they go where everybody else goes.")
        return """
            <section class="stack near" aria-labelledby="result"><h2 class="label" id="result">\(say("Result"))</h2>\
            <p class="lead">\(way)</p><p class="second">\(result.action.kind.words): <bdi>\(result.target)</bdi></p>\
            <ol class="stack tight">\(each: Array(result.tried.enumerated()), { index, route in
                "<li><bdi>\(name(index))</bdi>: \(route.result.words)</li>"
            })</ol></section>
            """
    }

    private func name(_ index: Int) -> String {
        let name = form.routes.indices.contains(index) ? form.routes[index].name : ""
        return name.isEmpty ? plain("Route \(index + 1)") : name
    }

    private var samples: HTML {
        guard !form.samples.isEmpty else { return .empty }
        let path = Path("/settings/routing-forms/\(form.id)/test")
        return """
            <section class="stack near" aria-labelledby="samples"><h2 class="label" id="samples">\
            \(say("Samples"))</h2><ul class="rows" role="list">\
            \(each: Array(form.samples.enumerated()), { index, sample in """
                <li class="row"><p><a class="row-link" href="\(path.adding(query: [("sample", String(index))]))">\
                <bdi>\(sample.name)</bdi></a></p>\(Components.form(
                    action: Path("/settings/routing-forms/\(form.id)/samples"), csrf: principal, style: "line end", """
                    \(Components.hidden("version", String(form.version)))\
                    \(Components.button(plain("Drop \(sample.name)"), .quiet, name: "drop", value: String(index)))
                    """))</li>
                """ })</ul></section>
            """
    }
}

extension TriedRoute.Result {
    fileprivate var words: String {
        switch self {
        case .taken: plain("taken")
        case .noMatch: plain("the answers do not fit")
        case .noFreeTime: plain("it fits, but no time is free soon enough")
        case .gone: plain("it fits, but the link or the person is not there")
        }
    }
}
