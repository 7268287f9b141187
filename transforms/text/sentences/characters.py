"""Character classes of sentence segmentation: stops, closers, openers, space."""

import sys
import unicodedata

FULL_STOPS = ".．"  # ambiguous: also abbreviations, initials, numbers
ELISIONS = "…‥⋯"
QUESTIONS = "?!؟‼⁇⁈⁉？！﹖﹗"
# Sentence_Terminal characters of Unicode 15 (PropList.txt) that end a sentence and do nothing else.
STRONG_STOPS = "。｡۔।॥։።፧፨܀܁܂߹᙮᠃᠉។៕᪨᪩᪪᪫᭚᭛᭞᭟᰻᰼᱾᱿⳹⳺⳻⸮꓿꘎꘏꛳꛷꡶꡷꣎꣏꤯꧈꧉꩝꩞꩟꫰꫱꯫၊။؞"
STOPS = FULL_STOPS + ELISIONS + QUESTIONS + STRONG_STOPS
CLOSERS = "\"'”’»›)]}」』）】〕》〉］｝＂＇﴾"
OPENERS = "\"'“‘„‚«‹([{「『（【〔《〈［｛¿¡﴿"
DASHES = "-–—―−"
BULLETS = "•·*▪►●◦‣⁃■□➢✓✔"

# Prefixed signs such as U+0600 and U+06DD are Cf too, but they are seen and belong to the text.
_VISIBLE_FORMATS = frozenset(
    "\u0600\u0601\u0602\u0603\u0604\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd"
)
FORMATS = (
    frozenset(c for c in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(c) == "Cf")
    - _VISIBLE_FORMATS
)
SPACES = frozenset(c for c in map(chr, range(0x3001)) if c.isspace())
BLANKS = SPACES | FORMATS
LINE_BREAKS = "\n\r\v\f\x1c\x1d\x1e\x85\u2028\u2029"
