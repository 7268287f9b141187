"""Why a text got its language: the same steps as the identifier, told in lines of plain text."""

from transforms.text.language.answers import Identification
from transforms.text.language.decisions import Evidence, logits, probabilities, with_prior
from transforms.text.language.identifier import LONG, NAME, evidence_of, identify, judged
from transforms.text.language.profiles import langdetect_exact
from transforms.text.language.siblings import telling_words
from transforms.text.language.tags import declared_tags

RUNNERS_UP, TELLING = 5, 4


def explain(text: str, hint: str | None = None) -> list[str]:
    """Answer, reason, and the most probable languages with and without the declared one."""
    answer = identify(text, hint)
    lines = [
        f"language    {answer.language}",
        f"script      {answer.script}",
        f"confidence  {answer.confidence:.4f}",
        f"method      {answer.method}: {_reason(answer)}",
        f"conflict    {'yes: the text contradicts ' + repr(hint) if answer.conflict else 'no'}",
        f"detector    {NAME}",
    ]
    reading = judged([text[:LONG]])
    for evidence in evidence_of(reading).values():
        lines += _runners_up(evidence, reading.clean[0], hint)
        lines += _words(answer.language, reading.clean[0])
    tag, chance = langdetect_exact(text)
    return [*lines, f"langdetect  {tag} {chance:.4f} (the library's own profiles, scored exactly)"]


def _reason(answer: Identification) -> str:
    if answer.language == "und":
        return "too few letters, or unlike every language known"
    return {
        "gate": "the script alone decides",
        "model": "character n-grams decide",
        "prior": "n-grams leave it open, the declared language tips it",
    }[answer.method]


def _words(language: str, text: str) -> list[str]:
    """The words that told siblings apart most, with what each added to the log odds."""
    lines = []
    for word, odds in telling_words(language, text)[:TELLING]:
        ranked = sorted(odds.items(), key=lambda item: -item[1])
        lines.append(f"word        {word}: " + ", ".join(f"{tag} {value:+.1f}" for tag, value in ranked))
    return lines


def _runners_up(evidence: Evidence, text: str, hint: str | None) -> list[str]:
    values, declared = logits(evidence, text), declared_tags(hint)
    free = probabilities(values)
    chances = probabilities(with_prior(evidence.tags, values, declared))
    best = sorted(range(len(free)), key=lambda i: -chances[i])[:RUNNERS_UP]
    lines = [f"n-grams     {evidence.known} of {evidence.seen} known"]
    for i in best:
        without = f"  ({free[i]:.4f} without the declaration)" if declared else ""
        lines.append(f"            {evidence.tags[i]:<8}{chances[i]:.4f}{without}")
    return lines
