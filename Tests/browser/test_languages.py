"""The pages visitors meet, in each of the languages there are: sound to look at, and a booking from end to end."""
import pytest
from playwright.sync_api import expect

import eyes
import facts

# As a browser asks for them.
LOCALES = {"de": "de-AT", "es": "es-ES", "fr": "fr-FR", "it": "it-IT", "nl": "nl-BE", "pl": "pl-PL", "pt": "pt-BR",
           "ja": "ja-JP", "zh": "zh-CN", "ar": "ar", "he": "he-IL"}
LINK = "product-walkthrough"


def look(language: str, *, phone: bool = False) -> eyes.Look:
    width, height = (390, 844) if phone else (1280, 800)
    return eyes.Look(f"{language}-phone" if phone else language, width, height, touch=phone, locale=LOCALES[language])


@pytest.mark.parametrize("language", LOCALES)
def test_the_pages_of_a_booking_are_sound_in_every_language(shared_server, browser, language):
    with eyes.page_of(browser, look(language, phone=True)) as page:
        page.goto(f"{shared_server.url}/book/{LINK}")
        eyes.settle(page)
        assert page.locator("html").get_attribute("lang").split("-")[0] == language
        assert (page.locator("html").get_attribute("dir") == "rtl") == (language in ("ar", "he"))
        eyes.inspect(page, look(language, phone=True))
        page.locator("button[name=start]").first.click()
        eyes.settle(page)
        page.locator("form#details .button.primary").click()
        eyes.settle(page)
        eyes.inspect(page, look(language, phone=True))


@pytest.mark.parametrize("language", ["de", "ar", "ja"])
@pytest.mark.parametrize("script", [True, False], ids=["with script", "without script"])
def test_somebody_books_in_their_language_and_gets_their_mail_in_it(shared_server, browser, language, script):
    email = f"ada@{language}{'' if script else '-plain'}.example"
    with eyes.page_of(browser, look(language), script=script) as page:
        page.goto(f"{shared_server.url}/book/{LINK}")
        eyes.settle(page)
        page.locator("button[name=start]").first.click()
        eyes.settle(page)
        page.locator("[name='attendee.name']").fill("Ada Visitor")
        page.locator("[name='attendee.email']").fill(email)
        page.locator("[name^='answers.']").first.fill("Air & water")
        page.locator("form#details .button.primary").click()
        page.wait_for_url("**/booking/*")
        eyes.settle(page)
        if script:
            eyes.inspect(page, look(language))
        expect(page.get_by_role("main")).not_to_contain_text("Confirmed")
    booking = facts.booking_of(shared_server, email)
    assert booking["language"].split("-")[0] == language
    mails = []
    facts.eventually(lambda: mails.extend(
        mail for mail in shared_server.mail.mails if mail.recipients == [email]) or mails, "the confirmation")
    assert mails[0].message["Content-Language"].split("-")[0] == language
    assert "Confirmed" not in mails[0].message["Subject"]


def test_hosts_read_english_whatever_their_browser_asks_for(shared_server, browser):
    with eyes.page_of(browser, look("de")) as page:
        page.goto(f"{shared_server.url}/sign-in")
        assert page.locator("html").get_attribute("lang") == "en"
