"""The catalogues of visitors' pages and mails: the same sentences, values and plural forms in all languages."""
import pytest

import texts

SPOKEN = texts.spoken()


@pytest.mark.parametrize("language", texts.FORMS)
def test_every_sentence_is_translated_and_no_other(language):
    found = texts.catalogue(language)
    assert sorted(SPOKEN - found.keys()) == [], "translate these"
    assert sorted(found.keys() - SPOKEN) == [], "nobody says these any more"


@pytest.mark.parametrize("language", texts.FORMS)
def test_values_and_plural_forms_are_complete(language):
    found = texts.catalogue(language)
    assert [mistake for key, text in found.items() for mistake in texts.mistakes(language, key, text)] == []


def test_all_languages_are_there():
    assert {file.stem for file in texts.CATALOGUES.glob("*.txt")} == set(texts.FORMS)


CODE = r'''
    say("Pick a time with \(host.name(of: "x"))") + plain("\(count)|one:One time|other:%1 times")
    plain("""
        Two lines \
        that are \(one) and \(two).
        """) + say("\(days)\u{a0}h") + other("not this")
'''


def test_sentences_are_read_as_the_compiler_reads_them():
    assert list(texts.literals(CODE)) == [
        "Pick a time with %1", "%1|one:One time|other:%1 times", "Two lines that are %1 and %2.", "%1\u00a0h"]
    assert len(SPOKEN) > 800 and {"Name", "December", "[short day] %1 %2 %3"} <= SPOKEN


@pytest.mark.parametrize("english, translated", [
    ("Pick %1", "Wählen"), ("Pick", "Wählen %1"), ("%1|one:One|other:%1", "Einer"),
    ("%1|one:One|other:%1", "%1|one:Eins"), ("%1|one:One|other:%1", "%1|one:Eins|other:%2"),
])
def test_mistakes_are_found(english, translated):
    assert texts.mistakes("de", english, translated)
    assert not texts.mistakes("de", "Pick %1", "%1 wählen")
    assert not texts.mistakes("de", "%1|one:One|other:%1", "%1|one:Eins|other:%1")
