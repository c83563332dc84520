/// The part of the checker that looks at series: which bookings they join, and how often several were changed at once.
import Database
import Scheduling

@testable import Features

extension Checker {
    var unlikeSeries: [String] {
        var found: [String] = []
        let rows = Dictionary(facts.series.map { ($0.id, $0) }) { first, _ in first }
        for course in expected.courses.values {
            guard let row = rows[course.id.text] else {
                found.append("series: \(course.id) is not there")
                continue
            }
            if row.bookings != course.bookings.mapValues(\.text) {
                found.append("series: \(row.id) joins \(row.bookings.count) other bookings than were answered")
            }
            if row.version != course.version || row.weeks != course.weeks || row.link != course.link.text {
                found.append("series: \(row.id) has version \(row.version), not \(course.version)")
            }
        }
        for row in facts.series where ID<Series>(row.id).flatMap({ expected.courses[$0] }) == nil {
            found.append("series: \(row.id) is there, and no answer names it")
        }
        return found
    }
}
