"""Rows travel through Beam's row coder, and match the Arrow schemas."""

import pytest
from apache_beam import coders
from apache_beam.coders import RowCoder
from apache_beam.portability.api import schema_pb2
from apache_beam.typehints.schemas import named_tuple_to_schema

from schemas.arrow import ARTICLES, DATASETS, SORTED_BY, describe
from schemas.rows import ROWS, Article


def leaves(kind: schema_pb2.FieldType) -> list[schema_pb2.FieldType]:
    inner = kind.WhichOneof("type_info")
    if inner == "array_type":
        return leaves(kind.array_type.element_type)
    if inner == "row_type":
        return [leaf for field in kind.row_type.schema.fields for leaf in leaves(field.type)]
    return [kind]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.__name__)
def test_no_field_falls_back_to_pickle(row: type) -> None:
    for field in named_tuple_to_schema(row).fields:
        for leaf in leaves(field.type):
            assert "pickled" not in leaf.logical_type.urn, field.name
            assert "python" not in leaf.logical_type.urn, field.name


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.__name__)
def test_rows_are_coded_as_rows(row: type) -> None:
    assert isinstance(coders.registry.get_coder(row), RowCoder)


def test_the_article_row_and_its_dataset_have_the_same_columns() -> None:
    assert set(Article._fields) == set(ARTICLES.names)


@pytest.mark.parametrize("dataset", DATASETS)
def test_every_column_is_described_and_required_columns_cannot_be_null(dataset: str) -> None:
    for field in DATASETS[dataset]:
        assert field.metadata[b"description"].strip(), field.name
    assert set(SORTED_BY[dataset]) <= set(DATASETS[dataset].names)


def test_the_data_dictionary_is_what_the_schemas_say() -> None:
    from pathlib import Path

    page = (Path(__file__).parents[2] / "docs" / "dataset.md").read_text(encoding="utf-8")
    assert describe() in page
