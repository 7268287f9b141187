"""The lossless checker can see a loss, and finds none in real feeds."""

import os
from pathlib import Path

import pytest

from benchmarks import lossless
from transforms.feeds.entry import FeedEntry
from transforms.text.blocks import Page

SHARED = os.environ.get("KHABAR_SHARED")
ENTRY = FeedEntry(
    content="<p>دمشق-سانا أعلن <b>ذلك</b>.</p><ul class='sharedaddy'><li>Share</ul>Read more", language="ar"
)


def test_nothing_is_lost_from_an_entry() -> None:
    assert list(lossless.losses_of("x", ENTRY)) == []


def test_a_lost_block_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lossless, "read_html", lambda html: Page([], []))
    assert [loss.step for loss in lossless.losses_of("x", ENTRY)] == ["blocks"]


def test_a_lost_letter_is_listed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lossless, "canonical", lambda text, language: text.replace("ع", ""))
    assert [loss.letters for loss in lossless.losses_of("x", ENTRY)] == ["ع"]


@pytest.mark.slow
@pytest.mark.skipif(SHARED is None, reason="KHABAR_SHARED is not set")
@pytest.mark.filterwarnings("ignore:expat")
def test_no_letter_of_the_samples_is_lost() -> None:
    found = lossless.entries(Path(SHARED or "") / "samples")
    assert [loss for source, entry in found for loss in lossless.losses_of(source, entry)] == []
