"""End marks, notices, credits of people and editors' codes: regular expressions over plain text.

Made from the phrases in ``lexicons/words.toml``. What needs to know agencies or dates is a shape
instead, in ``lexicons/furniture.toml``.
"""

import re

from transforms.text.data_files import load

_WORDS = load("words.toml")


def _any_of(section: str) -> str:
    words = sorted(_WORDS[section]["words"], key=len, reverse=True)
    return f"(?:{'|'.join(map(re.escape, words))})"


_CREDITS = _any_of("credit_openers") + r"(?!\w)"
_STOP = r"[.!?…؟\"”»)۔]"
_CLOSER = r"[/\\)\]*.#=-]"
_END = _any_of("end_mark")
# Latin codes have up to four letters, Indic ones more signs; in other scripts four letters are a name.
_CODE = "(?:[A-Z]{1,4}|[A-Z][a-z]|[a-z]{1,4}|[\u0900-\u0dff]{1,8}|[^\\W\\d_]{1,2}ـ?)"

# "ز.أ.ب": at least two letters.
_ARABIC_INITIALS = r"[\u0621-\u064a]ـ?(?:\.\s?[\u0621-\u064a]ـ?(?![^\W\d_])){1,3}\.?"

BOILERPLATE = re.compile(rf"[\s*•\[-]*{_any_of('boilerplate')}")
FOLLOW = re.compile(rf"\W*{_any_of('follow')}(?!\w).{{0,50}}?{_any_of('networks')}", re.I)
COPYRIGHT = re.compile(r"[^.]{0,60}?(?:©|\(c\)|copyright)", re.I)
MAIL = re.compile(r"\s*[(<\[]?[\w.+-]{1,64}@[\w-]{1,63}(?:\.[\w-]{1,63}){1,4}[)>\]]?\s*")
HELPED = re.compile(_any_of("credit_closers"))
CREDIT_LINE = re.compile(
    rf"\s*(?:[(\[]\s*{_CREDITS}.*[)\]]\.?|{_CREDITS}.{{1,160}}(?<![.!?])|{_CREDITS}[^.!?]{{1,160}};.*)\s*$",
    re.S,
)
CREDIT_AT_END = re.compile(rf"(?<={_STOP})\s*[(\[]\s*{_CREDITS}[^()\[\]]{{1,300}}[)\]]\.?\s*$")
PHOTO_LINE = re.compile(rf"\s*[(\[]?\s*{_any_of('photo_label')}\s*[:/|©-]\s*(?P<value>.{{1,120}}?)[)\]]?\s*$")
# "// انتهى //", "(النهاية) ع م / م ع", "انتهای پیام/", "END", "-30-", "* * *"; codes may follow.
END_LINE = re.compile(
    rf"\s*(?:[/\\(\[*.#=\s-]*{_END}\s*(?:{_CLOSER}(?:{_CLOSER}|\s)*(?P<codes>.{{0,40}})|\.?)"
    r"|-30-|-0-|[\u25a0-\u25cf\u25fc\u25fe\u2588\u220e\u2b1b\s]+|[_ـ=*#~\-–—\s]{3,})\s*$"
)
END_INLINE = re.compile(
    rf"(?<={_STOP})\s*(?:/{{1,2}}\s*{_END}\s*/{{1,2}}|\(\s*{_END}\s*\)"
    r"|(?:انتهای پیام|پایان پیام|Enditem)\s*/?"
    r"|انته[ىي]\s*[/\\]*\s*(?=$|\d)"  # Iraqi agencies close with it, a serial number and an initial
    r"|/{1,2}\s*انته[ىي]\s*[/\\]*\s*(?=\d)"
    r"|[-–]\s?[\u0621-\u064a]{2,4}\s?[-–]$"  # WAM's editors
    rf"|(?<=\s)(?P<initials>{_ARABIC_INITIALS}(?:\s?/\s?{_ARABIC_INITIALS}){{0,3}})$"  # Deutsche Welle's
    r"|(?<=[.!?])/[a-z]{2,4}(?:/[A-Za-z]{2,4}){1,3}$"  # dpa-AFX's
    r"|(?<=\s)Fin$"  # Xinhua in French and Spanish
    r"|-0-|##+|\*{3}|(?<=\.)/\.)(?P<codes>.{0,40})$"
)
# Initials, clock times and serial numbers: short words only.
CODES = re.compile(r"(?:[\W_]*(?:\d{1,6}(?!\d)|(?<![^\W\d_])[^\W\d_ـ]{1,4}ـ?(?![^\W\d_]))){0,10}[\W_]*")
# "هـ.ر.", "ع م / م ع", "bur/ah/kir"; in Bengali newsrooms also "name/CODE/CODE".
INITIALS = re.compile(
    r"(?!\s*[A-Za-z]{3,}\.?\s*$)(?:"  # "Yes." is a word
    rf"\s*[-–/(=*]*\s*(?:{_CODE}(?:\s?[./]\s?|-)){{1,5}}(?:{_CODE})?\s*[)/]*\s*$"
    r"|\s*[-–/(=*]*(?:\s*(?<![^\W\d_])[\u0621-\u064a\u0671-\u06d3]ـ?(?![^\W\d_])[\s/.-]*){2,6}[)/]*\s*$"
    rf"|\s*[-–]\s*{_CODE}\s*[-–]\s*$|[A-Z]{{2,4}}/\d{{4,9}}\s*$"
    r"|\s*\d{2,5}\*{1,2}\d{2,5}\s*$"  # IRNA's editors
    rf"|\s*{_any_of('story_number')}\s*[:：#]?\s*\d{{3,12}}\s*$"
    r"|(?:[\u0900-\u0dff.]+ ?){1,4}(?:/[\u0900-\u0dff]{2,12}){1,4}\s*$)"
)
PLURAL_SOURCE = re.compile(
    r"\W*(?:(?:ال)?مصادر|Sources|Источники|Джерела|Quellen|Fuentes|Fontes|Fonti)(?!\w)"
)
INDIC = re.compile("[\u0900-\u0dff]")  # codes have more signs than letters
CREDIT_SIGN = re.compile(r"[(\[/:：=*–—-]|[A-ZА-Я]{2}\.?$")
LABEL_ALONE = re.compile(rf"\s*[-*(/]*\s*{_any_of('source_label')}\s*[:：]?\s*$", re.I)
_ENDED = re.compile(r"[.!?…؟۔。！？।]\s*[\"”»’)\]]*\s*$")


def is_ended(text: str) -> bool:
    """True when a paragraph ends with a stop, quotes and brackets behind it allowed."""
    return _ENDED.search(text, max(0, len(text) - 24)) is not None
