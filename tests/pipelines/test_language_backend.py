"""``[language] backend`` chooses the detector, and the dataset says which it was."""

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
