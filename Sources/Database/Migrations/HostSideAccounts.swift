/// The schema of people and their places: grants, invitations, resets, teams, notices and the audit log.
let hostSideAccounts: [SQL] = [
]
