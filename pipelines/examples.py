"""The examples that every command's ``--help`` ends with; a test parses each of them."""

import argparse

EXAMPLES: dict[str, tuple[str, ...]] = {
    "khabar": (
        "khabar init news",
        "khabar run --root data --feeds news/feeds.toml",
        "khabar status --root data",
        "khabar peek --root data --language ar",
        "khabar report --root data --open",
    ),
    "khabar backfill": (
        "khabar backfill --root data --warc 'crawl/CC-NEWS-2026-03-*.warc.gz' --sources sources.toml",
        "khabar backfill --root data --warc 'crawl/*.warc.gz' --sources sources.toml --limit 2G --json",
    ),
    "khabar card": (
        "khabar card --root data",
        "khabar card --root data --feeds news/feeds.toml",
    ),
    "khabar clean": (
        "khabar clean article.html --language ar",
        "khabar clean - --language ar --title 'عبور 61 سفينة' < article.html",
    ),
    "khabar compact": (
        "khabar compact --root data --lock-wait 5m",
        "khabar compact --root data --late-days 0",
    ),
    "khabar completion": (
        "khabar completion bash > ~/.local/share/bash-completion/completions/khabar",
        'khabar completion zsh > "${fpath[1]}/_khabar"',
        "khabar completion fish > ~/.config/fish/completions/khabar.fish",
    ),
    "khabar export": (
        "khabar export --root data --format jsonl --to arabic.jsonl --source tass_ar",
        "khabar export --root data --format parquet --layout partitioned --to mirror",
        "khabar export --root data --format csv-sample --to look.csv --rows 200",
    ),
    "khabar feeds": ("khabar feeds list", "khabar feeds check --feeds news/feeds.toml"),
    "khabar feeds list": ("khabar feeds list", "khabar feeds list --feeds news/feeds.toml --json"),
    "khabar feeds check": (
        "khabar feeds check --feeds news/feeds.toml",
        "khabar feeds check --feeds news/feeds.toml --source tass_ar",
    ),
    "khabar feeds add": (
        "khabar feeds add https://www.example.com/rss --feeds news/feeds.toml --language ar",
    ),
    "khabar feeds import-opml": ("khabar feeds import-opml reader.opml --feeds news/feeds.toml",),
    "khabar feeds export-opml": ("khabar feeds export-opml --feeds news/feeds.toml > news.opml",),
    "khabar gc": (
        "khabar gc --root data --keep 400d --keep-errors 90d --keep-raw 90d --dry-run",
        "khabar gc --root data --keep-raw 30d",
    ),
    "khabar identify": ("khabar identify article.txt", "echo 'مرحبا بالعالم' | khabar identify - --hint ar"),
    "khabar init": ("khabar init news",),
    "khabar migrate": ("khabar migrate --root data",),
    "khabar peek": (
        "khabar peek --root data",
        "khabar peek --root data --source tass_ar --limit 10",
        "khabar peek --root data --language ar --grep 'قناة السويس'",
        "khabar peek --root data --id 3f2a --sentences --furniture --flags --versions",
        "khabar peek --root data --grep Suez --json | jq .url",
    ),
    "khabar rebuild-ledger": (
        "khabar rebuild-ledger --root data",
        "khabar rebuild-ledger --root data --force",
    ),
    "khabar replay": (
        "khabar replay --root data --feeds news/feeds.toml --since 2026-03-01",
        "khabar replay --root data --feeds news/feeds.toml --source tass_ar --everything",
    ),
    "khabar report": (
        "khabar report --root data --open",
        "khabar report --root data --out /srv/www/news.html",
        "khabar report --root data --json | jq .feeds",
    ),
    "khabar reprints": (
        "khabar reprints --root data --since 2026-03-01",
        "khabar reprints --root data --min-sources 3 --out reprints.parquet",
    ),
    "khabar rollup": ("khabar rollup --root data --monthly",),
    "khabar run": (
        "khabar run --root data --feeds news/feeds.toml --config news/khabar.toml",
        "khabar run --root data --feeds news/feeds.toml --source tass_ar --all --dry-run",
        "khabar run --root data --feeds news/feeds.toml --max-runtime 10m --lock-wait 5m --json",
    ),
    "khabar schema": (
        "khabar schema",
        "khabar schema sentences --format json",
        "khabar schema articles --format pandera > articles_schema.py",
    ),
    "khabar segment": ("khabar segment article.txt --language ar", "khabar segment - < article.txt"),
    "khabar sql": (
        'khabar sql --root data "select language, count(*) from latest group by 1 order by 2 desc"',
        'khabar sql --root data "describe articles"',
        "khabar sql --root data --file daily.sql --format csv --out daily.csv",
        "khabar sql --root data --format parquet --out ar.parquet \"from latest where language = 'ar'\"",
        "cat question.sql | khabar sql --root data --json | jq .title",
    ),
    "khabar status": (
        "khabar status --root data",
        "khabar status --root data --failing",
        "khabar status --root data --json | jq '.feeds[] | select(.error_class)'",
    ),
    "khabar stream": (
        "khabar stream --root /mnt/news --ledger postgresql://db/news --feeds news/feeds.toml"
        " --runner FlinkRunner -- --flink_master=host:8081 --environment_type=EXTERNAL"
        " --environment_config=localhost:50000 --checkpointing_interval=60000",
    ),
    "khabar verify": ("khabar verify --root data", "khabar verify --root data --deep --json"),
    "khabar watch": (
        "khabar watch --root data --feeds news/feeds.toml",
        "khabar watch --root data --feeds news/feeds.toml --every 5m --metrics-port 9464",
    ),
}


def add_examples(parser: argparse.ArgumentParser) -> None:
    """Put the examples of a parser, and of every one below it, before what its help ends with."""
    if parser.prog in EXAMPLES:
        shown = "\n".join(["examples:", *(f"  {line}" for line in EXAMPLES[parser.prog])])
        parser.epilog = f"{shown}\n\n{parser.epilog}" if parser.epilog else shown
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for child in action.choices.values():
                add_examples(child)
