/// The shapes of webhooks and their deliveries.
import Web

extension APISchemas {
    static var webhooks: [(String, JSON)] {
        [
            ("Webhook", object(
                wish + [
                    ("id", string), ("offReason", ["type": ["string", "null"]]), ("secret", string),
                    ("failingSince", ["type": ["string", "null"]]), ("createdAt", instant),
                ], required: ["id", "url", "events", "active"])),
            ("NewWebhook", object(wish, required: ["url", "events"], strict: true)),
            ("WebhookBody", object(wish, strict: true)),
            ("Delivery", object([
                ("id", string), ("event", event), ("state", words(WebhookDelivery.State.allCases.map(\.rawValue))),
                ("attempts", ["type": "integer"]), ("nextAt", ["type": ["string", "null"]]), ("test", flag),
                ("createdAt", instant), ("body", string), ("attemptList", array(object([
                    ("number", ["type": "integer"]), ("at", instant), ("milliseconds", ["type": "integer"]),
                    ("status", ["type": ["integer", "null"]]), ("reply", string), ("problem", string),
                ]))),
            ], required: ["id", "event", "state", "attempts"])),
        ]
    }

    private static var event: JSON { words(WebhookEvent.allCases.map(\.rawValue)) }

    private static var wish: [(String, JSON)] {
        [("url", text(2_000)), ("description", text(200)), ("events", array(event)), ("active", flag)]
    }
}
