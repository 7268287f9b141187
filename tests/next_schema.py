"""A khabar of the next schema: two more columns in articles, one of them required.

``python -m tests.next_schema WORDS`` is its command line.
"""

import sys

import pyarrow as pa

from pipelines import cli
from schemas.arrow import DATASETS, SCHEMAS, VERSION_KEY
from schemas.versions import ADDED, Added

NEXT = 2
BROUGHT = (Added("articles", "desk"), Added("articles", "priority", 5))
FIELDS = {"desk": pa.field("desk", pa.string()), "priority": pa.field("priority", pa.int32(), nullable=False)}


def apply() -> None:
    """Make this process one of the next schema."""
    ADDED[NEXT] = BROUGHT
    for name, schema in list(SCHEMAS.items()):
        fields = [*schema, *FIELDS.values()] if name.startswith("articles") else list(schema)
        SCHEMAS[name] = pa.schema(fields, schema.metadata | {VERSION_KEY: str(NEXT).encode()})
        if name in DATASETS:
            DATASETS[name] = SCHEMAS[name]


if __name__ == "__main__":
    apply()
    sys.exit(cli.main())
