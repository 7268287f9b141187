"""Speed of the text rules beside ftfy, pyarabic and trafilatura, and their growth on hostile input.

``python -m benchmarks.clean``. Articles are built here, 3 kB of UTF-8 each, with dateline and source
line, in Arabic, Persian, Russian and English. CPU time only, the best of several rounds, all in one
run. Floors: canonical text, search form and furniture together do 2 000 articles per CPU-second;
doubling a hostile input costs at most 2.6 times as much (linear, with room for noise).
"""

import importlib.util
import sys
import time
from collections.abc import Callable
from datetime import date

import ftfy

from transforms.text.blocks import html_to_blocks
from transforms.text.furniture import strip_furniture
from transforms.text.mojibake import repair
from transforms.text.normalize import canonical
from transforms.text.quality import flags
from transforms.text.search import search_form

FLOOR = 2_000  # articles per CPU-second
MAX_GROWTH = 2.6
ROUNDS = 5
SIZE = 3_000  # bytes of UTF-8

SAMPLES = {
    "ar": (
        "موسكو، 26 يونيو. /تاس/. ",
        'بحث الوزيران خلال اللقاء سبل تعزيز التعاون ، مؤكدين أن "العلاقات بين البلدين" تشهد تطوراً '
        "ملحوظاً في شتى المجالات.",
        'المصدر: وكالة "تاس"',
    ),
    "fa": (
        "تهران - ایرنا - ",
        "وزیر امور خارجه گفت که گفت‌وگوها ادامه می‌یابد و دو طرف بر گسترش همکاری‌های منطقه‌ای تأکید کرده‌اند.",
        "انتهای پیام/",
    ),
    "ru": (
        "МОСКВА, 26 июня. /ТАСС/. ",
        "Министры обсудили перспективы сотрудничества, отметив, что товарооборот «заметно вырос» "
        "за последние годы.",
        "Источник: ТАСС",
    ),
    "en": (
        "LONDON, June 26 (Reuters) - ",
        "The ministers discussed co-operation on trade and energy, and said that talks "
        'would "continue next month".',
        "(Reporting by Jane Doe; Editing by John Roe)",
    ),
}


def article(language: str) -> list[str]:
    """Paragraphs of one article of about ``SIZE`` bytes."""
    dateline, sentence, closing = SAMPLES[language]
    paragraph = f"{sentence} {sentence}"
    count = (SIZE - len((dateline + closing).encode())) // (len(paragraph.encode()) + 1)
    return [dateline + paragraph, *[paragraph] * (count - 1), closing]


def cpu(work: Callable[[], object]) -> float:
    """CPU-seconds of the fastest of ``ROUNDS`` runs."""
    best = float("inf")
    for _ in range(ROUNDS):
        start = time.process_time()
        work()
        best = min(best, time.process_time() - start)
    return best


def rate(work: Callable[[str], object], repeats: int = 40) -> float:
    """Articles per CPU-second over all languages; ``work`` takes a language."""

    def run() -> None:
        for _ in range(repeats):
            for language in SAMPLES:
                work(language)

    return repeats * len(SAMPLES) / cpu(run)


def ours() -> dict[str, Callable[[str], object]]:
    """The stages of khabar, one by one and together."""
    paragraphs = {language: article(language) for language in SAMPLES}
    texts = {language: "\n".join(lines) for language, lines in paragraphs.items()}
    htmls = {language: "".join(f"<p>{line}</p>" for line in lines) for language, lines in paragraphs.items()}
    day = date(2020, 6, 26)

    def together(language: str) -> None:
        lines = canonical(texts[language], language).split("\n")
        found = strip_furniture(lines, language, day)
        search_form("\n".join(found.body), language)

    return {
        "canonical + furniture + search form": together,
        "  canonical": lambda language: canonical(texts[language], language),
        "  furniture": lambda language: strip_furniture(paragraphs[language], language, day),
        "  search form": lambda language: search_form(texts[language], language),
        "blocks": lambda language: html_to_blocks(htmls[language]),
        "mojibake": lambda language: repair(texts[language]),
        "quality flags": lambda language: flags(texts[language], None),
    }


def peers() -> dict[str, Callable[[str], object]]:
    """What others do for one of these stages; those not installed are left out."""
    texts = {language: "\n".join(article(language)) for language in SAMPLES}
    table: dict[str, Callable[[str], object]] = {
        "ftfy.fix_text": lambda language: ftfy.fix_text(texts[language])
    }
    if importlib.util.find_spec("pyarabic"):
        from pyarabic import araby

        def light(language: str) -> str:
            text = araby.strip_tatweel(araby.strip_tashkeel(texts[language]))
            return araby.normalize_ligature(araby.normalize_hamza(text))

        table["pyarabic strip + normalize"] = light
    if importlib.util.find_spec("trafilatura"):
        from trafilatura.utils import line_processing, sanitize

        def uncached(language: str) -> object:
            line_processing.cache_clear()  # it remembers lines: repeated texts must not profit
            return sanitize(texts[language])

        table["trafilatura sanitize"] = uncached
    return table


HOSTILE: dict[str, Callable[[int], str]] = {
    "spaces": lambda n: " " * n + "x",
    "open brackets": lambda n: "( " * n,
    "letters": lambda n: "a" * n + "ا" * n,
    "stop and spaces": lambda n: "." + " " * n + "x",
    "half tags": lambda n: "<div" * n,
    "tatweel": lambda n: "ـ" * n,
    "joiners": lambda n: "ا\u200c" * n,
    "quotes": lambda n: 'ا" ' * n,
    "marks": lambda n: "a" + "\u0301\u0323" * n,
    "agencies": lambda n: "تاس - " * n,
    "dates": lambda n: "26 يونيو " * n,
    "open tags": lambda n: "<div>" * n,
    "escaped tags": lambda n: "&lt;p&gt;" * n,
    "labels": lambda n: "المصدر: " * n,
    "newlines": lambda n: "سطر\n" * n,
}


def _all_stages(text: str) -> None:
    blocks = html_to_blocks(text)
    fixed, _ = repair(text)
    lines = canonical(fixed, "ar").split("\n")
    strip_furniture([block.text for block in blocks] or lines, "ar", None)
    strip_furniture([text, *lines, text], None, None)
    search_form(fixed, "ar")
    flags(fixed, None)


def growth(make: Callable[[int], str]) -> float:
    """How many times as long twice the input takes."""
    small, large = make(20_000), make(40_000)
    return cpu(lambda: _all_stages(large)) / max(cpu(lambda: _all_stages(small)), 1e-4)


def main() -> int:
    """Print the tables; 1 when a floor is missed."""
    missed = 0
    own = {name: rate(work) for name, work in ours().items()}
    for name, speed in {**own, **{name: rate(work) for name, work in peers().items()}}.items():
        print(f"{name:38} {speed:10,.0f} articles per CPU-second")
    if own["canonical + furniture + search form"] < FLOOR:
        print(f"below the floor of {FLOOR}")
        missed = 1
    for name, make in HOSTILE.items():
        factor = growth(make)
        missed |= factor > MAX_GROWTH
        verdict = "  NOT LINEAR" if factor > MAX_GROWTH else ""
        print(f"hostile {name:14} twice the input, {factor:4.1f} times the work{verdict}")
    return missed


if __name__ == "__main__":
    sys.exit(main())
