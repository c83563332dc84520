"""S-32: files where none is asked for are answered before they are there, and leave nothing behind."""
import http.client

import pytest

import lib
from sending import PDF, asking, begin
from test_files import files


@pytest.mark.parametrize("where, status", [("nowhere", 404), ("unasked", 400), ("off", 404)])
def test_what_is_not_asked_for_is_refused_before_it_has_come(running, place, where, status):
    if where == "nowhere":
        slug = "nowhere-at-all"
    elif where == "unasked":
        slug = lib.make_link(running, place)["slug"]
    else:
        link = asking(running, place)
        slug = link["slug"]
        off = lib.Client(running.port, key=place.owner.key).call(
            "PATCH", f"/api/v1/links/{link['id']}", {"active": False})
        assert off.status == 200, off.text
    before = files(running)
    # The other half never comes.
    line, _ = begin(running, {"slug": slug, "questions": [{"id": "qst_0"}]}, PDF * 20)
    answer = http.client.HTTPResponse(line)
    answer.begin()
    assert answer.status == status, answer.read()
    line.close()
    assert files(running) == before
