"""What `khabar init` hands to a newcomer must be usable as it is."""

import re
import tomllib
from collections import Counter
from pathlib import Path
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from pipelines.config import load_feeds, load_settings
from transforms.fetch.policy import Feed

CONFIG = Path(__file__).parent.parent / "config"
CATALOGUE = load_feeds(CONFIG / "feeds.toml")
ids = [feed.id for feed in CATALOGUE]


def test_the_catalogue_is_large_enough_to_choose_from() -> None:
    languages = {feed.language for feed in CATALOGUE}
    agencies = {feed.agency for feed in CATALOGUE}
    assert (len(CATALOGUE) >= 80, len(languages) >= 18, len(agencies) >= 30) == (True, True, True)


def test_arabic_is_the_largest_language_after_english_at_most() -> None:
    ranked = [tag for tag, _ in Counter(feed.language for feed in CATALOGUE).most_common(2)]
    assert "ar" in ranked


def test_ids_are_unique() -> None:
    assert len(set(ids)) == len(ids)


def test_addresses_are_unique() -> None:
    urls = [feed.url for feed in CATALOGUE]
    assert len(set(urls)) == len(urls)


def test_the_feed_the_project_is_named_for_comes_first() -> None:
    assert ids[0] == "tass_ar"


def test_an_id_names_its_language() -> None:
    assert [feed.id for feed in CATALOGUE if feed.id.rsplit("_", 1)[-1] not in endings(feed)] == []


def endings(feed: Feed) -> set[str]:
    """Endings an id may have: the tag, one of its subtags, and `ku` for Kurdish."""
    tag = (feed.language or "").lower()
    return {tag, *tag.split("-"), "ku" if tag == "ckb" else tag}


def test_a_feed_says_who_publishes_it_where_and_in_which_language() -> None:
    told = {feed.id: (feed.agency, feed.language, feed.timezone, feed.home, feed.title) for feed in CATALOGUE}
    assert [name for name, facts in told.items() if None in facts] == []


def test_a_language_is_a_short_bcp_47_tag() -> None:
    tags = {feed.language or "" for feed in CATALOGUE}
    assert [tag for tag in tags if not re.fullmatch(r"[a-z]{2,3}(-[A-Z][a-z]{3})?(-[A-Z]{2})?", tag)] == []


def test_chinese_names_its_script() -> None:
    assert "zh" not in {feed.language for feed in CATALOGUE}


def test_a_time_zone_is_one_of_the_data_base() -> None:
    assert {feed.timezone for feed in CATALOGUE} <= available_timezones()


def test_an_agency_is_a_slug() -> None:
    agencies = {feed.agency or "" for feed in CATALOGUE}
    assert [agency for agency in agencies if not re.fullmatch(r"[a-z][a-z0-9_]*", agency)] == []


def test_an_address_is_a_public_one() -> None:
    hosts = {urlsplit(feed.url).hostname or "" for feed in CATALOGUE}
    assert [host for host in hosts if not re.fullmatch(r"[a-z0-9.-]+\.[a-z]{2,}", host)] == []


def test_a_confirmed_address_names_its_kind_of_evidence() -> None:
    lines = (CONFIG / "feeds.toml").read_text("utf-8").splitlines()
    bare = [line for line in lines if line.startswith("verified = true") and "# checked: " not in line]
    assert bare == []


def test_an_address_taken_on_trust_is_marked() -> None:
    marked = [feed.id for feed in CATALOGUE if not feed.verified]
    assert "tass_ar" in marked
    assert len(marked) < len(CATALOGUE) / 2


def test_every_key_of_a_table_is_written_out() -> None:
    tables = tomllib.loads((CONFIG / "feeds.toml").read_text("utf-8"))["feed"]
    keys = {"id", "url", "agency", "language", "timezone", "home", "title", "verified"}
    assert [table["id"] for table in tables if not keys <= table.keys()] == []


def test_the_demo_feeds_are_accepted_once_they_have_an_origin(tmp_path: Path) -> None:
    text = (CONFIG / "demo" / "feeds.toml").read_text("utf-8")
    path = tmp_path / "feeds.toml"
    path.write_text(text.replace("{origin}", "http://127.0.0.1:8000"), "utf-8")
    assert load_feeds(path)[0].id == "tass_ar"


def test_the_shipped_settings_are_the_defaults() -> None:
    assert load_settings(CONFIG / "khabar.toml") == load_settings(None)
