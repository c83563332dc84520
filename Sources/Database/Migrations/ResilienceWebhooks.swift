/// Webhooks in and out: endpoints, their deliveries, what came in, and the effects others have accepted.
let resilienceWebhooks: [SQL] = []
