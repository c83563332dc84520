"""Bad input on the pages: two tabs, double clicks, expired holds, every field; what was typed is never lost."""
import pytest

import lib
from pages import Page

TYPED = {"attendee.name": 'Ada "the <b>first</b>" & only', "attendee.email": "ada@example.com"}


@pytest.fixture(scope="module")
def link(running, place):
    questions = [{"kind": "text", "label": "What for?", "required": True}, {"kind": "textarea", "label": "More?"}]
    return lib.make_link(running, place, questions=questions)


@pytest.fixture(scope="module")
def free(running, link):
    """Free starts in seconds, one after the other, far enough from each other."""
    return iter([str(lib.seconds(start)) for start in lib.free_starts(running, link["slug"], days=40)[::5]])


class Tab:
    """A stranger's browser tab on the link's page."""

    def __init__(self, running, link: dict):
        self.caller, self.link, self.base = lib.Client(running.port), link, f"/book/{link['slug']}"
        self.question, self.more = (f"answers.{question['id']}" for question in link["questions"])
        page = Page(self.caller.call("GET", self.base).text)
        self.hidden = page.form(f"{self.base}/holds").fields

    def pick(self, start: str) -> lib.Reply:
        return self.caller.form(f"{self.base}/holds", self.hidden | {"start": start})

    def details(self, start: str) -> dict[str, str]:
        """Picks the time and follows to the form for the details; its fields, typed into."""
        reply = self.pick(start)
        assert reply.status == 303, reply.text[:500]
        page = Page(self.caller.call("GET", reply.headers["location"]).text)
        return page.form(f"{self.base}/bookings").fields | TYPED | {self.question: "A talk"}

    def send(self, fields: dict[str, str]) -> lib.Reply:
        return self.caller.form(f"{self.base}/bookings", fields)


def rows(running) -> int:
    return running.rows("SELECT count(*) AS count FROM booking")[0]["count"]


def booked(reply: lib.Reply) -> str:
    assert reply.status == 303 and reply.headers["location"].startswith("/booking/"), (reply.status, reply.text[:500])
    return reply.headers["location"]


MISTAKES = {
    "no name": {"attendee.name": ""},
    "a name of 201 characters": {"attendee.name": "x" * 201},
    "a name with a header": {"attendee.name": "A\r\nBcc: x@example.com"},
    "no address": {"attendee.email": ""},
    "an address without @": {"attendee.email": "ada.example.com"},
    "an address of 255 characters": {"attendee.email": "a" * 243 + "@example.com"},
    "no answer": {"QUESTION": ""},
    "an answer of 5001 characters": {"QUESTION": "x" * 5001},
    "a long text of 5001 characters": {"MORE": "line\n" * 1000 + "xx"},
    "everything at once": {"attendee.name": "", "attendee.email": "@", "QUESTION": ""},
}


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_is_shown_beside_its_field_and_nothing_typed_is_lost(running, link, free, name):
    tab = Tab(running, link)
    wrong = {{"QUESTION": tab.question, "MORE": tab.more}.get(field, field): value
             for field, value in MISTAKES[name].items()}
    fields = tab.details(next(free)) | {tab.more: "first line\nsecond line"} | wrong
    with lib.nothing_changes(running):
        reply = tab.send(fields)
        assert reply.status == 422
    page = Page(reply.text)
    assert page.wrong == set(wrong), page.wrong
    shown = page.form(f"{tab.base}/bookings").fields
    for field in ("attendee.name", "attendee.email", tab.question, tab.more, "start", "timezone", "form"):
        # A browser reads a line break in a one-line field as nothing and in a text as one sign.
        assert flat(shown[field]) == flat(fields[field]), field
    assert "<b>first</b>" not in reply.text


def flat(text: str) -> str:
    return text.replace("\r", "").replace("\n", "").strip()


@pytest.mark.parametrize("start", ["", "soon", "-1", "99999999999999999999", "1", "2001-01-01T10:00:00Z", "4102444800"])
def test_a_time_that_never_was_offered_books_nothing(running, link, free, start):
    tab = Tab(running, link)
    fields = tab.details(next(free)) | {"start": start}
    with lib.nothing_changes(running):
        picked, sent = tab.pick(start), tab.send(fields)
        assert picked.status in (409, 422) and sent.status in (409, 422), (picked.status, sent.status)
    assert Page(picked.text).alerts and (Page(sent.text).alerts or Page(sent.text).wrong)
    shown = Page(sent.text).form(f"{tab.base}/bookings").fields
    assert shown["attendee.name"] == TYPED["attendee.name"] and shown[tab.question] == "A talk"


def test_an_unknown_zone_or_clock_in_the_address_is_passed_over(running, link):
    for query in ("timezone=Mars/Olympus", "timezone=../../etc/passwd", "clock=13", "month=2027-13", "month=x", "day=x",
                  "day=9999-12-31", "month=0001-01", "start=x", "start=-5", "zone=x", "lang=xx"):
        assert lib.Client(running.port).call("GET", f"/book/{link['slug']}?{query}").status == 200, query


def test_two_tabs_one_slot_the_second_is_told_and_offered_others(running, link, free):
    start, (one, other) = next(free), (Tab(running, link), Tab(running, link))
    fields = one.details(start)
    late = other.pick(start)
    page = Page(late.text)
    assert late.status == 409 and page.alerts and "has just been taken" in page.alerts[0]
    assert page.form(f"{other.base}/holds").buttons, "the picker still offers times"
    assert start not in [value for _, value in page.form(f"{other.base}/holds").buttons]
    booked(one.send(fields))


def test_two_tabs_two_forms_sent_at_once_one_is_booked_the_other_keeps_what_was_typed(running, link, free):
    start = next(free)
    tabs = [Tab(running, link), Tab(running, link)]
    # Both forms stand open without a hold: as if both had typed for too long.
    forms = [tab.hidden | TYPED | {"attendee.name": f"Tab {number}", "start": start, "timezone": lib.ZONE,
                                   tab.question: "x"} for number, tab in enumerate(tabs)]
    before = rows(running)
    replies = lib.together(*[lambda tab=tab, form=form: tab.send(form) for tab, form in zip(tabs, forms)])
    assert sorted(reply.status for reply in replies) == [303, 409]
    assert rows(running) == before + 1
    loser = next(number for number, reply in enumerate(replies) if reply.status == 409)
    page = Page(replies[loser].text)
    again = page.form(f"{tabs[loser].base}/bookings")
    assert again.fields["attendee.name"] == f"Tab {loser}" and "has just been taken" in page.alerts[0]
    # One of the nearest times is one press away, with everything that was typed.
    name, value = next(button for button in again.buttons if button[0] == "start")
    booked(tabs[loser].send(again.fields | {name: value}))


def test_a_double_click_books_once_and_both_clicks_lead_to_the_booking(running, link, free):
    tab = Tab(running, link)
    fields = tab.details(next(free))
    before = rows(running)
    clicks = [Tab(running, link) for _ in range(6)]
    replies = lib.together(*[lambda click=click: click.send(fields) for click in clicks])
    assert len({booked(reply) for reply in replies}) == 1
    assert rows(running) == before + 1
    # The form again after the browser's back button: it leads to what it led to.
    assert booked(tab.send(fields)) == booked(replies[0])
    back = tab.caller.call("GET", f"{tab.base}/details?start={fields['start']}&form={fields['form']}")
    assert booked(back) == booked(replies[0])


def test_a_form_that_was_not_signed_here_books_nothing(running, link, free):
    tab = Tab(running, link)
    fields = tab.details(next(free))
    signed, other = fields["form"], "1" if fields["form"][-1] == "0" else "0"
    for token in ("", "x", "a.b.c", signed[:-1] + other, "x" + signed, signed + ".x", "." * 4000):
        with lib.nothing_changes(running):
            assert tab.send(fields | {"form": token}).status in (303, 422)
    assert "/booking/" not in tab.send(fields | {"form": "x"}).headers.get("location", "")


@pytest.mark.parametrize("body, kind, status", [
    (b"attendee.name=%00", "application/x-www-form-urlencoded", 400),
    (b"attendee.name=%ff", "application/x-www-form-urlencoded", 400),
    (b"attendee.name=%zz", "application/x-www-form-urlencoded", 400),
    (b"a=b&" * 501, "application/x-www-form-urlencoded", 400),
    (b"{}", "application/json", 415), (b"x", "multipart/form-data; boundary=x", {"holds": 415, "bookings": 400}),
    (b"x", "", 415),
    (b"a=" + b"x" * 1_048_577, "application/x-www-form-urlencoded", 413),
])
def test_a_form_that_cannot_be_read_is_a_calm_page(running, link, body, kind, status):
    with lib.nothing_changes(running):
        for path in ("holds", "bookings"):
            reply = lib.Client(running.port).call(
                "POST", f"/book/{link['slug']}/{path}", body, headers={"Content-Type": kind})
            # Details can bring files along: there it is a form that has no end.
            wanted = status[path] if isinstance(status, dict) else status
            assert (reply.status, reply.headers["content-type"]) == (wanted, "text/html; charset=utf-8")


def test_a_form_from_another_site_is_refused(running, link, free):
    tab = Tab(running, link)
    fields = tab.details(next(free))
    with lib.nothing_changes(running):
        for headers in ({"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"},
                        {"Sec-Fetch-Site": "same-site"}):
            assert tab.caller.form(f"{tab.base}/holds", fields, headers=headers).status == 403


def test_an_expired_hold_still_books_when_the_time_is_free(running, link, free):
    tab, start = Tab(running, link), next(free)
    fields = tab.details(start)
    running.clock.advance(minutes=11)
    booked(tab.send(fields))


def test_an_expired_hold_whose_time_was_taken_is_told_so(running, link, free):
    tab, start = Tab(running, link), next(free)
    fields = tab.details(start)
    caller, path = lib.Client(running.port), f"/api/v1/public/links/{link['slug']}"
    later = next(free)
    iso = {lib.seconds(text): text for text in lib.free_starts(running, link["slug"], days=40)}
    hold = caller.call("POST", f"{path}/holds", {"start": iso[int(later)]}).json["holdToken"]
    running.clock.advance(minutes=11)
    answers = {link["questions"][0]["id"]: "x"}
    quick = Tab(running, link)
    booked(quick.send(quick.details(start)))
    booked(quick.send(Tab(running, link).details(later)))

    late = tab.send(fields)
    page = Page(late.text)
    assert late.status == 409 and page.alerts
    assert page.form(f"{tab.base}/bookings").fields["attendee.name"] == TYPED["attendee.name"]
    with lib.nothing_changes(running):
        told = caller.call("POST", f"{path}/bookings", lib.wish(iso[int(later)], answers=answers, holdToken=hold))
        assert (told.status, told.json["code"]) == (409, "hold_expired") and told.json["alternatives"]


def test_a_hold_blocks_others_until_it_is_given_back(running, link, free):
    caller, path = lib.Client(running.port), f"/api/v1/public/links/{link['slug']}"
    next(free)
    start = lib.free_starts(running, link["slug"], days_ahead=45)[0]
    held = caller.call("POST", f"{path}/holds", {"start": start}).json["holdToken"]
    body = lib.wish(start, answers={link["questions"][0]["id"]: "x"})
    assert caller.call("POST", f"{path}/bookings", body).json["code"] == "slot_taken"
    assert caller.call("POST", f"{path}/holds", {"start": start}).status == 409
    assert caller.call("DELETE", f"/api/v1/public/holds/{held}").status == 204
    assert caller.call("DELETE", f"/api/v1/public/holds/{held}").status == 404
    assert caller.call("POST", f"{path}/bookings", body).status == 201
