/// One delivery: what was sent, every attempt with its answer, and a way to send it once more.
import Scheduling
import Web

struct DeliveryPage: Page {
    let principal: Principal
    let webhook: Webhook
    let delivery: WebhookDelivery
    let attempts: [WebhookAttempt]
    let times: OwnTimes

    static var example: DeliveryPage {
        DeliveryPage(
            principal: .example, webhook: .example, delivery: .example,
            attempts: [
                WebhookAttempt(
                    number: 1, at: Instant(1_795_000_000), milliseconds: 412, status: 500,
                    reply: "{\"error\":\"busy\"}", problem: ""),
                WebhookAttempt(
                    number: 2, at: Instant(1_795_000_005), milliseconds: 15_000, status: nil, reply: "",
                    problem: "The server did not answer in time."),
            ], times: OwnTimes(zone: .utc, clock: .twentyFour))
    }

    var html: HTML {
        Layout.app(title: delivery.event.words, tab: .webhooks, principal, """
            \(Components.crumbs(
                [(plain("Webhooks"), "/settings/webhooks"), (webhook.host, webhook.path)], delivery.event.words))\
            <header class="page-head"><div class="stack near">\
            <p>\(Components.state(delivery.state.mark, delivery.state.words))</p><h1>\(delivery.event.words)</h1>\
            \(next)</div>\(if: webhook.isActive, then: resend)</header>
            \(Components.pairs([
                (plain("webhook-id"), "<code>\(delivery.id.text)</code>"),
                (plain("Event"), "<code>\(delivery.event.rawValue)</code>"),
                (plain("Happened"), times.html(delivery.createdAt)),
            ]))
            \(tries)
            <section class="stack near" aria-labelledby="body"><h2 class="label" id="body">\(say("What is sent"))</h2>\
            <pre class="mail" dir="ltr"><code>\(delivery.body)</code></pre>\
            </section>
            """)
    }

    private var next: HTML {
        guard let next = delivery.nextAt else { return .empty }
        let hint: HTML = delivery.attempts == 0
            ? say("The first attempt is about to be made.") : say("Tried again on \(times.words(next)).")
        return "<p class=\"second\">\(hint)</p>"
    }

    private var resend: HTML {
        let path = Path("/settings/webhooks/\(webhook.id)/deliveries/\(delivery.id)/resend")
        return """
            <div class="line">\(Components.form(action: path, csrf: principal, style: "line",
                                                Components.button(plain("Send it again"), icon: .send)))</div>
            """
    }

    private var tries: HTML {
        guard !attempts.isEmpty else { return .empty }
        return """
            <section class="stack near" aria-labelledby="attempts"><h2 class="label" id="attempts">\
            \(say("Attempts"))</h2><ol class="steps history" role="list">\(each: attempts.reversed(), attempt)</ol>\
            </section>
            """
    }

    private func attempt(_ attempt: WebhookAttempt) -> HTML {
        let answer = attempt.status.map { plain("Answered \(String($0))") } ?? plain("No answer")
        return """
            <li><p class="meta third">\(times.html(attempt.at))</p><div class="stack tight">\
            <p>\(answer) <span class="third">\(say("after \(attempt.milliseconds) ms"))</span></p>\
            \(if: !attempt.problem.isEmpty, then: "<p class=\"second\" lang=\"en\"><bdi>\(attempt.problem)</bdi></p>")\
            \(if: !attempt.reply.isEmpty, then: """
                <pre class="mail" dir="auto"><code>\(attempt.reply)</code></pre>
                """)</div></li>
            """
    }
}

extension OwnTimes {
    func words(_ instant: Instant) -> String {
        let local = zone.local(at: instant)
        return plain("[day and time] \(local.date.dayWords), \(local.words(clock))")
    }
}

extension WebhookDelivery {
    var path: Path { Path("/settings/webhooks/\(webhook)/deliveries/\(id)") }

    static var example: WebhookDelivery {
        WebhookDelivery(
            id: ID(milliseconds: 1_795_000_000_000, random: Array(repeating: 9, count: 10)),
            webhook: Webhook.example.id, event: .bookingCreated, subject: "bk_0000000005o010000000000000", version: 1,
            body: "{\"type\":\"booking.created\",\"timestamp\":\"2026-11-19T10:26:40Z\",\"data\":{}}", state: .waiting,
            attempts: 2, nextAt: Instant(1_795_000_305), createdAt: Instant(1_795_000_000))
    }
}
