"""Pictures of our own are stored by path, and shown by address."""

import json

import pytest

from ravo.catalog.media import service as media
from ravo.platform.settings import forget_settings


@pytest.fixture(autouse=True)
def media_url(services, monkeypatch):
    monkeypatch.setenv("MEDIA_URL", "https://media.example/pictures/")
    forget_settings()
    yield
    monkeypatch.undo()
    forget_settings()


def test_a_picture_of_ours_gets_the_address_that_answers():
    assert media.shown("/media/products/tote.png") == "https://media.example/pictures/products/tote.png"


def test_a_picture_from_elsewhere_keeps_its_address():
    for address in ("https://cdn.example/media/x.png", "/other/x.png"):
        assert media.shown(address) == address


def test_in_what_is_written_already_only_pictures_of_ours_get_it():
    said = {"image": {"url": "/media/x.png"}, "other": {"url": "/other/x.png"}, "name": 'of "url":"/media/x.png"'}

    shown = json.loads(media.shown_in(json.dumps(said, separators=(",", ":"))))

    assert shown == said | {"image": {"url": "https://media.example/pictures/x.png"}}
