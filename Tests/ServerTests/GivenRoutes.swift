/// The addresses of what hosts make for one person, with the policy each must have; a part of the table beside it.
extension RouteInventoryTests {
    static let given = """
        GET /one-off/:token token
        POST /one-off/:token/bookings token
        GET /api/v1/public/one-offs/:token token
        POST /api/v1/public/one-offs/:token/bookings token
        GET /api/v1/one-offs key links.read
        POST /api/v1/one-offs key links.write
        GET /api/v1/one-offs/:id key links.read
        DELETE /api/v1/one-offs/:id key links.write
        GET /calendar/one-off page manage_links
        POST /calendar/one-off page manage_links
        GET /calendar/one-off/new page manage_links
        GET /calendar/one-off/:id page manage_links
        POST /calendar/one-off/:id/withdrawal page manage_links
        GET /sheet/:token token
        POST /sheet/:token/sign-ups token
        GET /api/v1/public/sheets/:token token
        POST /api/v1/public/sheets/:token/sign-ups token
        GET /api/v1/sheets key links.read
        POST /api/v1/sheets key links.write
        GET /api/v1/sheets/:id key links.read
        DELETE /api/v1/sheets/:id key links.write
        GET /calendar/sheets page manage_links
        POST /calendar/sheets page manage_links
        GET /calendar/sheets/new page manage_links
        GET /calendar/sheets/:id page manage_links
        GET /calendar/sheets/:id/sign-ups.csv page manage_links
        POST /calendar/sheets/:id/closing page manage_links
        POST /calendar/sheets/:id/reopening page manage_links
        POST /calendar/sheets/:id/deletion page manage_links
        GET /poll/:token token
        POST /poll/:token/votes token
        POST /poll/:token/options token
        GET /api/v1/public/polls/:token token
        POST /api/v1/public/polls/:token/options token
        POST /api/v1/public/polls/:token/votes token
        GET /api/v1/polls key links.read
        POST /api/v1/polls key links.write
        GET /api/v1/polls/:id key links.read
        DELETE /api/v1/polls/:id key links.write
        DELETE /api/v1/polls/:id/options/:option key links.write
        DELETE /api/v1/polls/:id/voters/:voter key links.write
        POST /api/v1/polls/:id/closing key links.write
        POST /api/v1/polls/:id/finalization key links.write
        POST /api/v1/polls/:id/reopening key links.write
        GET /calendar/polls page manage_links
        POST /calendar/polls page manage_links
        GET /calendar/polls/new page manage_links
        GET /calendar/polls/:id page manage_links
        POST /calendar/polls/:id/finalization page manage_links
        POST /calendar/polls/:id/closing page manage_links
        POST /calendar/polls/:id/reopening page manage_links
        POST /calendar/polls/:id/deletion page manage_links
        POST /calendar/polls/:id/removal page manage_links
        GET /api/v1/single-use-links key links.read
        POST /api/v1/single-use-links key links.write
        GET /api/v1/single-use-links/:id key links.read
        DELETE /api/v1/single-use-links/:id key links.write
        GET /api/v1/public/single-use/:token token
        GET /api/v1/public/single-use/:token/slots token
        POST /api/v1/public/single-use/:token/bookings token
        GET /single-use/:single token
        POST /single-use/:single/holds token
        POST /single-use/:single/holds/extension token
        POST /single-use/:single/times token
        GET /single-use/:single/details token
        GET /single-use/:single/booked token
        POST /single-use/:single/bookings token
        GET /calendar/single-use page manage_links
        POST /calendar/single-use page manage_links
        GET /calendar/single-use/new page manage_links
        GET /calendar/single-use/:id page manage_links
        POST /calendar/single-use/:id/mail page manage_links
        POST /calendar/single-use/:id/withdrawal page manage_links
        """
}
