/// The pages of webhooks: which there are, a new one, and one with its settings, its secret and its log.
import Scheduling
import Web

struct WebhooksPage: Page {
    let principal: Principal
    let webhooks: [Webhook]
    /// When each was last called.
    let last: [ID<Webhook>: Instant]
    let times: OwnTimes
    var isDone = false

    static var example: WebhooksPage {
        WebhooksPage(
            principal: .example, webhooks: [.example], last: [:], times: OwnTimes(zone: .utc, clock: .twentyFour))
    }

    var html: HTML {
        Layout.app(title: plain("Webhooks"), tab: .webhooks, principal, """
            \(if: isDone, then: Components.banner(.notes, say("Deleted.")))\
            \(Components.pageHead(
                plain("Webhooks"), say("Your own programs are told what happens to meetings, signed, within seconds."),
                actions: webhooks.isEmpty ? .empty : new))
            \(if: webhooks.isEmpty, then: nothing, else: list)
            <p>\(Components.link(plain("Which hosts are contacted"), to: "/settings/outside-hosts"))</p>
            """)
    }

    private var new: HTML {
        Components.link(plain("New webhook"), to: "/settings/webhooks/new", .primary, icon: .plus)
    }

    private var nothing: HTML {
        Components.empty(
            plain("No webhooks yet"), say("Give the address of a program that wants to know when a meeting is booked."),
            action: new)
    }

    private var list: HTML {
        """
        <div class="scroll" tabindex="0" role="region" aria-label="\(plain("Webhooks"))"><table class="table cards">\
        <thead><tr><th scope="col">\(say("Host"))</th><th scope="col">\(say("State"))</th>\
        <th scope="col">\(say("Told of"))</th><th scope="col">\(say("Last called"))</th></tr></thead>\
        <tbody>\(each: webhooks, row)</tbody></table></div>
        """
    }

    private func row(_ webhook: Webhook) -> HTML {
        let called = last[webhook.id].map(times.html) ?? say("Never")
        return """
            <tr><th scope="row"><a class="row-link" href="\(webhook.path)"><bdi>\(webhook.host)</bdi></a>\
            \(if: !webhook.description.isEmpty, then: """
                <br><span class="third"><bdi>\(webhook.description)</bdi></span>
                """)</th><td>\(webhook.stateHTML)</td>\
            <td class="second" data-label="\(plain("Told of"))">\
            \(say("\(webhook.events.count)|one:One event|other:%1 events"))</td>\
            <td class="second" data-label="\(plain("Last called"))">\(called)</td></tr>
            """
    }
}

struct NewWebhookPage: Page {
    let principal: Principal
    var form: Filled

    static var example: NewWebhookPage { NewWebhookPage(principal: .example, form: .empty) }

    var html: HTML {
        Layout.app(title: plain("New webhook"), tab: .webhooks, principal, """
            \(Components.crumbs([(plain("Webhooks"), "/settings/webhooks")], plain("New webhook")))\
            \(Components.pageHead(
                plain("New webhook"), say("Once it is made you see its secret, with which calls are checked.")))\
            \(Components.mistakes(form))
            \(Components.form(action: "/settings/webhooks", csrf: principal, """
                \(WebhookParts.fields(form))<div>\(Components.button(plain("Make the webhook"), .primary))</div>
                """))
            """)
    }
}

enum WebhookParts {
    static func fields(_ form: Filled) -> HTML {
        """
        \(Components.field("url", plain("Address"), in: form, typing: .url,
                           hint: say("Where the calls go, such as https://example.org/hooks/meetings.")))\
        \(Components.field("description", plain("Description"), in: form, hint: say("What it is for, for your team."),
                           optional: plain("optional")))\
        <fieldset class="field" id="f-events"><legend>\(say("What it is told"))</legend>\
        \(form.error("events").map { "<p class=\"field-error\">\(Components.icon(.warning))\($0)</p>" as HTML })\
        \(each: WebhookEvent.allCases, { event in """
            <label class="choice"><input type="checkbox" name="events" value="\(event.rawValue)"\
            \(if: form.isOn("event.\(event.rawValue)"), then: " checked")> <span>\(event.words) \
            <code class="third">\(event.rawValue)</code></span></label>
            """ })</fieldset>
        """
    }
}

struct WebhookPage: Page {
    enum Done: String { case saved, tested }

    let principal: Principal
    let webhook: Webhook
    let deliveries: [WebhookDelivery]
    let hasMore: Bool
    let times: OwnTimes
    var form: Filled
    /// Just made; on this page and never again.
    var secret: String?
    var done: Done?

    static var example: WebhookPage {
        WebhookPage(
            principal: .example, webhook: .example, deliveries: [.example], hasMore: false,
            times: OwnTimes(zone: .utc, clock: .twentyFour),
            form: Filled(values: ["url": Webhook.example.url, "active": "on", "event.booking.created": "on"]))
    }

    var html: HTML {
        Layout.app(title: webhook.host, tab: .webhooks, principal, """
            \(banner)\(Components.crumbs([(plain("Webhooks"), "/settings/webhooks")], webhook.host))\
            <header class="page-head"><div class="stack near"><p>\(webhook.stateHTML)</p>\
            <h1><bdi>\(webhook.host)</bdi></h1></div>\
            \(if: webhook.isActive, then: test)</header>\
            \(secret.map(shown))\(Components.mistakes(form))
            \(Components.form(action: webhook.path, csrf: principal, """
                \(WebhookParts.fields(form))\
                \(Components.checkbox("active", plain("Switched on"), in: form,
                                      note: plain("While it is off, nothing is sent and nothing is kept for later.")))\
                <div>\(Components.button(plain("Save"), .primary))</div>
                """))
            \(log)\(rotation)\(deletion)
            """)
    }

    private var banner: HTML {
        switch (done, webhook.isActive ? nil : webhook.offReason) {
        case (_, .gone?):
            Components.banner(.warns, say("The host answered that this address is gone, so it was switched off."))
        case (_, .failing?):
            Components.banner(
                .warns, say("Every call failed for \(Webhook.failingDays) days, so it was switched off."))
        case (.saved?, _): Components.banner(.notes, say("Saved."))
        case (.tested?, _): Components.banner(.notes, say("A test is on its way; it is the first row of the log."))
        case (nil, nil): .empty
        }
    }

    private var test: HTML {
        """
        <div class="line">\(Components.form(action: Path("/settings/webhooks/\(webhook.id)/test"), csrf: principal,
                                            style: "line", Components.button(plain("Send a test"), icon: .send)))</div>
        """
    }

    private func shown(_ secret: String) -> HTML {
        """
        <div class="banner" role="status">\(Components.icon(.lock))<div class="stack near">\
        <p><b>\(say("This is the secret. It is shown now and never again."))</b></p>\
        <p><code class="code">\(secret)</code></p>\
        <p class="line">\(Components.copyButton(secret, label: plain("Copy the secret"), .primary))\
        \(Components.link(plain("I have stored it"), to: webhook.path))</p></div></div>
        """
    }

    // MARK: The log

    private var log: HTML {
        """
        <section class="stack" aria-labelledby="log">\(Components.sectionHead(plain("Deliveries"), id: "log"))\
        \(if: deliveries.isEmpty, then: nothing, else: table)\(more)</section>
        """
    }

    private var nothing: HTML {
        "<p class=\"second\">\(say("Nothing was sent in the last \(Webhook.logDays) days."))</p>"
    }

    private var table: HTML {
        """
        <div class="scroll" tabindex="0" role="region" aria-label="\(plain("Last deliveries"))">\
        <table class="table cards"><thead><tr><th scope="col">\(say("Event"))</th>\
        <th scope="col">\(say("State"))</th><th scope="col">\(say("When"))</th>\
        <th scope="col">\(say("Attempts"))</th></tr></thead><tbody>\(each: deliveries, row)</tbody></table></div>
        """
    }

    private func row(_ delivery: WebhookDelivery) -> HTML {
        """
        <tr><th scope="row"><a class="row-link" href="\(delivery.path)">\(delivery.event.words)</a>\
        \(if: delivery.isTest, then: " <span class=\"third\">\(say("Test"))</span>")</th>\
        <td>\(Components.state(delivery.state.mark, delivery.state.words))</td>\
        <td class="second" data-label="\(plain("When"))">\(times.html(delivery.createdAt))</td>\
        <td class="second" data-label="\(plain("Attempts"))">\(delivery.attempts)</td></tr>
        """
    }

    private var more: HTML {
        guard hasMore, let last = deliveries.last else { return .empty }
        let path = webhook.path.adding(query: [("cursor", last.id.text)])
        return "<p>\(Components.link(plain("Show more"), to: path))</p>"
    }

    // MARK: What ends something

    private var rotation: HTML {
        """
        <section class="stack near" aria-labelledby="secret">\(Components.sectionHead(plain("Secret"), id: "secret"))\
        <p class="second">\(say("Every call is signed as Standard Webhooks describes."))</p>\
        <details class="revoke"><summary class="button quiet">\(say("New secret"))</summary>\
        <form class="stack near" method="post" action="\(Path("/settings/webhooks/\(webhook.id)/rotation"))">\
        \(Components.csrf(principal))\
        <p>\(say("For \(SealedSecret.rotationHours) hours every call is signed with both, then with the new one."))</p>\
        \(Components.button(plain("Make a new secret")))</form></details></section>
        """
    }

    private var deletion: HTML {
        """
        <details class="revoke"><summary class="button quiet">\(say("Delete the webhook"))</summary>\
        <form class="stack near" method="post" action="\(Path("/settings/webhooks/\(webhook.id)/deletion"))">\
        \(Components.csrf(principal))<p>\(say("Its log goes with it, and nothing more is sent there."))</p>\
        \(Components.button(plain("Delete “\(webhook.host)”"), .danger))</form></details>
        """
    }
}

extension Webhook {
    var stateHTML: HTML {
        guard isActive else { return Components.state(offReason == nil ? .expired : .bad, plain("Off")) }
        return failingSince == nil
            ? Components.state(.confirmed, plain("On")) : Components.state(.held, plain("On, the last call failed"))
    }

    static var example: Webhook {
        Webhook(
            id: ID(milliseconds: 1_795_000_000_000, random: Array(repeating: 8, count: 10)),
            url: "https://hooks.example.org/meetings", description: "The CRM", events: [.bookingCreated],
            isActive: true, offReason: nil, secret: SealedSecret(sealed: []), failingSince: nil,
            createdAt: Instant(1_795_000_000))
    }
}
