"""The English sentences of the sources, which are the keys of the catalogues, and the catalogues themselves."""
import pathlib
import re

import harness

SOURCES = harness.ROOT / "Sources"
CATALOGUES = harness.ROOT / "Public" / "texts"
# The plural forms each language needs (Unicode CLDR 46).
FORMS = {"ar": "zero one two few many other", "de": "one other", "es": "one other", "fr": "one other",
         "he": "one two other", "it": "one other", "ja": "other", "nl": "one other", "pl": "one few many",
         "pt": "one other", "zh": "other"}
# Where sentences stand that visitors read: pages, mails, mistakes in forms and bodies.
SPOKEN = ["Web/**/*.swift", "Capabilities/*.swift", "Scheduling/*.swift", "Features/Messaging/*.swift",
          "Features/Bookings/*.swift", "Features/Polls/*.swift",
          *(f"Features/{file}.swift" for file in (
              "Routing/PublicFormPages", "Routing/RoutingForm", "Routing/AnswerForm", "Members/PublicTeamPage",
              "Members/Team", "Routing/PublicFormRoutes", "Profiles/PublicProfile", "Profiles/Leaver",
              "Profiles/PreviewRoutes", "Links/Link",
              "Links/LinkDoor", "Links/LinkSeries", "Links/LinkWaitlist", "Links/LinkSeats", "API/AddressField",
              "Accounts/AccountRefusal", "Resources/BookableResource"))]
# What else stands on their pages.
MORE = {"This address is one person’s, who books for themselves.", "one of %1 hosts", "[people] %1 and %2",
        "[people] %1 and %2 others", "[people] one of the %1", "[people] two of the %1", "[people] three of the %1",
        "[people] four of the %1", "[people] %1 of the %2"}
# The names are in the catalogues, each with its mark.
PARTS = {"[short day name] %1", "[short month] %1"}
# Of the files, the pages of hosts.
HOSTS = re.compile("Host|Approval(Pages|Routes)|Block|BookFor|Calendar|Distribution|Reassign|OfferRoutes|"
                   "KeptOffer(Pages|Routes)|HandOver|OutToday|SessionPages|DayMarks|WeekLayout|BookingCSV|ToldList|"
                   "SpokenLink|Sidebar|SingleUse(Pages|Routes)|MakeSingleUse|MakeOneOff|"
                   "Sheet(Pages|Routes|Reading)|MakePoll|FinalizePoll|Poll(Pages|Routes|API|Reading)")
DAYS = "Sunday Monday Tuesday Wednesday Thursday Friday Saturday".split()
MONTHS = "January February March April May June July August September October November December".split()


def literals(code: str):
    """Every literal in `say(…)`, `plain(…)` and `Sentence(…)`, with `%1`, `%2`… for what is put in."""
    code = "\n".join(line for line in code.split("\n") if not line.lstrip().startswith("//"))
    for call in re.finditer(r'\b(?:say|plain|Sentence)\(\s*(?:stringLiteral:\s*)?"', code):
        yield key(code, call.end() - 1)


def key(code: str, place: int) -> str:
    """The key of the literal whose first quote stands there."""
    is_long = code.startswith('"""', place)
    place = code.index("\n", place) + 1 if is_long else place + 1
    text, values = "", 0
    while not code.startswith('"""' if is_long else '"', place):
        sign, after = code[place], code[place + 1]
        if sign != "\\":
            text, place = text + sign, place + 1
        elif after == "(":
            place, values = closing(code, place + 2), values + 1
            text += f"%{values}"
        elif after == "u":
            end = code.index("}", place)
            text, place = text + chr(int(code[place + 3:end], 16)), end + 1
        elif after == "\n":
            place = re.compile(r"[ \t]*").match(code, place + 2).end()
        else:
            text, place = text + {"n": "\n"}.get(after, after), place + 2
    text = "\n".join(line.lstrip() for line in text.rstrip().split("\n")) if is_long else text
    more = re.compile(r'"\s*\+\s*"').match(code, place)
    return text + key(code, more.end() - 1) if more else text


def closing(code: str, place: int) -> int:
    """Behind the bracket that closes the one before this place."""
    depth = 1
    while depth:
        depth += {"(": 1, ")": -1}.get(code[place], 0)
        place += 1
    return place


def spoken() -> set[str]:
    """The sentences visitors may read, as far as they have words to translate."""
    files = {file for pattern in SPOKEN for file in SOURCES.glob(pattern) if not HOSTS.search(file.name)}
    found = {key for file in files for key in literals(file.read_text())} - PARTS | MORE
    found |= {*DAYS, *MONTHS, *(f"[short day name] {day[:3]}" for day in DAYS),
              *(f"[short month] {month[:3]}" for month in MONTHS)}
    return {key for key in found if any(sign.isalpha() for sign in re.sub(r"%\d|\|one:|\|other:", "", key))}


def catalogue(language: str, folder: pathlib.Path = CATALOGUES) -> dict[str, str]:
    lines = [line for line in (folder / f"{language}.txt").read_text().split("\n")
             if line and not line.startswith("#")]
    assert all(not first.startswith("= ") and second.startswith("= ")
               for first, second in zip(lines[::2], lines[1::2])) and len(lines) % 2 == 0
    assert len(set(lines[::2])) == len(lines) // 2, "a sentence is there twice"
    return {first: second[2:] for first, second in zip(lines[::2], lines[1::2])}


def values(text: str) -> set[str]:
    return set(re.findall(r"%(?!%)(\d)", text))


def mistakes(language: str, english: str, translated: str) -> list[str]:
    """What is wrong with a translation."""
    if not re.match(r"%\d\|", english):
        return [] if values(english) == values(translated) else [f"other values: {english}"]
    if not translated.startswith(english[:3]):
        return [f"no forms: {english}"]
    forms = dict(form.split(":", 1) for form in translated[3:].split("|"))
    return ([f"a form is missing: {english}"] if not set(FORMS[language].split()) <= forms.keys() else []) + (
        [f"other values: {english}"] if not values(translated) <= values(english) else [])
