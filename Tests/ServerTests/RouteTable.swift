/// The table of every address with its policy: those of programs, and those of people and machines.
///
/// `open`: anybody. `token`: the path holds the right. `page …`: a session with that permission. `key …`: an API key
/// with that scope. `loopback`: this machine, in development.
enum RouteTable {
    static let api = """
        GET /api/v1/bookings key bookings.read
        GET /api/v1/bookings/:id key bookings.read
        POST /api/v1/bookings/:id/approval key bookings.write
        POST /api/v1/bookings/:id/cancellation key bookings.write
        POST /api/v1/bookings/:id/no-show key bookings.write
        DELETE /api/v1/bookings/:id/proposal key bookings.write
        POST /api/v1/bookings/:id/proposal key bookings.write
        POST /api/v1/bookings/:id/reassignment key bookings.write
        POST /api/v1/bookings/:id/reschedule key bookings.write
        GET /api/v1/bookings/:id/series key bookings.read
        POST /api/v1/bookings/:id/series/cancellation key bookings.write
        POST /api/v1/bookings/:id/series/reschedule key bookings.write
        GET /api/v1/busy key bookings.read
        GET /api/v1/keys key keys.read
        POST /api/v1/keys key keys.write
        DELETE /api/v1/keys/:id key keys.write
        GET /api/v1/link-templates key links.read
        POST /api/v1/link-templates key links.write
        DELETE /api/v1/link-templates/:id key links.write
        GET /api/v1/link-templates/:id key links.read
        PATCH /api/v1/link-templates/:id key links.write
        GET /api/v1/links key links.read
        POST /api/v1/links key links.write
        DELETE /api/v1/links/:id key links.write
        GET /api/v1/links/:id key links.read
        PATCH /api/v1/links/:id key links.write
        GET /api/v1/links/:id/distribution key links.read
        GET /api/v1/links/:id/explanation key links.read
        GET /api/v1/links/:id/offers key links.read
        POST /api/v1/links/:id/offers key links.write
        DELETE /api/v1/links/:id/offers/:offer key links.write
        GET /api/v1/links/:id/offers/:offer key links.read
        GET /api/v1/links/:id/waitlist key bookings.read
        GET /api/v1/me key me.read
        PATCH /api/v1/me key me.write
        GET /api/v1/members key members.read
        GET /api/v1/members/:id key members.read
        GET /api/v1/members/:id/assistants key members.read
        POST /api/v1/members/:id/assistants key me.write
        DELETE /api/v1/members/:id/assistants/:assistant key me.write
        GET /api/v1/members/:id/hand-over key members.write
        POST /api/v1/members/:id/hand-over key members.write
        GET /api/v1/openapi.json open
        GET /api/v1/out-today key bookings.read
        POST /api/v1/out-today key bookings.write
        GET /api/v1/outside-hosts key webhooks.read
        GET /api/v1/public/bookings/:token token
        POST /api/v1/public/bookings/:token/cancel token
        POST /api/v1/public/bookings/:token/holds token
        POST /api/v1/public/bookings/:token/proposal token
        POST /api/v1/public/bookings/:token/reschedule token
        GET /api/v1/public/bookings/:token/series token
        POST /api/v1/public/bookings/:token/series/cancel token
        POST /api/v1/public/bookings/:token/series/reschedule token
        GET /api/v1/public/bookings/:token/slots token
        DELETE /api/v1/public/holds/:token token
        GET /api/v1/public/links/:slug open
        POST /api/v1/public/links/:slug/bookings open
        POST /api/v1/public/links/:slug/email-codes open
        POST /api/v1/public/links/:slug/holds open
        POST /api/v1/public/links/:slug/uploads open
        POST /api/v1/public/links/:slug/occurrences open
        GET /api/v1/public/links/:slug/slots open
        POST /api/v1/public/links/:slug/waitlist open
        GET /api/v1/public/routing-forms/:id open
        POST /api/v1/public/routing-forms/:id/responses open
        GET /api/v1/public/teams/:slug open
        GET /api/v1/resources key resources.read
        POST /api/v1/resources key resources.write
        DELETE /api/v1/resources/:id key resources.write
        GET /api/v1/resources/:id key resources.read
        PATCH /api/v1/resources/:id key resources.write
        GET /api/v1/routing-forms key links.read
        POST /api/v1/routing-forms key links.write
        DELETE /api/v1/routing-forms/:id key links.write
        GET /api/v1/routing-forms/:id key links.read
        PATCH /api/v1/routing-forms/:id key links.write
        GET /api/v1/routing-forms/:id/responses key bookings.read
        GET /api/v1/schedules key schedules.read
        POST /api/v1/schedules key schedules.write
        DELETE /api/v1/schedules/:id key schedules.write
        GET /api/v1/schedules/:id key schedules.read
        PATCH /api/v1/schedules/:id key schedules.write
        GET /api/v1/sessions/:id key bookings.read
        POST /api/v1/sessions/:id/cancellation key bookings.write
        POST /api/v1/sessions/:id/reschedule key bookings.write
        GET /api/v1/teams key teams.read
        POST /api/v1/teams key teams.write
        DELETE /api/v1/teams/:id key teams.write
        GET /api/v1/teams/:id key teams.read
        PATCH /api/v1/teams/:id key teams.write
        GET /api/v1/time-off key schedules.read
        POST /api/v1/time-off key schedules.write
        DELETE /api/v1/time-off/:id key schedules.write
        DELETE /api/v1/waitlist/:id key bookings.write
        GET /api/v1/webhooks key webhooks.read
        POST /api/v1/webhooks key webhooks.write
        DELETE /api/v1/webhooks/:id key webhooks.write
        GET /api/v1/webhooks/:id key webhooks.read
        PATCH /api/v1/webhooks/:id key webhooks.write
        GET /api/v1/webhooks/:id/deliveries key webhooks.read
        GET /api/v1/webhooks/:id/deliveries/:delivery key webhooks.read
        POST /api/v1/webhooks/:id/deliveries/:delivery/resend key webhooks.write
        POST /api/v1/webhooks/:id/rotation key webhooks.write
        POST /api/v1/webhooks/:id/test key webhooks.write
        """

    static let pages = """
        GET / open
        GET /assets/:file open
        GET /assets/:folder/:file open
        GET /embed.js open
        GET /packages/:file open
        GET /book/:slug open
        POST /book/:slug/bookings token
        POST /book/:slug/code open
        GET /book/:slug/details token
        GET /book/:slug/booked token
        GET /book/:slug/now open
        POST /book/:slug/rings token
        GET /book/:slug/rings/:token token
        POST /book/:slug/rings/:token/cancellation token
        POST /book/:slug/rings/:token/message token
        POST /book/:slug/holds open
        POST /book/:slug/holds/extension token
        POST /book/:slug/times token
        GET /book/:slug/waitlist open
        POST /book/:slug/waitlist open
        GET /book/waitlist/:token token
        POST /book/waitlist/:token/leaving token
        POST /book/waitlist/:token/refusal token
        POST /book/waitlist/:token/taking token
        GET /book/find open
        POST /book/find open
        GET /book/approve/:token token
        POST /book/approve/:token token
        GET /book/cancel/:token token
        POST /book/cancel/:token token
        GET /book/reschedule/:token token
        POST /book/reschedule/:token token
        POST /book/reschedule/:token/holds token
        GET /booking/:token token
        POST /booking/:token/address token
        POST /booking/:token/guests token
        GET /booking/:token/again token
        POST /booking/:token/current-link token
        GET /booking/:token/meeting.ics token
        GET /booking/:token/files/:question token
        POST /booking/:token/files/:question/deletion token
        GET /booking/guest/:token token
        POST /booking/guest/:token/decline token
        GET /booking/:token/next token
        GET /booking/:token/proposal token
        POST /booking/:token/proposal token
        GET /booking/:token/series token
        POST /booking/:token/series/cancellation token
        POST /booking/:token/series/reschedule token
        GET /calendar page view_bookings
        GET /calendar/admin/audit page view_audit
        POST /calendar/admin/invitations page manage_members
        POST /calendar/admin/invitations/:id/resend page manage_members
        POST /calendar/admin/invitations/:id/withdrawal page manage_members
        GET /calendar/admin/managed-links page manage_templates
        POST /calendar/admin/managed-links page manage_templates
        GET /calendar/admin/managed-links/:id page manage_templates
        POST /calendar/admin/managed-links/:id page manage_templates
        POST /calendar/admin/managed-links/:id/deletion page manage_templates
        GET /calendar/admin/members page manage_members
        GET /calendar/admin/members/:id page manage_members
        POST /calendar/admin/members/:id page manage_members
        GET /calendar/admin/members/:id/assistants page manage_members
        POST /calendar/admin/members/:id/assistants page manage_members
        POST /calendar/admin/members/:id/assistants/:assistant/end page manage_members
        POST /calendar/admin/members/:id/deactivation page manage_members
        POST /calendar/admin/members/:id/reactivation page manage_members
        GET /calendar/admin/members/:id/hand-over page manage_members
        POST /calendar/admin/members/:id/hand-over page manage_members
        POST /calendar/admin/members/:id/removal page manage_members
        GET /calendar/admin/resources page manage_resources
        POST /calendar/admin/resources page manage_resources
        GET /calendar/admin/resources/:id page manage_resources
        POST /calendar/admin/resources/:id page manage_resources
        POST /calendar/admin/resources/:id/deletion page manage_resources
        GET /calendar/admin/resources/new page manage_resources
        GET /calendar/routing-forms page view_bookings
        GET /form/:id open
        POST /form/:id/responses open
        GET /form/:id/sent/:response open
        GET /settings/routing-forms page view_bookings
        POST /settings/routing-forms page manage_links
        GET /settings/routing-forms/:id page manage_links
        POST /settings/routing-forms/:id page manage_links
        POST /settings/routing-forms/:id/deletion page manage_links
        GET /settings/routing-forms/:id/responses page manage_links
        GET /settings/routing-forms/:id/responses.csv page manage_links
        POST /settings/routing-forms/:id/responses/:response/route page manage_links
        GET /settings/routing-forms/:id/embed page manage_links
        GET /settings/routing-forms/:id/routes page manage_links
        POST /settings/routing-forms/:id/routes page manage_links
        POST /settings/routing-forms/:id/samples page manage_links
        GET /settings/routing-forms/:id/test page manage_links
        POST /settings/routing-forms/:id/test page manage_links
        GET /settings/routing-forms/new page manage_links
        GET /calendar/admin/teams page manage_teams
        POST /calendar/admin/teams page manage_teams
        GET /calendar/admin/teams/:id page manage_teams
        POST /calendar/admin/teams/:id page manage_teams
        POST /calendar/admin/teams/:id/deletion page manage_teams
        GET /calendar/admin/teams/new page manage_teams
        GET /calendar/admin/keys page manage_keys
        POST /calendar/admin/keys page manage_keys
        POST /calendar/admin/keys/:id/revocation page manage_keys
        GET /calendar/bookings page view_bookings
        POST /calendar/bookings page manage_bookings
        GET /calendar/bookings.csv page view_bookings
        GET /calendar/bookings/:id/spam page manage_bookings
        POST /calendar/bookings/:id/spam page manage_bookings
        GET /calendar/blocked page manage_bookings
        POST /calendar/blocked/:id/removal page manage_bookings
        GET /calendar/bookings/:id page view_bookings
        POST /calendar/bookings/:id/approval page manage_bookings
        POST /calendar/bookings/:id/cancellation page manage_bookings
        POST /calendar/bookings/:id/confirmation page manage_bookings
        GET /calendar/bookings/:id/files/:question page view_bookings
        POST /calendar/bookings/:id/files/:question/deletion page manage_bookings
        GET /calendar/bookings/:id/move page manage_bookings
        POST /calendar/bookings/:id/move page manage_bookings
        POST /calendar/bookings/:id/no-show page manage_bookings
        POST /calendar/bookings/:id/no-show/undo page manage_bookings
        POST /calendar/bookings/:id/notes page manage_bookings
        POST /calendar/bookings/:id/notes/:note/deletion page manage_bookings
        GET /calendar/bookings/:id/proposal page manage_bookings
        POST /calendar/bookings/:id/proposal page manage_bookings
        POST /calendar/bookings/:id/proposal/times page manage_bookings
        POST /calendar/bookings/:id/proposal/withdrawal page manage_bookings
        GET /calendar/bookings/:id/reassignment page manage_bookings
        POST /calendar/bookings/:id/reassignment page manage_bookings
        GET /calendar/bookings/:id/rebook page manage_bookings
        POST /calendar/bookings/:id/rebook page manage_bookings
        POST /calendar/bookings/:id/reschedule page manage_bookings
        GET /calendar/bookings/:id/series page view_bookings
        POST /calendar/bookings/:id/series/cancellation page manage_bookings
        POST /calendar/bookings/:id/series/reschedule page manage_bookings
        GET /calendar/bookings/new page manage_bookings
        POST /calendar/bookings/new page manage_bookings
        GET /calendar/clock-changes page view_bookings
        POST /calendar/clock-changes/:id/keep page manage_bookings
        POST /calendar/clock-changes/:id/move page manage_bookings
        GET /calendar/event-types page view_bookings
        GET /calendar/schedules page manage_schedules
        POST /calendar/schedules page manage_schedules
        GET /calendar/schedules/:id page manage_schedules
        POST /calendar/schedules/:id page manage_schedules
        POST /calendar/schedules/:id/default page manage_schedules
        POST /calendar/schedules/:id/deletion page manage_schedules
        GET /calendar/schedules/away page manage_schedules
        POST /calendar/schedules/away page manage_schedules
        POST /calendar/schedules/away/:id/deletion page manage_schedules
        GET /calendar/schedules/holidays page manage_schedules
        POST /calendar/schedules/holidays page manage_schedules
        GET /calendar/schedules/new page manage_schedules
        GET /calendar/sessions/:id page view_bookings
        POST /calendar/sessions/:id/cancellation page manage_bookings
        GET /calendar/sessions/:id/move page manage_bookings
        POST /calendar/sessions/:id/move page manage_bookings
        POST /calendar/sessions/:id/reschedule page manage_bookings
        GET /calendar/troubleshooter page manage_links
        GET /dev/bytes/:count loopback
        GET /dev/mail loopback
        GET /dev/mail/:id loopback
        GET /dev/mail/:id/html loopback
        GET /dev/mail/:id/raw loopback
        GET /forgot-password open
        POST /forgot-password open
        GET /invitation/:token token
        POST /invitation/:token token
        GET /livez open
        GET /llms.txt open
        GET /og/book/:file open
        GET /og/u/:file open
        GET /pictures/:name open
        GET /readyz open
        GET /settings/assistants page
        POST /settings/assistants page
        POST /settings/assistants/:id/end page
        POST /settings/assisted/:id/end page
        GET /settings/booking-links page view_bookings
        POST /settings/booking-links page manage_links
        GET /settings/booking-links/:id page manage_links
        POST /settings/booking-links/:id page manage_links
        POST /settings/booking-links/:id/bookings page manage_links
        POST /settings/booking-links/:id/copy page manage_links
        GET /settings/booking-links/:id/delete page manage_links
        POST /settings/booking-links/:id/delete page manage_links
        GET /settings/booking-links/:id/embed page manage_links
        GET /settings/booking-links/:id/offer page manage_links
        POST /settings/booking-links/:id/offer/times page manage_links
        POST /settings/booking-links/:id/offers page manage_links
        GET /settings/booking-links/:id/offers/:offer page manage_links
        POST /settings/booking-links/:id/offers/:offer/release page manage_links
        GET /calendar/out-today page manage_bookings
        POST /calendar/out-today page manage_bookings
        GET /settings/booking-links/:id/distribution page manage_links
        POST /settings/booking-links/:id/switch page manage_links
        GET /settings/booking-links/:id/waitlist page view_bookings
        POST /calendar/waitlist/:id/offer page manage_bookings
        POST /calendar/waitlist/:id/removal page manage_bookings
        GET /calendar/rings page view_bookings
        GET /calendar/rings/stream page view_bookings
        POST /calendar/rings/:id/acceptance page manage_bookings
        POST /calendar/rings/:id/pass page manage_bookings
        GET /settings/booking-links/new page manage_links
        GET /settings/outside-hosts page manage_webhooks
        GET /settings/profile page
        POST /settings/profile page
        POST /settings/profile/picture page
        POST /settings/profile/picture/removal page
        GET /reset-password/:token token
        POST /reset-password/:token token
        GET /settings/security page
        POST /settings/security/other-sessions/end page
        POST /settings/security/password page
        POST /settings/security/sessions/:id/end page
        POST /settings/security/workspaces/:id/entry page
        GET /settings/webhooks page manage_webhooks
        POST /settings/webhooks page manage_webhooks
        GET /settings/webhooks/:id page manage_webhooks
        POST /settings/webhooks/:id page manage_webhooks
        POST /settings/webhooks/:id/deletion page manage_webhooks
        GET /settings/webhooks/:id/deliveries/:delivery page manage_webhooks
        POST /settings/webhooks/:id/deliveries/:delivery/resend page manage_webhooks
        POST /settings/webhooks/:id/rotation page manage_webhooks
        POST /settings/webhooks/:id/test page manage_webhooks
        GET /settings/webhooks/new page manage_webhooks
        GET /settings/workspace page manage_workspace
        POST /settings/workspace page manage_workspace
        GET /setup token
        POST /setup token
        GET /setup/done page manage_links
        GET /setup/hours page manage_schedules
        POST /setup/hours page manage_schedules
        GET /setup/link page manage_links
        POST /setup/link page manage_links
        GET /sign-in open
        POST /sign-in open
        POST /sign-out page
        GET /team/:slug open
        GET /u/:handle open
        GET /sign-up open
        POST /sign-up open
        GET /sign-up/:token token
        POST /sign-up/:token token
        POST /sign-up/further page
        """
}
