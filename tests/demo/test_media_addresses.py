"""Pictures of our own are stored by path, and shown by address."""

import pytest

from ravo.catalog.queries import cards
from ravo.platform.settings import forget_settings


@pytest.fixture(autouse=True)
def media_url(services, monkeypatch):
    monkeypatch.setenv("MEDIA_URL", "https://media.example/pictures/")
    forget_settings()
    yield
    monkeypatch.undo()
    forget_settings()


def test_a_picture_of_ours_gets_the_address_that_answers():
    shown = cards.image({"url": "/media/products/tote.png", "alt": "A tote"})
    assert shown == {"url": "https://media.example/pictures/products/tote.png", "alt": "A tote"}


def test_a_picture_from_elsewhere_keeps_its_address():
    shown = cards.images([{"url": "https://cdn.example/media/x.png"}, {"url": "/other/x.png"}])
    assert [picture["url"] for picture in shown] == ["https://cdn.example/media/x.png", "/other/x.png"]


def test_a_product_without_a_picture_has_none():
    assert cards.image(None) is None
