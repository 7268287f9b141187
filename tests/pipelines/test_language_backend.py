"""``[language] backend`` chooses the detector, and the dataset says which it was."""

import json

import pytest

from tests.newsroom import Newsroom, rss, story


@pytest.mark.parametrize(
    ("backend", "named"), [("langdetect", "langdetect"), ("langdetect-classic", "classic")]
)
def test_the_configured_detector_is_the_one_that_answers(
    newsroom: Newsroom, backend: str, named: str
) -> None:
    newsroom.publish("port", rss(story(1)))
    newsroom.command()
    config = newsroom.folder / "khabar.toml"
    config.write_text(config.read_text() + f'[language]\nbackend = "{backend}"\n')
    assert newsroom.run()["new"] == 1
    (row,) = newsroom.rows()
    assert row["language"] == "en"
    assert named in row["language_detector"]


@pytest.mark.parametrize(
    ("backend", "keys"),
    [
        ("langdetect-parity", {"language_langdetect", "language_langdetect_confidence"}),
        ("langdetect", set()),
    ],
)
def test_langdetects_own_answer_stands_beside_where_parity_is_asked_for(
    newsroom: Newsroom, backend: str, keys: set[str]
) -> None:
    newsroom.publish("port", rss(story(1)))
    newsroom.command()
    config = newsroom.folder / "khabar.toml"
    config.write_text(config.read_text() + f'[language]\nbackend = "{backend}"\n')
    newsroom.run()
    (row,) = newsroom.rows()
    extra = json.loads(row["extra"] or "{}")
    assert extra.keys() == keys
    assert extra.get("language_langdetect", "en") == "en"
