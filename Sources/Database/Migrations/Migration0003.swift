/// What lets the core stand faults: webhooks in and out with the log of their effects, and the second wall of tenancy.
extension Migration {
    static let resilience = Migration(
        number: 3, name: "resilience",
        statements: resilienceWebhooks + resilienceDuties + resilienceJobs + resilienceIndexes + resilienceTenancy
    )
}
