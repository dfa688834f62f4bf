"""Latin-letter copies of sentences in other scripts, as people type them on a telephone without the right keyboard.

Not a scholarly transliteration: two spellings per script ("khochu", "hochu"; "3andi", "aandi"), because people do
not agree on one. Only training reads this; messages are never rewritten.
"""

from __future__ import annotations

import re
import unicodedata

SPELLINGS = 2
"""How many ways of spelling there are for each script."""

_UKRAINIAN = {
    "а": "a", "б": "b", "в": "v", "г": "h", "ґ": "g", "д": "d", "е": "e", "є": "ye", "ж": "zh", "з": "z", "и": "y",
    "і": "i", "ї": "yi", "й": "y", "к": "k", "л": "l", "м": "m", "н": "n", "о": "o", "п": "p", "р": "r", "с": "s",
    "т": "t", "у": "u", "ф": "f", "х": "kh", "ц": "ts", "ч": "ch", "ш": "sh", "щ": "shch", "ь": "", "ю": "yu",
    "я": "ya", "ʼ": "", "’": "", "'": "",
    "ё": "yo", "ъ": "", "ы": "y", "э": "e",
}  # fmt: skip
_UKRAINIAN_LOOSE = _UKRAINIAN | {
    "г": "g", "є": "je", "и": "i", "ї": "i", "й": "i", "х": "h", "ц": "c", "щ": "sch", "ю": "iu", "я": "ia",
}  # fmt: skip
_RUSSIAN = _UKRAINIAN | {"г": "g", "и": "i", "е": "e", "щ": "shch", "й": "y"}
_RUSSIAN_LOOSE = _RUSSIAN | {"х": "h", "ц": "c", "щ": "sch", "ю": "iu", "я": "ia", "й": "i", "ж": "j", "ё": "e"}
CYRILLIC = {"uk": (_UKRAINIAN, _UKRAINIAN_LOOSE), "ru": (_RUSSIAN, _RUSSIAN_LOOSE)}

_ARABIC_CONSONANTS = {
    "ب": "b", "ت": "t", "ث": "th", "ج": "j", "ح": "h", "خ": "kh", "د": "d", "ذ": "th", "ر": "r", "ز": "z", "س": "s",
    "ش": "sh", "ص": "s", "ض": "d", "ط": "t", "ظ": "z", "ع": "a", "غ": "gh", "ف": "f", "ق": "q", "ك": "k", "ل": "l",
    "م": "m", "ن": "n", "ه": "h", "ء": "", "پ": "p", "چ": "ch", "ژ": "zh", "گ": "g", "ټ": "t", "ډ": "d", "ړ": "r",
    "ڼ": "n", "ځ": "z", "څ": "ts", "ښ": "sh", "ږ": "g",
}  # fmt: skip
_ARABIC_DIGITS = _ARABIC_CONSONANTS | {
    "ح": "7", "خ": "5", "ع": "3", "ء": "2", "ط": "6", "ق": "q", "غ": "gh", "ش": "ch", "ص": "s", "ذ": "z", "ث": "s",
}  # fmt: skip
_ARABIC_SHAPES = str.maketrans(
    {"أ": "ا", "إ": "ا", "آ": "ا", "ٱ": "ا", "ى": "ا", "ی": "ي", "ې": "ي", "ۍ": "ي", "ے": "ي", "ئ": "ي", "ؤ": "و",
     "ک": "ك", "ة": "ا", "ۀ": "ه", "ە": "ه", "ہ": "ه", "ھ": "ه", "ګ": "گ", "ـ": None}
)  # fmt: skip
_LONG = {"ا": "a", "و": "o", "ي": "i"}
# Frequent words whose short vowels no rule can guess; (first spelling, second spelling).
_ARABIC_WORDS = {
    "ما": ("ma", "ma"), "هل": ("hal", "hal"), "كم": ("kam", "kam"), "كيف": ("kif", "kayf"), "متى": ("mata", "emta"),
    "من": ("men", "min"), "في": ("fi", "fi"), "على": ("ala", "3la"), "عن": ("an", "3an"), "الى": ("ila", "la"),
    "إلى": ("ila", "la"), "مع": ("maa", "ma3"), "هو": ("howa", "huwa"), "هي": ("hiya", "heya"), "أنا": ("ana", "ana"),
    "انا": ("ana", "ana"), "لا": ("la", "la"), "نعم": ("naam", "na3am"), "لماذا": ("limatha", "lesh"),
    "أين": ("ayn", "wen"), "اين": ("ayn", "wen"), "وين": ("wen", "ween"), "شو": ("shu", "sho"), "ايش": ("esh", "eish"),
    "ماذا": ("matha", "maza"), "هذا": ("hatha", "haza"), "هذه": ("hathihi", "hazihi"), "ابني": ("ibni", "ebni"),
    "ابنتي": ("ibnati", "ebnati"), "بنتي": ("benti", "binti"), "طفلي": ("tefli", "6efli"), "طفل": ("tefl", "6efl"),
    "طفلتي": ("teflati", "6eflati"), "أطفالي": ("atfali", "a6fali"), "اطفالي": ("atfali", "a6fali"),
    "أطفال": ("atfal", "a6fal"), "اولادي": ("awladi", "wladi"), "أولادي": ("awladi", "wladi"),
    "الطفل": ("al tefl", "el 6efl"), "الاطفال": ("al atfal", "el a6fal"), "الأطفال": ("al atfal", "el a6fal"),
    "أريد": ("orid", "urid"), "اريد": ("orid", "urid"), "بدي": ("badi", "beddi"), "عندي": ("andi", "3andi"),
    "عندنا": ("andna", "3andna"), "نحن": ("nahnu", "na7na"), "الروضة": ("al rawda", "el rawda"),
    "روضة": ("rawda", "rawda"), "الحضانة": ("al hadana", "el 7adana"), "حضانة": ("hadana", "7adana"),
    "المدرسة": ("al madrasa", "el madrasa"), "مدرسة": ("madrasa", "madrase"), "الطبيب": ("al tabib", "el 6abib"),
    "طبيب": ("tabib", "6abib"), "دكتور": ("doktor", "dactor"), "الدكتور": ("al doktor", "el doktor"),
    "زوجي": ("zawji", "jozi"), "زوجتي": ("zawjati", "marti"), "زوجها": ("zawjha", "jozha"),
    "يمكن": ("yomken", "yimkin"), "يمكنني": ("yomkenni", "yimkinni"), "ممكن": ("momken", "mumkin"),
    "يجب": ("yajeb", "lazem"), "لازم": ("lazem", "lazim"), "حق": ("haq", "7a2"), "سنة": ("sana", "sene"),
    "سنوات": ("sanawat", "snin"), "شهر": ("shahr", "chahr"), "اليوم": ("al yom", "el yom"),
    "مساعدة": ("musaada", "mosa3da"), "بيت": ("bayt", "beit"), "البيت": ("al bayt", "el beit"),
    "شخص": ("shakhs", "sha5s"), "مرحبا": ("marhaba", "mar7aba"), "السلام": ("al salam", "el salam"),
    "عليكم": ("alaykum", "3alaykom"), "شكرا": ("shukran", "shokran"), "النرويج": ("al norwej", "el nerwij"),
}  # fmt: skip

_ETHIOPIC_ROWS = {
    0x1200: "h", 0x1208: "l", 0x1210: "h", 0x1218: "m", 0x1220: "s", 0x1228: "r", 0x1230: "s", 0x1238: "sh",
    0x1240: "q", 0x1250: "q", 0x1260: "b", 0x1268: "v", 0x1270: "t", 0x1278: "ch", 0x1280: "h", 0x1290: "n",
    0x1298: "ny", 0x12A0: "", 0x12A8: "k", 0x12B8: "kh", 0x12C8: "w", 0x12D0: "", 0x12D8: "z", 0x12E0: "zh",
    0x12E8: "y", 0x12F0: "d", 0x12F8: "d", 0x1300: "j", 0x1308: "g", 0x1320: "t", 0x1328: "ch", 0x1330: "p",
    0x1338: "ts", 0x1340: "ts", 0x1348: "f", 0x1350: "p",
}  # fmt: skip
_ETHIOPIC_ROWS_LOOSE = _ETHIOPIC_ROWS | {0x1240: "k", 0x1250: "k", 0x12B8: "h", 0x1298: "gn", 0x1338: "s", 0x1340: "s"}
_ETHIOPIC_LABIAL = {0x1248: "qu", 0x1258: "qu", 0x1288: "hu", 0x12B0: "ku", 0x12C0: "hu", 0x1310: "gu"}
_ETHIOPIC_VOWELS = (("e", "u", "i", "a", "ie", "", "o", "ua"), ("e", "u", "i", "a", "e", "i", "o", "wa"))

_WORD = re.compile(r"[\w'’ʼ]+")
_VOWELS = frozenset("aeiouy")


def script_of(character: str) -> str | None:
    """ISO 15924 code of the script of a letter that we know (Latn, Cyrl, Arab, Ethi), else None."""
    point = ord(character)
    if not character.isalpha():
        return None
    if point < 0x250 or 0x1E00 <= point < 0x1F00:
        return "Latn"
    if 0x400 <= point < 0x530:
        return "Cyrl"
    if 0x600 <= point < 0x780 or 0x8A0 <= point < 0x900 or 0xFB50 <= point < 0xFF00:
        return "Arab"
    if 0x1200 <= point < 0x13A0 or 0x2D80 <= point < 0x2DE0 or 0xAB00 <= point < 0xAB30:
        return "Ethi"
    return None


def latin_copy(text: str, language: str, spelling: int) -> str | None:
    """``text`` in Latin letters in one of the ``SPELLINGS`` ways, or None when it is in Latin letters already."""
    scripts = {script_of(character) for character in text} - {None, "Latn"}
    if not scripts:
        return None
    lowered = text.lower()
    if "Cyrl" in scripts:
        table = CYRILLIC.get(language, CYRILLIC["ru"])[spelling % SPELLINGS]
        lowered = "".join(table.get(character, character) for character in lowered)
    if "Arab" in scripts:
        lowered = _WORD.sub(lambda word: _arabic_word(word.group(), language, spelling % SPELLINGS), lowered)
        lowered = lowered.replace("؟", "?").replace("،", ",")
    if "Ethi" in scripts:
        lowered = _WORD.sub(lambda word: _ethiopic_word(word.group(), spelling % SPELLINGS), lowered)
        lowered = lowered.replace("፡", " ").replace("።", ".").replace("፣", ",").replace("፧", "?")
    return lowered


def _arabic_word(word: str, language: str, spelling: int) -> str:
    """One word of Arabic script; ``language`` ar has the article and the words above, the others have not."""
    if not any(script_of(character) == "Arab" for character in word):
        return word
    bare = "".join(character for character in word if unicodedata.category(character) != "Mn")
    if language == "ar":
        if bare in _ARABIC_WORDS:
            return _ARABIC_WORDS[bare][spelling]
        if bare.startswith("ال") and len(bare) > 4:
            article = ("al ", "el ")[spelling]
            return article + _arabic_letters(bare[2:], spelling)
        if bare.startswith(("بال", "وال")) and len(bare) > 5:
            return ("bel ", "bil ")[spelling].replace("b", "b" if bare[0] == "ب" else "w") + _arabic_letters(
                bare[3:], spelling
            )
        if bare.startswith("لل") and len(bare) > 4:
            return "lel " + _arabic_letters(bare[2:], spelling)
    return _arabic_letters(bare, spelling)


def _arabic_letters(word: str, spelling: int) -> str:
    """Letters with short vowels guessed: a syllable begins with one consonant and holds a vowel."""
    letters = word.translate(_ARABIC_SHAPES)
    consonants = (_ARABIC_CONSONANTS, _ARABIC_DIGITS)[spelling]
    out: list[str] = []
    position = 0
    while position < len(letters):
        letter = letters[position]
        following = letters[position + 1] if position + 1 < len(letters) else ""
        if letter in _LONG:
            # و and ي are consonants at the start of a syllable and vowels inside
            if letter == "و" and (position == 0 or following == "ا"):
                out.append("w")
            elif letter == "ي" and (position == 0 or following == "ا"):
                out.append("y")
            else:
                out.append(_LONG[letter])
            position += 1
            continue
        out.append(consonants.get(letter, letter if letter.isalnum() else ""))
        position += 1
        if following and following not in _LONG:
            after = letters[position + 1] if position + 1 < len(letters) else ""
            out.append("a")
            if after not in _LONG:  # the next consonant closes this syllable
                out.append(consonants.get(following, following))
                position += 1
    return "".join(out)


def _ethiopic_word(word: str, spelling: int) -> str:
    rows = (_ETHIOPIC_ROWS, _ETHIOPIC_ROWS_LOOSE)[spelling]
    out: list[str] = []
    for index, character in enumerate(word):
        point = ord(character)
        base, vowel = point & ~7, point & 7
        if base in _ETHIOPIC_LABIAL and 0x1240 <= point < 0x1318:
            out.append(_ETHIOPIC_LABIAL[base] + ("e", "", "i", "a", "e", "i", "", "")[vowel])
        elif base in rows and 0x1200 <= point < 0x1358:
            sound = _ETHIOPIC_VOWELS[spelling][vowel]
            if not rows[base] and vowel in (0, 5):
                sound = "a" if vowel == 0 else "e"
            if vowel == 5 and rows[base] and (index == len(word) - 1 or (out and out[-1][-1:] in _VOWELS)):
                sound = ""  # a bare consonant that closes the syllable before it
            out.append(rows[base] + sound)
        else:
            out.append(character)
    return "".join(out)
