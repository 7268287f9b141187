"""``README.md``: the dataset card, with the header by which Hugging Face ``datasets`` finds the tables."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from schemas.arrow import DATASETS
from schemas.versions import base_of

NAME = "README.md"
MARK = "<!-- made by khabar card -->"
YOURS = "<!-- What stands below this line is yours: khabar keeps it. -->"
# Hugging Face's steps of size: https://huggingface.co/docs/hub/datasets-cards
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"),
          (10_000_000, "1M<n<10M"), (100_000_000, "10M<n<100M"), (1_000_000_000, "100M<n<1B"))  # fmt: skip
_NO_LANGUAGE = ("und", "zxx", "mul")
LIMITS = """\
- **One row is one version.** `articles` holds every edit; take the highest `version` of each `article_id` for
  the newest. An edit made and undone between two polls, or after the entry left its feed, is not seen.
- **`date` is what the publisher says** (UTC), or the day of first sight where it says nothing usable:
  `date_source` tells which, `date_quality` what was assumed.
- **Language is identified, not known**: `language_confidence` says how surely, `und` is what cannot be told.
  Short headlines are the least sure.
- **Texts are as long as the feed makes them**: many feeds give a teaser (`text_origin`, `quality_flags`).
- **The same story comes from several sources.** Equal texts share `content_sha256`; leave them in one split
  when you train and test.
- **A feed shows only its last entries.** What came and went between two polls is missing; `possible_gap` in
  `fetch_log` says where that may have happened.
- **It is news**: it names people, repeats what they say, and errs. Nothing was left out for its opinion."""


def render(catalog: Mapping[str, Any], notes: str = "") -> str:
    """The whole card.

    Args:
        catalog: From ``pipelines.catalog``.
        notes: The owner's part, kept as it was.
    """
    parts = [
        _header(catalog),
        MARK,
        "# " + _title(catalog),
        _summary(catalog),
        "## Read it\n\n" + READING,
        "## Sources and their terms\n\n" + _sources(catalog),
        "## Languages\n\n" + _languages(catalog),
        "## Known limits\n\n" + LIMITS,
        "## Columns\n\n" + _columns(catalog),
        YOURS,
    ]
    return "\n\n".join(parts) + "\n" + (notes or "\n")


def notes_of(card: str) -> str | None:
    """The owner's part of a card; None when the card is not khabar's."""
    if MARK not in card:
        return None
    return card.partition(YOURS + "\n")[2]


def header(catalog: Mapping[str, Any]) -> dict[str, Any]:
    """The YAML header as data; configurations only for datasets that have files."""
    languages = [tag for tag in catalog["languages"] if tag not in _NO_LANGUAGE]
    rows = catalog["datasets"]["articles"]["rows"]
    fields: dict[str, Any] = {
        "pretty_name": _title(catalog),
        **_license(catalog["sources"]),
        "language": list(dict.fromkeys(tag.split("-")[0] for tag in languages)),
        "language_bcp47": languages if any("-" in tag for tag in languages) else [],
        "size_categories": [next((name for limit, name in _SIZES if rows < limit), "n>1B")],
        "tags": ["news", "rss", "multilingual" if len(languages) > 1 else "monolingual", "khabar"],
        "configs": [
            {
                "config_name": name,
                "data_files": [{"split": "train", "path": f"{name}/**/*.parquet"}],
                **({"default": True} if name == "articles" else {}),
            }
            for name, dataset in catalog["datasets"].items()
            if dataset["files"]
        ],
    }
    return {key: value for key, value in fields.items() if value}


def _header(catalog: Mapping[str, Any]) -> str:
    # Every value as JSON, which is YAML: the language "no" stays a string, a title with a colon too.
    lines = [f"{key}: {json.dumps(value, ensure_ascii=False)}" for key, value in header(catalog).items()]
    return "\n".join(["---", *lines, "---"])


def _license(sources: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """One licence where all sources share it; else what Hugging Face calls ``other``, by name."""
    found = {source["license"] for source in sources if source["versions"]}
    if len(found) == 1 and (only := found.pop()) is not None:
        return {"license": only.lower()}
    return {"license": "other", "license_name": "terms-of-each-source"}


def _title(catalog: Mapping[str, Any]) -> str:
    count = sum(1 for source in catalog["sources"] if source["versions"])
    return f"News of {count} source{'s' * (count != 1)}, collected by khabar"


def _summary(catalog: Mapping[str, Any]) -> str:
    datasets, run = catalog["datasets"], catalog["latest_run"]
    articles = sum(source["articles"] for source in catalog["sources"])
    rows = [
        f"| [`{name}`](#{base_of(name)}) | {data['description']} | {data['rows']:,} | {data['files']:,} "
        f"| {data['bytes'] / 1e6:,.1f} MB | {data['first_date'] or ''} | {data['last_date'] or ''} |"
        for name, data in datasets.items()
    ]
    return "\n".join(
        [
            f"{articles:,} articles in {datasets['articles']['rows']:,} versions, cut into "
            f"{datasets['sentences']['rows']:,} sentences; as of run `{run['run_id'] if run else 'none'}`.",
            "",
            "| dataset | holds | rows | files | size | from | to |",
            "|---|---|---:|---:|---:|---|---|",
            *rows,
        ]
    )


READING = """\
From this folder:

```python
from datasets import load_dataset
articles = load_dataset(".", split="train")
sentences = load_dataset(".", "sentences", split="train", streaming=True)

import polars as pl
articles = pl.scan_parquet("articles", hive_partitioning=True)
newest = articles.sort("version").unique("article_id", keep="last").collect()

import duckdb
files = "read_parquet('articles/**/*.parquet')"
duckdb.sql(f"select language, count(*) from {files} group by 1 order by 2 desc").show()
```

`catalog.json` has the same facts and every file with its checksum, `datapackage.json` the columns as
Frictionless Table Schema."""


def _sources(catalog: Mapping[str, Any]) -> str:
    rows = [
        [
            f"`{source['id']}`",
            _link(source["title"], source["home"]),
            source["agency"],
            source["license"] or "not stated",
            _link("terms", source["terms"]) if source["terms"] else "not stated",
            f"{source['articles']:,}",
            f"{source['versions']:,}",
            source["first_date"],
            source["last_date"],
        ]
        for source in catalog["sources"]
    ]
    heads = ("id", "name", "agency", "licence", "terms", "articles", "versions", "from", "to")
    return (
        "Licence and terms are what the operator of this collection configured. khabar can collect more than"
        " you may store or pass on: read each publisher's terms.\n\n" + _table(heads, rows, right=(5, 6))
    )


def _languages(catalog: Mapping[str, Any]) -> str:
    total = max(sum(catalog["languages"].values()), 1)
    rows = [[f"`{tag}`", f"{n:,}", f"{n / total:.1%}"] for tag, n in catalog["languages"].items()]
    return _table(("language (BCP 47)", "article versions", "share"), rows, right=(1, 2))


def _columns(catalog: Mapping[str, Any]) -> str:
    datasets = catalog["datasets"]
    return "\n\n".join(_columns_of(name, datasets[name]) for name in DATASETS if name in datasets)


def _columns_of(name: str, dataset: Mapping[str, Any]) -> str:
    rows = [
        [f"`{c['name']}`", f"`{c['type']}`", "yes" if c["nullable"] else "", c["description"]]
        for c in dataset["columns"]
    ]
    unique = ", ".join(f"`{column}`" for column in dataset["unique"])
    keys = f"Together unique: {unique}. " if unique else ""
    by = ", ".join(f"`{column}`" for column in dataset["partitioned_by"])
    intro = f"{dataset['description']} {keys}Partitioned by {by} (in the path)."
    return f"### {name}\n\n{intro}\n\n" + _table(("column", "type", "null", "meaning"), rows)


def _table(heads: Sequence[str], rows: Iterable[Sequence[str | None]], right: Sequence[int] = ()) -> str:
    def lines() -> Iterator[str]:
        yield "| " + " | ".join(heads) + " |"
        yield "|" + "|".join("---:" if n in right else "---" for n in range(len(heads))) + "|"
        for row in rows:
            yield "| " + " | ".join(_cell(value) for value in row) + " |"

    return "\n".join(lines())


def _cell(value: str | None) -> str:
    return "" if value is None else " ".join(value.split()).replace("|", "\\|")


def _link(text: str | None, url: str | None) -> str:
    safe = (text or "").replace("[", "(").replace("]", ")").replace("<", "&lt;")
    return f"[{safe or url}](<{url}>)" if url else safe
