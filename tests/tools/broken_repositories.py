"""A small broken repository for every check: what is changed, and where and how the check must speak of it."""

from __future__ import annotations

ARTICLE = "knowledge/articles/barnehage/cost/article.yml"
NB = "knowledge/articles/barnehage/cost/nb.md"
STAFF = "knowledge/articles/barnehage/cost/staff.nb.md"
PRICE = "knowledge/facts/barnehage/price.yml"
TRAINING = "bot/data/nlu/nb/barnehage.yml"
TESTS = "tests/conversations/nb/barnehage.yml"
LOCALE = "bot/locales/nb.yml"
LONG = " ".join(["ord"] * 100)
HARD = "Kommunaldepartementets saksbehandlingsregler forutsetter sammenhengende barnehagetilbud."
GLOSSARY = "knowledge/glossary.yml"
SECTIONS = "knowledge/sections.yml"
SECTION = 'page:\n- {old: "§ 12", source: page, section: "§ 16", since: "2021-01-01", topics: [barnehage.cost]}\n'
PLACE = "knowledge/municipalities/vik.yml"
EN = "knowledge/articles/barnehage/cost/en.md"
ENGLISH = """---
language: en
revision: 2
status: draft
---
# What does barnehage cost?

A place costs {fact:barnehage.price}. Apply by {fact:barnehage.deadline}.

- Apply early.

## brief

The price has a ceiling.

## variant baby

The smallest are free.
"""

UK = "knowledge/articles/barnehage/cost/uk.md"
UKRAINIAN = """---
language: uk
revision: 2
status: machine
---
# Скільки коштує barnehage?

Місце коштує {fact:barnehage.price}. Подайте заяву до {fact:barnehage.deadline}.

- Спочатку запитайте.

## brief

Є найвища ціна.

## variant baby

Найменші ходять безкоштовно.
"""


BROKEN = [
    # check, changes, path of the problem, line (None = any), words of the message, is it a warning
    ("knowledge_shape", {PRICE: ("unit: nok", "unit: euro")}, PRICE, 3, "one of: nok", False),
    ("knowledge_shape", {ARTICLE: ("revision: 2", "revision: 2\nrevision: 3")}, ARTICLE, 4, "stands twice", False),
    ("knowledge_shape", {NB: ("language: nb", "language: nn")}, NB, 2, "the file's name says 'nb'", False),
    ("knowledge_shape", {PRICE: ('"2026-11-22"', "2026-11-22")}, PRICE, 6, "read as a timestamp", False),
    ("locale_shape", {LOCALE: ('"hello"', '"hello": "x"\n    "hello"')}, LOCALE, None, "stands twice", False),
    ("locale_shape", {LOCALE: ('"hello"', "one")}, LOCALE, None, "plural form", False),
    ("locale_shape", {LOCALE: ('"hello"', "yes")}, LOCALE, None, "quote it", False),
    ("locale_shape", {LOCALE: ("nb:", "no:")}, LOCALE, 1, "one group named nb", False),
    ("locale_shape", {LOCALE: "nb:\n  a: [x]\n"}, LOCALE, 2, "holds a list", False),
    ("locale_shape", {LOCALE: "nb:\n  a: ''\n"}, LOCALE, 2, "is empty", False),
    ("locale_shape", {LOCALE: "nb:\n  a: x\n"}, LOCALE, 2, "one segment", False),
    ("locale_shape", {LOCALE: "nb: [\n"}, LOCALE, None, "expected", False),
    ("fact_references", {ARTICLE: ("[barnehage.price, ", "[")}, NB, 7, "does not name", False),
    ("fact_references", {PRICE: None}, ARTICLE, 1, "no fact barnehage.price", False),
    ("fact_references", {NB: ("{fact:barnehage.price}", "lite")}, ARTICLE, 1, "no text uses it", False),
    (
        "fact_references",
        {NB: ("{fact:barnehage.price}", "x"), ARTICLE: ("[barnehage.price, ", "[")},
        PRICE,
        1,
        "nothing uses",
        True,
    ),
    ("source_references", {ARTICLE: ("source: page", "source: book")}, ARTICLE, None, "no source 'book'", False),
    ("source_references", {PRICE: ("1200, source: page", "1200, source: book")}, PRICE, 8, "no source 'book'", False),
    ("source_references", {ARTICLE: ("sources: [{source: page}]\n", "")}, ARTICLE, 1, "has no source", False),
    (
        "source_references",
        {
            "knowledge/sources.yml": (
                "page:",
                'spare: {title: S, url: "https://s.example", law: false, checked: "2026-01-01"}\npage:',
            )
        },
        "knowledge/sources.yml",
        1,
        "nothing rests on",
        True,
    ),
    ("contact_references", {NB: ("Søk tidlig", "Spør {contact:king}")}, NB, None, "no kind of contact", False),
    ("related_topics", {ARTICLE: ("asks:", "related: [barnehage.gone]\nasks:")}, ARTICLE, 1, "does not exist", False),
    ("related_topics", {ARTICLE: ("asks:", "related: [barnehage.cost]\nasks:")}, ARTICLE, 1, "is this article", False),
    (
        "related_topics",
        {ARTICLE: ("audience: both", "audience: parent"), STAFF: None},
        ARTICLE,
        1,
        "topics.yml says both",
        False,
    ),
    (
        "crisis_numbers",
        {"knowledge/crisis.yml": "medical: {numbers: [emergency.gone]}\n"},
        "knowledge/crisis.yml",
        1,
        "unit phone",
        False,
    ),
    (
        "crisis_numbers",
        {"knowledge/crisis.yml": "medical: {numbers: []}\n"},
        "knowledge/crisis.yml",
        1,
        "medical has no numbers",
        False,
    ),
    (
        "crisis_numbers",
        {"knowledge/crisis.yml": "sea: {numbers: ['contact:king']}\n"},
        "knowledge/crisis.yml",
        1,
        "no kind of contact",
        False,
    ),
    (
        "crisis_numbers",
        {"knowledge/crisis.yml": "sea: {numbers: []}\n"},
        "knowledge/crisis.yml",
        1,
        "no text crisis.sea",
        False,
    ),
    (
        "crisis_numbers",
        {"bot/locales/en.yml": ("police", "army")},
        "knowledge/crisis.yml",
        1,
        "no text number.police",
        False,
    ),
    (
        "crisis_numbers",
        {"knowledge/facts/emergency/police.yml": ("2000-01-01", "2027-01-01")},
        "knowledge/crisis.yml",
        1,
        "no value on",
        False,
    ),
    ("article_coverage", {NB: None}, NB, 1, "not answered at all", False),
    ("article_coverage", {STAFF: None}, STAFF, 1, "the text is missing", False),
    ("article_coverage", {NB: ("## brief\n\nPrisen har et tak.\n", "")}, NB, 1, "section brief is missing", False),
    (
        "variant_coverage",
        {NB: ("## variant baby\n\nDe minste er gratis.\n", "")},
        NB,
        1,
        "variant baby is missing",
        False,
    ),
    ("variant_coverage", {ARTICLE: ("asks: [child_age]", "asks: []")}, ARTICLE, 1, "depends on child_age", True),
    (
        "topic_coverage",
        {"knowledge/topics.yml": ("barnehage:", 'barnehage:\n  later: {for: both, must: true, asks: "x"}')},
        "knowledge/topics.yml",
        1,
        "barnehage.later",
        True,
    ),
    (
        "locale_coverage",
        {LOCALE: ('    "hello": "Hello %{name}"\n', '    "x": "x"\n')},
        LOCALE,
        1,
        "a.hello is missing",
        False,
    ),
    ("locale_coverage", {LOCALE: ('"hello"', '"goodbye"')}, LOCALE, None, "not in en.yml", False),
    ("locale_coverage", {LOCALE: None}, LOCALE, 1, "the file is missing", False),
    ("locale_coverage", {"bot/locales/en.yml": None}, "bot/locales/en.yml", 1, "the file is missing", False),
    ("locale_coverage", {"bot/locales/qqq.yml": ('"hello"', '"x"')}, "bot/locales/qqq.yml", 1, "Translators", False),
    (
        "locale_coverage",
        {
            LOCALE: ("Police", "This was never translated"),
            "bot/locales/en.yml": ("Police", "This was never translated"),
        },
        LOCALE,
        None,
        "is the English one",
        False,
    ),
    ("locale_placeholders", {LOCALE: ("%{name}", "du")}, LOCALE, None, "same values", False),
    ("locale_placeholders", {LOCALE: ("Police", "100 % sikker")}, LOCALE, None, "single per cent sign", False),
    ("overdue", {PRICE: ('"2026-11-22"', '"2026-11-23"')}, PRICE, 1, "in the future", False),
    ("overdue", {PRICE: ('"2026-11-22"', '"2025-11-01"')}, PRICE, 1, "more than 366 days", True),
    (
        "overdue",
        {PRICE: ('"2027-08-01": {value: 1300, source: page}', '"2026-08-01": expected')},
        PRICE,
        9,
        "was expected",
        True,
    ),
    (
        "overdue",
        {"knowledge/sources.yml": ("2026-11-01", "2026-12-01")},
        "knowledge/sources.yml",
        1,
        "in the future",
        False,
    ),
    ("overdue", {ARTICLE: ("2027-01-15", "2026-11-21")}, ARTICLE, 1, "to be reviewed by", True),
    ("translation_state", {NB: ("revision: 2", "revision: 3")}, NB, 1, "the article is at 2", False),
    ("translation_state", {NB: ("revision: 2", "revision: 1")}, NB, 1, "translates revision 1", True),
    ("digits", {NB: ("Søk tidlig", "Søk før 1. mars")}, NB, 10, "a digit in the text", False),
    ("digits", {NB: ("Søk tidlig", "Ring ١١٣")}, NB, 10, "a digit in the text", False),
    ("digits", {STAFF: ("§§ 4 og 5", "loven fra 2005")}, STAFF, 8, "a digit in the text", False),
    ("text_length", {NB: ("Søk tidlig.", LONG)}, NB, 7, "words; 90 are", False),
    ("text_length", {NB: ("Søk tidlig.", " ".join(["ord"] * 90))}, NB, 7, "words; 90 are", True),
    (
        "text_length",
        {NB: ("# Hva koster", "# Hva i all verden er det egentlig den kommunale plassen koster i")},
        NB,
        1,
        "characters",
        True,
    ),
    ("markup", {NB: ("Søk tidlig", "Se [siden](https://x.example)")}, NB, 10, "a link", False),
    ("markup", {NB: ("Søk tidlig", "Søk <b>tidlig</b>")}, NB, 10, "HTML", False),
    ("markup", {NB: ("Søk tidlig", "Søk **tidlig**")}, NB, 10, "emphasis", False),
    ("markup", {NB: ("- Søk tidlig", "* Søk tidlig")}, NB, 10, "a list with other signs", False),
    ("markup", {NB: ("- Søk tidlig", "> Søk tidlig")}, NB, 10, "quotation", False),
    ("letters", {NB: ("Søk", "S\u00f8k a\u030a")}, NB, 10, "form NFC", False),
    ("letters", {NB: ("Søk", "S\u200føk")}, NB, 10, "invisible sign", False),
    ("letters", {NB: ("Søk", "Sоk")}, NB, 10, "another script (cyrillic)", False),
    ("letters", {LOCALE: ("Police", "Полиция")}, LOCALE, None, "another script", False),
    (
        "sentence_labels",
        {TRAINING: ("intent: ask/barnehage.cost", "intent: ask/barnehage.gone")},
        TRAINING,
        None,
        "is not known",
        False,
    ),
    (
        "sentence_labels",
        {TRAINING: ("intent: ask/barnehage.cost", "intent: not_danger")},
        TRAINING,
        None,
        "is not known",
        False,
    ),
    ("sentence_labels", {TRAINING: ("language: nb", "language: nn")}, TRAINING, 3, "the folder says 'nb'", False),
    ("sentence_labels", {TRAINING: ("    - pris solsol ", "    pris solsol ")}, TRAINING, None, "starts with", False),
    ("sentence_labels", {TESTS: ("language: nb", "language: en")}, TESTS, 1, "the folder says 'nb'", False),
    ("sentence_labels", {TESTS: "language: [\n"}, TESTS, None, "not YAML", False),
    ("sentence_labels", {TESTS: "language: nb\ntests: x\n"}, TESTS, 2, "a list is expected", False),
    (
        "sentence_coverage",
        {TRAINING: ("    - pris sol ask barnehage.cost\n", "")},
        TRAINING,
        1,
        "has 19 training sentences",
        False,
    ),
    ("sentence_coverage", {TESTS: ('  - "hvor dyrt er det"\n', "")}, TESTS, 1, "has 5 test messages", False),
    (
        "sentence_coverage",
        {"bot/data/nlu/nb/dialogue.yml": ("    - hei sol deny\n", "")},
        "bot/data/nlu/nb/dialogue.yml",
        1,
        "deny has 39",
        False,
    ),
    (
        "duplicate_sentences",
        {TRAINING: ("    - pris sol ask barnehage.cost\n", "    - Hei, sol deny!\n")},
        "bot/data/nlu/nb/dialogue.yml",
        None,
        "No model learns both",
        False,
    ),
    (
        "duplicate_sentences",
        {TRAINING: ("    - pris regn ", "    - pris sol ")},
        TRAINING,
        7,
        "stands in barnehage.yml:6",
        True,
    ),
    ("sentence_overlap", {TESTS: ("hvor dyrt er det", "Pris: sol, ask barnehage cost?")}, TESTS, 5, "too near", False),
    ("sentence_overlap", {TESTS: ("hvor dyrt er det", "prisen sol ask barnehage.cost")}, TESTS, 5, "too near", False),
    (
        "sentence_overlap",
        {TRAINING: ("    - pris sol ask barnehage.cost\n", "    - Dyrt?\n"), TESTS: ("hvor dyrt er det", "dyrt")},
        TESTS,
        5,
        "too near",
        False,
    ),
    ("readability", {NB: ("Søk tidlig.", f"Søk {LONG[:150]}.")}, NB, 7, "a sentence of", False),
    ("readability", {NB: ("Søk tidlig.", HARD)}, NB, 7, "LIX", False),
    ("style", {NB: ("Søk tidlig.", "Plassen er garantert.")}, NB, 7, "'garantert' in main (no-verdict)", False),
    ("style", {STAFF: ("Regelen", "Helt  trygt: regelen")}, STAFF, 7, "It promises.", False),
    ("glossary_references", {ARTICLE: ("[plass]", "[plass, avtale]")}, ARTICLE, 1, "'avtale' is not in", False),
    ("glossary_references", {GLOSSARY: "plass: {nb: x}\nfrist: {nb: y}\n"}, GLOSSARY, 1, "no article uses", True),
    ("glossary_references", {GLOSSARY: "plass: {nb: Fra 1 år.}\n"}, GLOSSARY, 1, "has a digit", False),
    ("glossary_references", {GLOSSARY: "plass: {en: A place.}\n"}, GLOSSARY, 1, "no meaning in nb", False),
    (
        "glossary_references",
        {GLOSSARY: "nemnd: {nb: x}\nplass: {nb: x}\n", ARTICLE: ("[plass]", "[plass, nemnd]")},
        ARTICLE,
        1,
        "stands in no text",
        True,
    ),
    ("section_references", {SECTIONS: SECTION.replace("source: page", "source: book")}, SECTIONS, 2, "'book'", False),
    ("section_references", {SECTIONS: SECTION.replace("cost]", "gone]")}, SECTIONS, 2, "no topic", False),
    ("section_references", {SECTIONS: SECTION + SECTION[6:]}, SECTIONS, 3, "stands twice", False),
    ("keyword_coverage", {ARTICLE: ("foreldrebetaling, makspris", "takst")}, ARTICLE, 1, "2 keywords in nb", False),
    (
        "municipality_completeness",
        {PLACE: "name: Vik\nstage: offered\n"},
        PLACE,
        1,
        "local values are missing (number, contact:barnehage-office",
        False,
    ),
    ("municipality_completeness", {PLACE: "name: Vik\n"}, PLACE, 1, "local values are missing", True),
    ("article_placeholders", {EN: ENGLISH.replace("{fact:barnehage.price}", "little")}, EN, 7, "lacks fact:", False),
    (
        "article_placeholders",
        {EN: ENGLISH.replace("early.", "early in {municipality}.")},
        EN,
        7,
        "municipality more",
        False,
    ),
    (
        "article_placeholders",
        {EN: ENGLISH.replace("The smallest are free.", "De minste er gratis.")},
        EN,
        17,
        "Norwegian text itself",
        False,
    ),
    (
        "untranslated",
        {UK: UKRAINIAN.replace("Спочатку запитайте.", "Apply early and ask what you will pay for it.")}
        | {EN: ENGLISH.replace("Apply early.", "Apply early and ask what you will pay for it.")},
        UK,
        7,
        "words of the en text",
        False,
    ),
    (
        "untranslated",
        {
            UK: UKRAINIAN.replace("Спочатку запитайте.", "Søk så tidlig som du bare kan."),
            NB: ("Søk tidlig", "Søk så tidlig som du bare kan"),
        },
        UK,
        7,
        "words of the nb text",
        False,
    ),
    ("length_ratio", {UK: UKRAINIAN, NB: ("Søk tidlig.", LONG)}, UK, 7, "times the length", True),
    (
        "review_state",
        {"knowledge/reviews.yml": "nb: {glossary/plass: {by: A.B., date: '2026-12-01', of: '00000000'}}\n"},
        "knowledge/reviews.yml",
        1,
        "was changed after A.B. reviewed it",
        True,
    ),
    (
        "review_state",
        {"knowledge/reviews.yml": "nb: {words/gone: {by: A.B., date: '2026-12-01', of: '00000000'}}\n"},
        "knowledge/reviews.yml",
        1,
        "no passage any more",
        True,
    ),
]
