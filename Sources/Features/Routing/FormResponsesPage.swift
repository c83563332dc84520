/// What people answered to a form, where it led, and another way for one of them.
import Scheduling
import Web

/// `/settings/routing-forms/<id>/responses`.
struct FormResponsesPage: Page {
    static let shown = 50

    let principal: Principal
    let form: RoutingForm
    let address: String
    let responses: [FormResponse]
    let zone: Zone
    let clock: HourClock
    /// Id and title.
    let links: [(String, String)]
    /// The address of each response that was led to another link.
    var addresses: [ID<FormResponseID>: String] = [:]
    var next: ID<FormResponseID>?
    var done: String?

    static var example: FormResponsesPage {
        let form = RoutingForm.example
        let response = FormResponse(
            id: ID(milliseconds: 1, random: [UInt8](repeating: 1, count: 10)), form: form.id,
            answers: [
                Answered(question: form.questions[0].id, label: form.questions[0].label, value: "Measuring air"),
                Answered(question: form.questions[1].id, label: "Work e-mail", value: "ada@example.com", kind: .email),
            ], route: "Support", action: .link(Link.example.id), createdAt: Instant(1_800_000_000))
        return FormResponsesPage(
            principal: .example, form: form, address: "https://meet.example", responses: [response], zone: .utc,
            clock: .twentyFour, links: [(Link.example.id.text, Link.example.rules.title)])
    }

    var html: HTML {
        let path = Path("/settings/routing-forms/\(form.id)/responses")
        let more: HTML = next.map { next in
            "<p>\(Components.link(plain("Older ones"), to: path.adding(query: [("after", next.text)])))</p>" as HTML
        } ?? .empty
        let file: HTML = responses.isEmpty ? .empty : """
            <p class="line">\(Components.link(
                plain("All as a file (CSV)"), to: Path("/settings/routing-forms/\(form.id)/responses.csv"),
                icon: .download))</p>
            """
        return Layout.app(title: form.title, tab: .forms, principal, """
            \(FormHead(form: form, address: address).html(.responses))\
            \(if: done != nil, then: Components.banner(
                .notes, say("Done. Send the address below to whoever answered; it stands ready with their answers."),
                isMet: true))\
            \(if: responses.isEmpty, then: Components.empty(
                plain("No responses yet"), say("They stand here as soon as somebody answers.")), else: """
                <ul class="rows" role="list">\(each: responses, row)</ul>
                """)\(more)\(file)
            """)
    }

    private func row(_ response: FormResponse) -> HTML {
        let local = zone.local(at: response.createdAt)
        let route = response.route.map { $0.isEmpty ? plain("a route without a name") : $0 } ?? plain("everybody else")
        let booking: HTML = response.booking.map { id in
            "<a class=\"inline\" href=\"\(Path("/calendar/bookings/\(id)"))\">\(say("See the booking"))</a>" as HTML
        } ?? .empty
        return """
            <li class="stack near" id="\(response.id)"><p class="meta third">\
            <time>\(local.date.dayWords), \(local.words(clock))</time> · <bdi>\(route)</bdi></p>\
            \(Components.pairs(response.answers.map { answer in
                (answer.label, "<span class=\"lines\"><bdi>\(answer.words)</bdi></span>")
            }))\
            <p class="line">\(booking)</p>\(other(response))</li>
            """
    }

    /// Another link for whoever answered this.
    private func other(_ response: FormResponse) -> HTML {
        guard principal.may(.manageLinks), !links.isEmpty else { return .empty }
        let path = Path("/settings/routing-forms/\(form.id)/responses/\(response.id)/route")
        let filled = Filled(values: ["linkId": response.rerouted?.text ?? ""])
        let address: HTML = addresses[response.id].map { address in
            """
            <p class="line"><bdi dir="ltr" class="second address">\(address)</bdi>\
            \(Components.copyButton(address, label: plain("Copy this address")))</p>
            """ as HTML
        } ?? .empty
        return """
            \(address)<details class="more"><summary class="button quiet">\(Components.icon(.route))\
            \(say("Lead them elsewhere"))</summary>\(Components.form(action: path, csrf: principal, style: "line", """
                \(Components.select("linkId", plain("Another link"), links, in: filled))\
                \(Components.button(plain("Make the address")))
                """))</details>
            """
    }
}
