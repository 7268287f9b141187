"""Questions to a khabar dataset, and their answers: a marimo notebook that imports nothing of khabar.

marimo edit examples/newsroom.py                              # ask on; needs marimo, altair, duckdb, polars
marimo run examples/newsroom.py -- --root /srv/news           # look, on a dataset of your own
"""

import marimo

__generated_with = "0.25.2"
app = marimo.App(width="medium", app_title="A newsroom's questions")

with app.setup:
    import difflib
    import html
    import sys
    from pathlib import Path

    import altair as alt
    import marimo as mo
    import numpy as np
    import polars as pl

    sys.path.insert(0, str(Path(__file__).parent))
    import readers  # examples/readers.py: copy it beside your own notebook


@app.cell
def _():
    mo.md(
        r"""
        # A newsroom's questions

        Who prints whose story, and how fast? How much of a newspaper is its own? What do edits change, and
        do the copies notice? How do topics differ by language?
        """
    )
    return


@app.cell
def _():
    root = mo.cli_args().get("root") or "demo-data"
    return (root,)


@app.cell
def _(root):
    news = readers.connect(root)  # views: articles (every version) and latest
    overview = news.sql(
        """
        SELECT language, count(*) AS articles, count(DISTINCT source) AS sources,
               sum(n_sentences)::INT AS sentences, round(median(text_len))::INT AS median_length
        FROM latest GROUP BY language ORDER BY articles DESC, language
        """
    ).pl()
    mo.vstack([mo.md("## What there is"), overview])
    return news, overview


@app.cell
def _():
    mo.md(
        r"""
        ## Who printed whose story?

        Two articles are candidates when they share one of the 32 band hashes of their MinHash signature
        (`lsh32`) or the fingerprint of a sentence (`sent_fp`): joins on equal integers. The share of equal
        bytes of `minhash_b8` then says how alike they are. What an article said *first* (`version = 1`) is
        compared, and each print is given to the earlier article it is most like.
        """
    )
    return


@app.cell
def _(news):
    candidates = news.sql(
        """
        WITH firsts AS (SELECT * FROM articles WHERE version = 1 AND published_at IS NOT NULL),
        marks AS (
            SELECT article_id, unnest(list_concat(lsh32::UBIGINT[], sent_fp)) AS mark FROM firsts
        ),
        telling AS (  -- what stands in more than 100 articles is boilerplate
            SELECT mark FROM marks GROUP BY mark HAVING count(*) BETWEEN 2 AND 100
        ),
        pairs AS (
            SELECT DISTINCT a.article_id AS early, b.article_id AS late
            FROM marks a JOIN telling USING (mark) JOIN marks b USING (mark)
            WHERE a.article_id <> b.article_id
        )
        SELECT a.source AS wrote, b.source AS printed,
               date_diff('minute', a.published_at, b.published_at) AS minutes,
               b.agency AS credited,
               a.title AS original, b.title AS headline,
               a.article_id AS original_id, b.article_id AS print_id,
               a.minhash_b8 AS a_hash, b.minhash_b8 AS b_hash,
               len(list_intersect(a.sent_fp, b.sent_fp))
                   / greatest(1, least(len(a.sent_fp), len(b.sent_fp))) AS shared
        FROM pairs JOIN firsts a ON a.article_id = early JOIN firsts b ON b.article_id = late
        WHERE a.source <> b.source
          AND b.published_at BETWEEN a.published_at AND a.published_at + INTERVAL 3 DAY
        """
    ).pl()

    def alike(one: bytes, other: bytes) -> float:
        """Estimated Jaccard similarity of two signatures."""
        return float(np.mean(np.frombuffer(one, np.uint8) == np.frombuffer(other, np.uint8)))

    similar = [alike(a, b) for a, b in candidates.select("a_hash", "b_hash").iter_rows()]
    prints = (
        candidates.drop("a_hash", "b_hash")
        .with_columns(pl.Series("alike", similar, pl.Float64))
        .filter((pl.col("alike") >= 0.4) | (pl.col("shared") >= 0.5))
        .sort("alike", "shared", descending=True)
        .unique("print_id", keep="first", maintain_order=True)
        .sort("minutes")
    )
    prints.select("wrote", "printed", "minutes", "alike", "shared", "credited", "headline")
    return (prints,)


@app.cell
def _(prints):
    flows = prints.group_by("wrote", "printed").agg(
        pl.len().alias("stories"), pl.col("credited").is_null().sum().alias("without credit")
    )
    who = (
        alt.Chart(flows, title="Stories printed, by who wrote them")
        .mark_bar()
        .encode(
            x=alt.X("stories:Q", axis=alt.Axis(tickMinStep=1)),
            y=alt.Y("printed:N", title="printed by"),
            color=alt.Color("wrote:N", title="written by"),
            tooltip=["wrote", "printed", "stories", "without credit"],
        )
    )
    how_fast = (
        alt.Chart(prints, title="How long after the agency")
        .mark_circle(size=120)
        .encode(
            x=alt.X("minutes:Q", scale=alt.Scale(type="log"), title="minutes later (logarithmic)"),
            y=alt.Y("printed:N", title="printed by"),
            color=alt.Color("wrote:N", title="written by"),
            tooltip=["headline", "wrote", "minutes", "alike", "credited"],
        )
    )
    mo.vstack([who, mo.md("## How fast?"), how_fast])
    return (flows,)


@app.cell
def _(news, prints):
    own = news.sql(
        """
        WITH firsts AS (SELECT * FROM articles WHERE version = 1 AND published_at IS NOT NULL),
        said AS (SELECT source, published_at, unnest(sent_fp) AS sentence FROM firsts)
        SELECT source, count(*) AS sentences, count(*) FILTER (first_source <> source) AS copied
        FROM (
            SELECT source,
                   first_value(source) OVER (PARTITION BY sentence ORDER BY published_at) AS first_source
            FROM said
        )
        GROUP BY source ORDER BY source
        """
    ).pl()
    papers = own.filter(pl.col("source").is_in(prints["printed"].unique().to_list())).with_columns(
        (100 * (1 - pl.col("copied") / pl.col("sentences"))).round(0).cast(pl.Int64).alias("own, %")
    )
    mo.vstack(
        [mo.md("## How much of a newspaper is its own?\n\nSentences nobody had printed before."), papers]
    )
    return (papers,)


@app.cell
def _(news):
    edits = news.sql(
        """
        SELECT new.source, new.title, new.version, new.article_id, old.text AS before, new.text AS after,
               old.title AS title_before, old.sent_fp AS said, new.sent_fp AS says
        FROM articles new JOIN articles old
          ON new.article_id = old.article_id AND new.version = old.version + 1
        ORDER BY new.source, new.version
        """
    ).pl()

    def changes(before: str, after: str) -> str:
        """Two texts in one, word by word: what went is struck out, what came is underlined."""
        old, new = before.split(), after.split()
        parts = []
        for kind, a, b, c, d in difflib.SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
            gone, came = html.escape(" ".join(old[a:b])), html.escape(" ".join(new[c:d]))
            if kind == "equal":
                parts.append(gone)
            else:
                parts += [f"<del>{gone}</del>"] if gone else []
                parts += [f"<ins>{came}</ins>"] if came else []
        return " ".join(parts)

    stories = [
        f"<p><strong>{html.escape(edit['source'])}</strong>, version {edit['version']}</p>"
        f'<p dir="auto"><strong>{changes(edit["title_before"] or "", edit["title"] or "")}</strong></p>'
        f'<p dir="auto">{changes(edit["before"] or "", edit["after"] or "")}</p>'
        for edit in edits.iter_rows(named=True)
    ]
    mo.vstack(
        [mo.md("## What do edits change?"), mo.Html("<hr>".join(stories) or "<p>Nothing was edited.</p>")]
    )
    return edits, stories


@app.cell
def _(edits, news, prints):
    now = news.sql("SELECT article_id AS print_id, sent_fp, left(text, 90) AS still_says FROM latest").pl()
    withdrawn = pl.col("said").list.set_difference("says").alias("withdrawn")
    stale = (
        prints.join(edits.select(withdrawn, original_id="article_id"), on="original_id")
        .join(now, on="print_id")
        .filter(pl.col("sent_fp").list.set_intersection("withdrawn").list.len() > 0)
        .select("wrote", "printed", "headline", "still_says")
    )
    mo.vstack(
        [mo.md("## Did the copies notice?\n\nPrints that still have a sentence its author took back."), stale]
    )
    return (stale,)


@app.cell
def _(news):
    # Free tags are each publisher's own: this table is knowledge about these feeds. Feeds with IPTC codes
    # need none; their `subjects` say the same in every language.
    topics = {
        "economy": ["اقتصاد", "Economy", "Экономика"],
        "science and space": ["علوم", "فضاء", "Science", "Наука"],
        "culture": ["ثقافة", "Культура"],
        "society": ["مجتمع", "نقل", "Society", "Город"],
        "sport": ["رياضة", "Sports", "Спорт"],
        "weather": ["طقس", "Погода"],
    }
    tags = pl.DataFrame({"tag": tag, "topic": topic} for topic, tags in topics.items() for tag in tags)
    tagged = news.sql("SELECT article_id, language, unnest(categories) AS tag FROM latest").pl()
    by_language = (
        tagged.join(tags, on="tag")
        .unique(["article_id", "topic"])
        .group_by("language", "topic")
        .agg(pl.len().alias("articles"))
        .sort("language", "topic")
    )
    chart = (
        alt.Chart(by_language, title="Topics by language, share of tagged articles")
        .mark_bar()
        .encode(
            x=alt.X("articles:Q", stack="normalize", title="share", axis=alt.Axis(format="%")),
            y=alt.Y("language:N"),
            color="topic:N",
            tooltip=["language", "topic", "articles"],
        )
    )
    mo.vstack([mo.md("## How do topics differ by language?"), chart])
    return (by_language,)


if __name__ == "__main__":
    app.run()
