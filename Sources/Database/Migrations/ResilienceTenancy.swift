/// The second wall of tenancy: row-level policies on PostgreSQL.
let resilienceTenancy: [SQL] = []
