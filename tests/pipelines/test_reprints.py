"""``khabar reprints`` finds who printed whose story, and joins nothing that is not one."""

import json
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipelines import cli
from tests.newsroom import Newsroom, item, rss

STORY = [
    "أعلنت هيئة الموانئ أن حركة الحاويات في ميناء العقبة ارتفعت بنسبة تسعة بالمئة خلال الربع الأول من العام.",
    "وقال المدير العام للهيئة إن الزيادة جاءت بعد تشغيل رصيف جديد يستقبل السفن الكبيرة على مدار الساعة.",
    "وأضاف أن الهيئة تعتزم توسيع ساحات التخزين وربطها بخط للسكك الحديدية قبل نهاية العام المقبل.",
    "ويعمل في الميناء نحو ثلاثة آلاف موظف، وتمر عبره معظم واردات البلاد من الحبوب والوقود والسيارات.",
]
OTHER = [
    "افتتحت جامعة اليرموك مختبرا جديدا لأبحاث الطاقة الشمسية بتمويل من صندوق دعم البحث العلمي.",
    "ويضم المختبر أجهزة لقياس كفاءة الخلايا في الظروف الصحراوية، ويستقبل طلبة الدراسات العليا من أيلول.",
]


def body(*paragraphs: str) -> str:
    return "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)


@pytest.fixture
def printed(newsroom: Newsroom) -> Newsroom:
    """One story of an agency in three papers, an unrelated one, and a later follow-up of the agency."""
    dated = [f"Thu, 05 Mar 2026 {hour:02}:15:00 GMT" for hour in range(6, 12)]
    agency = rss(
        item("1", "نمو حركة الحاويات", body(f"العقبة 5 آذار (بترا) - {STORY[0]}", *STORY[1:]), date=dated[0]),
        item("2", "تحديث: نمو حركة الحاويات", body(*STORY, OTHER[0]), date=dated[4]),
    )
    respelled = [paragraph.replace("أ", "ا").replace("ة", "ه") for paragraph in STORY]
    newsroom.publish("agency", agency, agency="petra")
    newsroom.publish("paper", rss(item("p", "العقبة: نمو", body(*respelled), date=dated[1])))
    newsroom.publish("portal", rss(item("q", "نمو في العقبة", body(*STORY[:2]), date=dated[2])))
    newsroom.publish("campus", rss(item("r", "مختبر جديد", body(*OTHER), date=dated[3])))
    assert newsroom.run()["new"] == 5
    return newsroom


def reprints(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str], *words: str
) -> list[list[dict[str, Any]]]:
    assert cli.main(["reprints", "--root", str(newsroom.root), "--json", *words]) == 0
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def test_a_story_is_found_with_all_its_prints(
    printed: Newsroom, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "reprints.parquet"
    [members] = reprints(printed, capsys, "--out", str(out))
    assert [(m["source_id"], m["kind"], m["lag_seconds"]) for m in members] == [
        ("agency", "first", 0),
        ("paper", "exact", 3600),
        ("portal", "excerpt", 7200),
        ("agency", "update", 14400),
    ]
    assert pq.read_table(out).column("source_id").to_pylist() == ["agency", "paper", "portal", "agency"]


def test_a_correction_with_a_later_date_leaves_the_first_print_first(
    newsroom: Newsroom, capsys: pytest.CaptureFixture[str]
) -> None:
    first, second = "Thu, 05 Mar 2026 06:15:00 GMT", "Thu, 05 Mar 2026 07:15:00 GMT"
    newsroom.publish("agency", rss(item("1", "نمو", body(*STORY), date=first)))
    newsroom.publish("paper", rss(item("p", "نمو", body(*STORY), date=second)))
    newsroom.run()
    corrected = [paragraph.replace("تسعة", "سبعة") for paragraph in STORY]
    newsroom.publish("agency", rss(item("1", "نمو", body(*corrected), date="Fri, 06 Mar 2026 09:00:00 GMT")))
    newsroom.run()
    [members] = reprints(newsroom, capsys)
    assert [(m["source_id"], m["version"]) for m in members] == [("agency", 2), ("paper", 1)]


def test_a_print_that_comes_too_late_is_none(printed: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    assert reprints(printed, capsys, "--days", "0") == []


def test_dates_limit_what_is_looked_at(printed: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    assert reprints(printed, capsys, "--since", "2026-03-06") == []
    assert len(reprints(printed, capsys, "--until", "2026-03-05")) == 1


def test_a_person_sees_a_table(printed: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(["reprints", "--root", str(printed.root)]) == 0
    shown = capsys.readouterr().out
    assert "+1 h 0 min" in shown
    assert "1 stories in several prints" in shown


def test_a_file_of_another_kind_is_refused(printed: Newsroom, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        cli.main(["reprints", "--root", str(printed.root), "--out", "reprints.xlsx"])
    assert "'reprints.xlsx' must end in .parquet, .csv, .jsonl" in capsys.readouterr().err
