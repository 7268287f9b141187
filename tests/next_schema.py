"""A khabar of the next schema: two more columns in articles, one of them required; runs fill in neither.

``python -m tests.next_schema WORDS`` is its command line.
"""

import sys
from collections.abc import Sequence

import pyarrow as pa

from pipelines import cli
from schemas.arrow import ARTICLES, DATASETS, SCHEMAS, VERSION_KEY
from schemas.rows import Article
from schemas.versions import ADDED, Added, as_current
from transforms import write
from transforms.parquet import sorted_in_order

NEXT = 2
BROUGHT = (Added("articles", "desk"), Added("articles", "priority", 5))
FIELDS = (
    pa.field("desk", pa.string(), metadata={"description": "Editorial desk."}),
    pa.field("priority", pa.int32(), nullable=False, metadata={"description": "1 to 9."}),
)


def apply() -> None:
    """Make this process one of the next schema."""
    ADDED[NEXT] = BROUGHT
    for name, schema in list(SCHEMAS.items()):
        fields = [*schema, *FIELDS] if name.startswith("articles") else list(schema)
        SCHEMAS[name] = pa.schema(fields, schema.metadata | {VERSION_KEY: str(NEXT).encode()})
        if name in DATASETS:
            DATASETS[name] = SCHEMAS[name]
    # Imported late: replay takes the function by its name when it is imported.
    write.articles_table = _articles_table


def _articles_table(articles: Sequence[Article]) -> pa.Table:
    columns = dict(zip(Article._fields, zip(*articles, strict=True), strict=True))
    arrays = [write._array(columns[field.name], field.type) for field in ARTICLES]
    return sorted_in_order("articles", as_current(pa.table(arrays, schema=ARTICLES), "articles"))


if __name__ == "__main__":
    apply()
    sys.exit(cli.main())
