"""Reads pages as a browser without script does: their forms with what stands in them, their links, their words."""
import dataclasses
import html.parser


@dataclasses.dataclass
class Form:
    action: str
    fields: dict[str, str]
    # Buttons that send a value, such as the times: (name, value).
    buttons: list[tuple[str, str]]


class Page(html.parser.HTMLParser):
    """`forms`, `links`, `alerts` (what is read out at once), `wrong` (names of fields that are marked), `words`."""

    def __init__(self, text: str):
        super().__init__(convert_charrefs=True)
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.alerts: list[str] = []
        self.wrong: set[str] = set()
        self._words: list[str] = []
        self._area: str | None = None
        self._select: str | None = None
        self._alert = 0
        self.feed(text)

    @property
    def words(self) -> str:
        return " ".join(" ".join(self._words).split())

    def form(self, action: str) -> Form:
        """The form that is sent to that address."""
        found = [form for form in self.forms if form.action == action]
        assert len(found) >= 1, f"no form for {action}: {[form.action for form in self.forms]}"
        return found[0]

    def handle_starttag(self, tag, attributes):
        given = {name: value or "" for name, value in attributes}
        if given.get("role") == "alert" or self._alert:
            self._alert += tag not in VOID
            if given.get("role") == "alert":
                self.alerts.append("")
        if tag == "form":
            self.forms.append(Form(given.get("action", ""), {}, []))
        elif tag == "a" and "href" in given:
            self.links.append(given["href"])
        elif tag == "option" and self._select is not None:
            fields = self.forms[-1].fields
            if self._select not in fields or "selected" in given:
                fields[self._select] = given.get("value", "")
        elif self.forms and given.get("name"):
            self._field(tag, given)
        if given.get("aria-invalid") == "true":
            self.wrong.add(given.get("name", ""))

    def _field(self, tag, given):
        fields = self.forms[-1].fields
        if tag == "textarea":
            self._area = given["name"]
            fields[self._area] = ""
        elif tag == "select":
            self._select = given["name"]
        elif tag == "button":
            self.forms[-1].buttons.append((given["name"], given.get("value", "")))
        elif tag == "input" and (given.get("type") not in ("checkbox", "radio") or "checked" in given):
            fields[given["name"]] = given.get("value", "on" if given.get("type") == "checkbox" else "")

    def handle_endtag(self, tag):
        if tag == "textarea" and self._area is not None:
            # The first line break after the tag belongs to the tag.
            self.forms[-1].fields[self._area] = self.forms[-1].fields[self._area].removeprefix("\n")
            self._area = None
        if tag == "select":
            self._select = None
        if self._alert and tag not in VOID:
            self._alert -= 1

    def handle_data(self, data):
        if self._area is not None:
            self.forms[-1].fields[self._area] += data
        self._words.append(data)
        if self._alert and self.alerts:
            self.alerts[-1] += data


VOID = {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"}
