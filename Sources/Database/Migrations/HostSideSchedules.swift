/// The schema of days that differ: overrides, trips, out of office and holidays.
let hostSideSchedules: [SQL] = [
]
