"""One of every page that visitors meet, made over the API in a workspace of its own.

    with Server("sqlite", settings=HURRIED, like="migrated") as server:
        visited = Visited(server)
        for name, path in visited.paths.items():
            page.goto(server.url + path)

Whatever people wrote there is Greek, so that in any other language it is told from the words of the product.
"""
import datetime
import html
import re

import requests

import facts

ZONE = "Europe/Berlin"
WEEK = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
HOSTS = ["Ωμέγα Ιωάννου", "Δελφίνη Στεφάνου"]
ATTENDEE = "Ζωή Παπαδάκη"
# A website that may show the link in a frame; nobody asks it anything.
SITE = "https://www.example.org"
CHOICES = ["Αθήνα", "Πάτρα", "Βόλος"]
QUESTIONS = [
    {"kind": "text", "label": "Θέμα", "required": True, "hint": "Με λίγα λόγια"},
    {"kind": "textarea", "label": "Σχόλια"},
    {"kind": "select", "label": "Πόλη", "options": CHOICES}, {"kind": "radio", "label": "Σταθμός", "options": CHOICES},
    {"kind": "multi_select", "label": "Λιμάνια", "options": CHOICES}, {"kind": "checkbox", "label": "Συμφωνώ"},
    {"kind": "phone", "label": "Τηλέφωνο"}, {"kind": "email", "label": "Διεύθυνση"},
    {"kind": "number", "label": "Αριθμός"}, {"kind": "date", "label": "Ημέρα"},
]


class Visited:
    """`paths`: each page's name and address. `language`: of those who book, and so of their mails and their hosts'."""

    def __init__(self, server, *, language: str = "en", options: int = 4, voters: int = 3):
        self.server, self.language = server, language
        self.paths: dict[str, str] = {}
        self._people()
        self._links()
        self._bookings()
        self._doors()
        self._sheet()
        self._polls(options, voters)
        self._waiting()

    # Asking

    def call(self, method: str, path: str, body: dict | None = None, *, key: bool = False) -> dict:
        answer = requests.request(method, self.server.local + path, json=body, timeout=60, headers={
            "Accept-Language": self.language} | ({"Authorization": f"Bearer {self.key}"} if key else {}))
        assert answer.status_code in (200, 201, 202, 204), f"{method} {path}: {answer.status_code} {answer.text}"
        return answer.json() if answer.content else {}

    def held(self, path: str, start: str, name: str = "start") -> str:
        """Presses a time of the page; gives the address of the form that follows."""
        page = requests.get(self.server.local + path, timeout=60)
        token = html.unescape(re.search(r'name="form" value="([^"]+)"', page.text)[1])
        answer = requests.post(self.server.local + path.partition("?")[0] + "/holds", timeout=60, allow_redirects=False,
                               data={"form": token, name: str(facts.seconds(start)), "timezone": ZONE})
        assert answer.status_code == 303, answer.text
        return answer.headers["Location"]

    def mailed(self, part: str, email: str) -> str:
        """The last address with `part` in it that was mailed there."""
        def look() -> list[str]:
            return [link for mail in self.server.mail.mails if mail.recipients == [email]
                    for link in mail.links() if part in link]
        facts.eventually(look, f"no mail to {email} leads to {part}", limit=60)
        return look()[-1].removeprefix(self.server.url)

    def starts(self, slug: str, first: int = 2, days: int = 40) -> list[str]:
        today = datetime.datetime.fromtimestamp(self.server.clock.now(), datetime.UTC).date()
        span = [today + datetime.timedelta(days=one) for one in (first, first + days)]
        found = self.call("GET", f"/api/v1/public/links/{slug}/slots?from={span[0]}&to={span[1]}&timezone={ZONE}")
        return [slot["start"] for _, slots in sorted(found["slots"].items()) for slot in slots]

    def book(self, slug: str, start: str, email: str, **more) -> dict:
        return self.call("POST", f"/api/v1/public/links/{slug}/bookings", {
            "start": start, "timezone": ZONE, "attendee": {"name": ATTENDEE, "email": email}} | more)

    # Making

    def _people(self) -> None:
        command = self.server.command
        workspace = command("workspace", "add", "Ακρόπολη", "--zone", ZONE).stdout.split()[0]
        for number, name in enumerate(HOSTS):
            email = f"host{number}@example.org"
            command("user", "add", "--email", email, "--name", name, "--workspace", workspace,
                    "--role", "member" if number else "owner")
            self.key = command("key", "add", "--user", email).stdout.strip()
            self.call("PATCH", "/api/v1/me", {
                "handle": f"host{number}", "language": self.language, "adHocLinks": True,
                "text": "Μιλάω με χαρά για όλα αυτά."}, key=True)
        self.key = command("key", "add", "--user", "host0@example.org").stdout.strip()
        found = self.server.rows("SELECT id, email FROM account ORDER BY email")
        self.hosts = [row["id"] for row in found if row["email"].startswith("host")]

    def link(self, slug: str, title: str, **more) -> dict:
        return self.call("POST", "/api/v1/links", {
            "title": title, "slug": slug, "description": "Μια συζήτηση για το έργο.", "durationMinutes": [30],
            "minimumNotice": {"value": 0, "unit": "minute"}, "window": {"kind": "rolling_days", "days": 60},
            "hours": {day: [["08:00", "18:00"]] for day in WEEK},
            "hosts": [{"userId": self.hosts[0], "role": "fixed"}]} | more, key=True)

    def _links(self) -> None:
        turns = [{"userId": host, "role": "rotating"} for host in self.hosts]
        self.talk = self.link("talk", "Γνωριμία", durationMinutes=[30, 60], questions=QUESTIONS,
                              allowedOrigins=[SITE], confirmationText="Τα λέμε σύντομα.")
        self.approved = self.link("board", "Συμβούλιο", requiresApproval=True)
        self.group = self.link("group", "Μάθημα", kind="group", capacity=3, showsSeats=True)
        self.course = self.link("course", "Σειρά", recurring={"everyWeeks": 1, "count": 4})
        self.choice = self.link("choice", "Επιλογή", kind="round_robin", hosts=turns, hostChoice="allowed")
        self.now = self.link("now", "Τώρα", kind="instant", durationMinutes=[5], hosts=turns[:1],
                             hours={day: [["00:00", "24:00"]] for day in WEEK})
        self.full = self.link("full", "Γεμάτο", waitlist=True, limits=[{"scope": "link", "per": "day", "count": 1}])
        day = self.starts("talk")[4][:10]
        self.paths |= {
            "booking page": "/book/talk", "booking page, one day": f"/book/talk?date={day}&timezone={ZONE}",
            "booking page, twelve hours": f"/book/talk?clock=12&timezone={ZONE}",
            "zone chooser": "/book/talk?zone=pick", "nothing free": "/book/talk?month=2031-01",
            "group": "/book/group", "course": "/book/course",
            "choice of the host": "/book/choice", "instant": "/book/now", "talk now": "/book/now/now",
            "two at once": "/book/host0+host1",
            "in a frame": f"/book/talk?embed=1&origin={SITE}&timezone={ZONE}",
        }

    def _bookings(self) -> None:
        times = iter(self.starts("choice", first=9)[::3])
        answers = {"answers": {self.talk["questions"][0]["id"]: "Ρεύμα"}}
        live = self.book("talk", next(times), "live@example.com", guests=["guest@example.com"], **answers)
        moved = self.book("choice", next(times), "moved@example.com")
        moved = self.call("POST", f"/api/v1/public/bookings/{moved['token']}/reschedule", {"start": next(times)})
        gone = self.book("choice", next(times), "gone@example.com")
        self.call("POST", f"/api/v1/public/bookings/{gone['token']}/cancel", {"reason": "Απεργία"})
        pending = self.book("board", next(times), "pending@example.com")
        seat = self.book("group", self.starts("group", first=9)[9], "seat@example.com")
        course = self.book("course", self.starts("course", first=9)[30], "course@example.com", recurrence={"count": 3})
        asked = self.book("choice", next(times), "asked@example.com")
        self.call("POST", f"/api/v1/bookings/{asked['id']}/proposal", {
            "starts": self.starts("choice", first=20)[:2], "message": "Μήπως τότε;"}, key=True)
        self.live, self.pending = live, pending
        own = f"/booking/{live['token']}"
        self.paths |= {
            "details": self.held("/book/talk", self.starts("talk")[6]), "details of a group": self.held(
                "/book/group", self.starts("group", first=9)[9]),
            "details of a course": self.held("/book/course", self.starts("course", first=3)[3]),
            "own booking": own, "own booking, a guest": self.mailed("/booking/guest/", "guest@example.com"),
            "own booking, a seat": f"/booking/{seat['token']}", "own booking, waiting": f"/booking/{pending['token']}",
            "own booking, cancelled": f"/booking/{gone['token']}", "move": f"/book/reschedule/{live['token']}",
            "confirm the move": f"/book/reschedule/{live['token']}?start="
                                f"{facts.seconds(self.starts('talk', first=12)[3])}&timezone={ZONE}",
            "cancel": f"/book/cancel/{live['token']}", "own series": f"/booking/{course['token']}/series",
            "other times": f"/booking/{asked['token']}/proposal",
            "a host’s answer": self.mailed("/book/approve/", "host0@example.org"),
            "find": "/book/find", "not found": "/book/nothing-here",
        }

    def _doors(self) -> None:
        self.call("POST", "/api/v1/teams", {
            "name": "Ομάδα", "slug": "omada", "visibility": "public", "description": "Εμείς οι δύο.",
            "members": [{"userId": host, "part": "Μέλος"} for host in self.hosts]}, key=True)
        action = {"kind": "message", "heading": "Ευχαριστούμε", "text": "Θα γράψουμε.", "buttonLabel": "Παρακάτω",
                  "buttonUrl": SITE}
        form = self.call("POST", "/api/v1/routing-forms", {
            "title": "Ποιος ταιριάζει;", "description": "Λίγες ερωτήσεις.", "questions": QUESTIONS, "nameQuestion": 1,
            "routes": [{"name": "Πρώτη", "action": {"kind": "link", "linkId": self.talk["id"]}, "groups": [
                {"conditions": [{"question": 3, "operator": "equals", "values": CHOICES[:1]}]}]}],
            "fallback": action}, key=True)
        page = requests.get(f"{self.server.local}/form/{form['id']}", timeout=60).text
        address = f"{self.server.local}/form/{form['id']}/responses"
        said = requests.post(address, timeout=60, allow_redirects=False, data=[
            *re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page),
            (f"answers.{form['questions'][0]['id']}", "Ρεύμα")])
        assert said.status_code == 303, said.text
        given = self.call("POST", "/api/v1/single-use-links", {
            "linkId": self.talk["id"], "name": ATTENDEE, "email": "contact@example.com"}, key=True)
        single = given["url"].removeprefix(self.server.url)
        one_off = self.call("POST", "/api/v1/one-offs", {
            "title": "Επίσκεψη", "timezone": ZONE, "place": "Λιμάνι", "expiresAt": self.at(20), "times": [
                {"start": self.at(30 + number), "durationMinutes": 30} for number in range(10)]}, key=True)
        self.form = form
        self.paths |= {
            "team page": "/team/omada", "profile": "/u/host0", "form": f"/form/{form['id']}",
            "form, answered": said.headers["Location"], "single-use": single,
            "single-use, details": self.held(single, self.starts("talk")[8]),
            "one-off": one_off["url"].removeprefix(self.server.url),
        }

    def _sheet(self) -> None:
        """Thirty times, of some the places taken or few: one who has signed up, and how that is moved."""
        sheet = self.call("POST", "/api/v1/sheets", {
            "title": "Συναντήσεις", "timezone": ZONE, "place": "Λιμάνι", "note": "Φέρτε στυλό.", "perAddress": 2,
            "showsNames": True, "reserves": True, "times": [
                {"start": self.at(130 + number // 10, 1 + number % 10), "durationMinutes": 30,
                 "places": 1 + number % 3, "label": CHOICES[number % 3]} for number in range(30)]}, key=True)
        path = sheet["url"].removeprefix(self.server.url)
        for number in (0, 1, 2):
            said = self.call("POST", f"/api/v1/public{path.replace('sheet', 'sheets')}/sign-ups", {
                "starts": [sheet["times"][number]["start"]], "timezone": ZONE,
                "attendee": {"name": ATTENDEE, "email": f"parent{number}@example.com"}})
        token = said["signUps"][0]["token"]
        self.paths |= {"sheet": path, "own booking, signed up": f"/booking/{token}",
                       "move a sign-up": f"/book/reschedule/{token}"}

    def at(self, days: int, hour: int = 3) -> str:
        """A time of night some days from now, when no link has times."""
        now = datetime.datetime.fromtimestamp(self.server.clock.now(), datetime.UTC)
        return (now + datetime.timedelta(days=days)).strftime(f"%Y-%m-%dT{hour:02}:00:00Z")

    def _polls(self, options: int, voters: int) -> None:
        poll = self.call("POST", "/api/v1/polls", {
            "title": "Πότε;", "timezone": ZONE, "place": "Λιμάνι", "takesProposals": True,
            "invited": ["invited@example.com"], "times": [
                {"start": self.at(80 + number), "durationMinutes": 30} for number in range(options)]}, key=True)
        path = poll["url"].removeprefix(self.server.url)
        known = self.call("GET", f"/api/v1/public{path.replace('poll', 'polls')}")["options"]
        for number in range(voters):
            said = self.call("POST", f"/api/v1/public{path.replace('poll', 'polls')}/votes", {
                "name": f"{ATTENDEE} {number}", "email": f"voter{number}@example.com", "timezone": ZONE, "votes": [
                    {"optionId": option["id"], "answer": ("yes", "no", "if_need_be")[(number + place) % 3]}
                    for place, option in enumerate(known)]})
        self.poll = poll
        self.paths |= {"poll": path, "poll, own answers": said["url"].removeprefix(self.server.url)}

    def _waiting(self) -> None:
        """Somebody waits for a full day, somebody else is offered a place, and a visitor calls."""
        start = self.starts("full", first=14)[5]
        booked = self.book("full", start, "first@example.com")
        wait = {"day": start[:10], "timezone": ZONE}
        for email in ("second@example.com", "third@example.com"):
            self.call("POST", "/api/v1/public/links/full/waitlist", wait | {
                "attendee": {"name": ATTENDEE, "email": email}})
        other = self.starts("full", first=16)[5]
        self.book("full", other, "fourth@example.com")
        self.waiting = self.mailed("/book/waitlist/", "third@example.com")
        self.call("POST", f"/api/v1/public/bookings/{booked['token']}/cancel", {})
        self.server.wait_for_jobs()
        page = requests.get(f"{self.server.local}/book/now/now", timeout=60).text
        token = html.unescape(re.search(r'name="form" value="([^"]+)"', page)[1])
        called = requests.post(f"{self.server.local}/book/now/rings", timeout=60, allow_redirects=False, data={
            "form": token, "attendee.name": ATTENDEE, "attendee.email": "caller@example.com", "timezone": ZONE})
        assert called.status_code == 303, called.text
        self.paths |= {
            "waitlist": f"/book/full/waitlist?day={other[:10]}&timezone={ZONE}", "own wait": self.waiting,
            "own wait, offered": self.mailed("/book/waitlist/", "second@example.com"),
            "talk now, it rings": called.headers["Location"],
        }
