"""The model file, its tables and the rules around them."""

import io
import pickle
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines import cli
from transforms.text.language import identify
from transforms.text.language.characters import BREAK, characters
from transforms.text.language.decisions import likeliest, probabilities
from transforms.text.language.gate import fold_lookalikes
from transforms.text.language.identifier import tables
from transforms.text.language.ngrams import code_points, read, tidy
from transforms.text.language.siblings import families, markers, with_words
from transforms.text.language.storage import GROUPS, MODEL, Learnt, read_model, write_model
from transforms.text.language.tags import canonical_tag, declared_tags

SIBLINGS = ["hr", "bs", "sr-Latn", "sl", "en"]
WORDS = st.text(alphabet="abc éЖж.'-ـ 日", max_size=20)


def learnt() -> dict[str, Learnt]:
    rng = np.random.default_rng(1)
    made = {}
    for group in GROUPS:
        keys = np.sort(rng.choice(1 << 28, 50, replace=False)).astype(np.uint32)
        weights = rng.integers(-127, 128, (50, len(group.tags))).astype(np.int8)
        made[group.script] = Learnt(keys, weights, [1.0] * len(group.tags))
    return made


def test_the_model_files_are_small_enough_to_ship() -> None:
    assert sum(file.stat().st_size for file in MODEL.parent.glob("*.zst")) <= 4_000_000


def test_the_tables_fit_in_sixty_megabytes() -> None:
    assert sum(table.nbytes for table in tables().values()) <= 60_000_000


def test_a_written_model_is_read_back(tmp_path: Path) -> None:
    write_model(tmp_path / "model", learnt())
    assert [table.tags for table in read_model(tmp_path / "model").values()] == [g.tags for g in GROUPS]


def test_the_same_tables_make_the_same_bytes(tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_model(tmp_path / name, learnt())
    assert (tmp_path / "one").read_bytes() == (tmp_path / "two").read_bytes()


def test_every_language_has_one_column() -> None:
    tags = [tag for table in tables().values() for tag in table.tags]
    assert len(tags) == len(set(tags))


def test_every_tag_is_the_shortest() -> None:
    tags = [tag for table in tables().values() for tag in table.tags]
    assert [canonical_tag(tag) for tag in tags] == tags


def test_an_answer_survives_pickling() -> None:
    answer = identify("The government approved a new budget")
    assert pickle.loads(pickle.dumps(answer)) == answer


@given(st.lists(WORDS, min_size=1, max_size=5))
def test_each_text_of_a_batch_reads_as_it_reads_alone(texts: list[str]) -> None:
    batch = read(*code_points(texts))
    parts = [batch.symbols[a : b + 1].tolist() for a, b in zip(batch.starts, batch.starts[1:], strict=False)]
    assert parts == [read(*code_points([text])).symbols.tolist() for text in texts]


@given(WORDS)
def test_words_are_parted_by_single_breaks(text: str) -> None:
    symbols = read(*code_points([text])).symbols
    breaks = symbols == BREAK
    assert len(symbols) == 2 or not (breaks[1:] & breaks[:-1]).any()


@settings(deadline=None)
@given(st.lists(WORDS, min_size=1, max_size=5))
def test_scores_do_not_depend_on_the_batch(texts: list[str]) -> None:
    table = tables()["Latn"]
    together = table.score(read(*code_points(texts))).totals
    alone = [table.score(read(*code_points([text]))).totals[0] for text in texts]
    assert np.array_equal(together, np.stack(alone))


def test_scores_stay_exact_in_single_precision() -> None:
    text = "ab" * 750
    assert np.abs(tables()["Latn"].score(read(*code_points([text]))).totals).max() < 2**24


@given(st.text(max_size=60))
def test_tidying_twice_changes_nothing_more(text: str) -> None:
    assert tidy(tidy(tidy(text))) == tidy(tidy(text))


def test_a_code_point_has_one_script() -> None:
    table = characters()
    assert [table.scripts[table.script[ord(c)]].code for c in "aЖع中あ가1"] == [
        "Latn",
        "Cyrl",
        "Arab",
        "Hani",
        "Kana",
        "Hang",
        "Zyyy",
    ]


def test_names_in_latin_letters_are_not_folded() -> None:
    assert fold_lookalikes("NATO и CNN") == "NATO и CNN"


def test_a_declaration_of_chinese_leaves_the_script_open() -> None:
    assert declared_tags("zh") == ("zh-Hans", "zh-Hant", "yue")


def run(arguments: list[str]) -> int:
    return cli.main(["identify", *arguments])


def test_the_command_prints_answer_runners_up_and_reason(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text").write_text("Vláda schválila nový rozpočet na příští rok", encoding="utf-8")
    run([str(tmp_path / "text"), "--hint", "sk"])
    printed = capsys.readouterr().out
    assert all(word in printed for word in ("language    cs", "n-grams decide", "sk ", "conflict    yes"))


def test_the_command_names_the_words_that_told_siblings_apart(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "text").write_text("Vlada će se sastati sljedeći tjedan", encoding="utf-8")
    run([str(tmp_path / "text")])
    assert "word        tjedan: hr +" in capsys.readouterr().out


def test_the_command_reads_standard_input_line_by_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = "Правительство утвердило бюджет\n政府は予算を承認した\n".encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(lines)))
    run(["-", "--lines"])
    assert [line.split("\t")[0] for line in capsys.readouterr().out.splitlines()] == ["ru", "ja"]


def test_the_command_says_in_one_line_that_a_file_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    run([str(tmp_path / "none")])
    assert capsys.readouterr().err == f"khabar: {tmp_path / 'none'}: cannot read: No such file or directory\n"


def test_the_command_exits_with_2_when_the_file_cannot_be_read(tmp_path: Path) -> None:
    assert run([str(tmp_path)]) == 2


@given(st.lists(st.floats(-99, 99), min_size=1, max_size=60))
def test_the_likeliest_is_that_of_all_probabilities(values: list[float]) -> None:
    place, chance = likeliest(values)
    chances = probabilities(values)
    assert (place, chance) == (values.index(max(values)), pytest.approx(chances[place]))
    assert chance == pytest.approx(max(chances))


def test_no_word_speaks_for_every_sibling() -> None:
    assert all(tags < markers().family for tags in [*markers().words.values(), *markers().stems.values()])


def test_words_of_siblings_are_lower_case() -> None:
    listed = [*markers().words, *markers().stems]
    assert listed == [word.lower() for word in listed]


@given(st.text(alphabet="čćžsrijeda mtko", max_size=40))
def test_words_leave_the_odds_of_strangers_alone(text: str) -> None:
    assert with_words(SIBLINGS, [1.0, 0.0, 0.0, 0.0, 0.0], text)[-1] == 0.0


@pytest.mark.parametrize(
    ("word", "mine", "sibling"),
    [("vreme", "sr-Latn", "hr"), ("bahwa", "id", "ms"), ("ikke", "nb", "nn"), ("não", "pt", "es")],
)
def test_a_word_of_one_sibling_speaks_for_it(word: str, mine: str, sibling: str) -> None:
    tags = families()[mine][0]
    odds = dict(zip(tags, with_words(tags, [0.0] * len(tags), word), strict=True))
    assert odds[mine] > odds[sibling]


@given(st.lists(st.sampled_from(["vreme", "vrijeme", "tjedan", "Beograd", "xx"]), max_size=30))
def test_each_word_adds_what_it_adds_alone(words: list[str]) -> None:
    tags = families()["hr"][0]
    start = [0.0, 9.0, 0.0, 0.0]
    without = with_words(tags, start, "")
    alone = [with_words(tags, start, word) for word in words]
    sums = [a + sum(one[i] - a for one in alone) for i, a in enumerate(without)]
    assert with_words(tags, start, " ".join(words)) == pytest.approx(sums)


def test_ijekavian_and_a_word_that_croatian_avoids_speak_for_bosnian() -> None:
    tags = families()["bs"][0]
    odds = dict(zip(tags, with_words(tags, [0.0] * len(tags), "želio uslovima"), strict=True))
    assert max(odds, key=lambda tag: odds[tag]) == "bs"


def test_words_of_siblings_do_not_count_in_other_languages() -> None:
    assert with_words(SIBLINGS, [0.0] * 4 + [1.0], "tko vrijeme tjedan") == [0.0] * 4 + [1.0]
