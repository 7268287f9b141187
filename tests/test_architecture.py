"""The house keeps its rooms apart: who may import whom, and how large a module may grow."""

import ast
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
PACKAGES = ("pipelines", "schemas", "transforms")
MODULES = sorted(path for package in PACKAGES for path in (REPOSITORY / package).rglob("*.py"))
MAX_LINES = 300


def imports(path: Path) -> set[str]:
    """Every module a file imports, by its full name; relative imports keep their dots."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            found.add("." * node.level + (node.module or ""))
    return found


def within(path: Path, *rooms: str) -> bool:
    return any(path.is_relative_to(REPOSITORY / room) for room in rooms)


def starts(name: str, *prefixes: str) -> bool:
    return any(name == prefix or name.startswith(f"{prefix}.") for prefix in prefixes)


def ids(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_imports_go_one_way(path: Path) -> None:
    for name in imports(path):
        assert not name.startswith("."), "no relative imports"
        assert not starts(name, "tests", "benchmarks", "config"), name
        if within(path, "schemas"):
            assert not starts(name, "transforms", "pipelines"), name
        if within(path, "transforms"):
            assert not starts(name, "pipelines"), name
        if within(path, "transforms/text", "transforms/feeds", "transforms/fetch", "transforms/warc"):
            assert not starts(name, "apache_beam", "schemas.rows"), name
        if within(path, "transforms/text", "transforms/feeds"):
            assert not starts(name, "transforms.fetch", "pyarrow"), name


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_modules_stay_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MAX_LINES


@pytest.mark.parametrize("path", MODULES, ids=ids)
def test_no_exception_is_caught_without_a_name(path: Path) -> None:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ExceptHandler):
            assert node.type is not None
            assert not (isinstance(node.type, ast.Name) and node.type.id == "Exception"), node.lineno
