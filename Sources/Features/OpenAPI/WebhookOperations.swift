/// What the API's calls about webhooks do, take and answer.
import Web

extension APIOperation {
    static let webhooks: [String: APIOperation] = [
        "GET /api/v1/webhooks": APIOperation(
            summary: "Webhooks, newest first.", query: page, success: (200, list(of: "Webhook")), problems: [422]),
        "POST /api/v1/webhooks": APIOperation(
            summary: "Make a webhook; its secret is told once.", body: "NewWebhook",
            success: (201, reference("Webhook")), problems: [409, 422], takesKey: true),
        "GET /api/v1/webhooks/:id": APIOperation(
            summary: "One webhook.", success: (200, reference("Webhook")), problems: [404]),
        "PATCH /api/v1/webhooks/:id": APIOperation(
            summary: "Change the fields that are sent.", body: "WebhookBody", success: (200, reference("Webhook")),
            problems: [404, 422]),
        "DELETE /api/v1/webhooks/:id": APIOperation(
            summary: "Delete a webhook and its log.", success: (204, nil), problems: [404]),
        "POST /api/v1/webhooks/:id/rotation": APIOperation(
            summary: "Make a new secret, told once; the former one signs too for 24 hours.",
            success: (200, reference("Webhook")), problems: [404]),
        "POST /api/v1/webhooks/:id/test": APIOperation(
            summary: "Send a sample of the webhook's first event.", success: (202, reference("Delivery")),
            problems: [404, 409]),
        "GET /api/v1/webhooks/:id/deliveries": APIOperation(
            summary: "What was sent in the last 30 days, newest first.", query: page,
            success: (200, list(of: "Delivery")), problems: [404, 422]),
        "GET /api/v1/webhooks/:id/deliveries/:delivery": APIOperation(
            summary: "One delivery with its body and every attempt.", success: (200, reference("Delivery")),
            problems: [404]),
        "POST /api/v1/webhooks/:id/deliveries/:delivery/resend": APIOperation(
            summary: "Send the same message once more, now.", success: (202, reference("Delivery")),
            problems: [404, 409]),
        "GET /api/v1/outside-hosts": APIOperation(
            summary: "Every host outside that is contacted for this workspace, and why.",
            success: (200, ["type": "object", "properties": ["data": ["type": "array"]], "required": ["data"]])),
    ]
}
