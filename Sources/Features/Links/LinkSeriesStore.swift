/// The columns of a link that say whether it is booked several times at once.
import Database
import Scheduling

enum LinkSeriesStore {
    static let columns: SQL = "l.series_weeks, l.series_count, l.series_count_is, l.series_host"

    /// After the row of the link was written; its version counts this, too.
    static func write(_ series: LinkSeries?, of link: ID<Link>, scope: Scope, in tx: Transaction) throws {
        let told = series ?? LinkSeries()
        try tx.post("""
            UPDATE link SET series_weeks = \(series?.weeks), series_count = \(told.count),
                series_count_is = \(told.countIs), series_host = \(told.host)
            WHERE workspace = \(scope.workspace) AND id = \(link)
            """)
    }

    static func series(from row: Row) throws -> LinkSeries? {
        guard let weeks = try row["series_weeks"] as Int? else { return nil }
        var series = LinkSeries()
        (series.weeks, series.count) = (weeks, try row["series_count"])
        (series.countIs, series.host) = (try row["series_count_is"], try row["series_host"])
        return series
    }
}
