"""Character classes of sentence segmentation: stops, closers, openers, blanks."""

import re
import unicodedata

FULL_STOPS = ".．"  # ambiguous: also in abbreviations, initials and numbers
ELISIONS = "…‥⋯"
QUESTIONS = "?!؟‼⁇⁈⁉？！﹖﹗"
# Sentence_Terminal characters of Unicode 15 (PropList.txt) that end a sentence and do nothing else
# (the Burmese U+104A, a comma, left out).
STRONG_STOPS = "。｡۔।॥։።፧፨܀܁܂߹᙮᠃᠉។៕᪨᪩᪪᪫᭚᭛᭞᭟᰻᰼᱾᱿⳹⳺⳻⸮꓿꘎꘏꛳꛷꡶꡷꣎꣏꤯꧈꧉꩝꩞꩟꫰꫱꯫။؞"  # fmt: skip
STOPS = FULL_STOPS + ELISIONS + QUESTIONS + STRONG_STOPS
CLOSERS = "\"'”’»›)]}」』）】〕》〉］｝＂＇﴾"
OPENERS = "\"'“‘„‚«‹([{「『（【〔《〈［｛¿¡﴿"
DASHES = "-–—―−"
BULLETS = "•·*▪►●◦‣⁃■□➢✓✔"
VOWELS = "aeiouyàâäåæèéêëìíîïòóôöøùúûüýœаеёиоуыэюяіїєάέήίόύώαεηιουωıə"
# Pictographs that open what follows, as bullets do; a part of a character class like ``EMOJI``.
POINTERS = "\U0001f534-\U0001f53b\U0001f449\U0001f4cc\U0001f4cd\u27a1\u2705\u2611\u2714\u26a1\u2757\u274c"
EMOJI = "\U0001f000-\U0001faff\u2600-\u27bf\u2b05-\u2b55\ufe0f\u200d"  # a range for a character class

# Prefixed signs such as U+0600 and U+06DD are Cf too, but they are seen and belong to the text.
_VISIBLE = frozenset("\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd")
_CODES = [*range(0x20000), *range(0xE0000, 0xE0080)]  # all others are ideographs, private or unassigned
FORMATS = frozenset(c for c in map(chr, _CODES) if unicodedata.category(c) == "Cf") - _VISIBLE
BLANKS = FORMATS | {c for c in map(chr, range(0x3001)) if c.isspace()}
LINE_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
BLANK = rf"[\s{re.escape(''.join(sorted(FORMATS)))}]"  # one blank, for a pattern
