/// The form of a link, as tests of several parts send it.

/// What a browser sends for the form as it stands.
func linkForm(_ change: [String: String] = [:]) -> [String: String] {
    [
        "title": "Deep talk", "slug": "", "description": "", "durationMinutes": "45", "bufferBeforeMinutes": "0",
        "bufferAfterMinutes": "0", "minimumNotice.value": "4", "minimumNotice.unit": "hour", "stepMinutes": "",
        "window.kind": "rolling_days", "window.days": "30", "window.from": "", "window.to": "",
        "locations.0.kind": "custom", "locations.0.text": "", "active": "on", "hoursFrom": "schedule",
        "questions.0.id": "", "questions.0.label": "", "questions.0.kind": "text",
    ].merging(change) { $1 }
}
