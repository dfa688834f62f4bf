"""What the report says besides its figures."""

from __future__ import annotations

from tests.benchmarks.nlu.judging import ANSWER, RANKED
from tests.benchmarks.nlu.preparing import DANGERS, TOPICS
from tests.benchmarks.nlu.results import DEFAULT, FULL, OURS, PLAIN, SEARCH

SYSTEMS = f"""\
- **{OURS}**: the pipeline of `config.yml`, trained by `rasa train nlu` on the subset. Without the keywords of
  the articles, which the product's reader of training data adds; the other systems do not get them either.
- **{FULL}**: the product as `make train` makes it, on every sentence and keyword.
- **{DEFAULT}**: the pipeline that `rasa init` gives (DIET with `constrain_similarities`, ResponseSelector,
  FallbackClassifier 0.3/0.1), trained by `rasa train nlu` on the same subset. Each label is one intent
  (`ask/x` becomes `ask_x`), because it is one classifier; its ResponseSelector then has nothing to learn.
- **{PLAIN}**: scikit-learn's TF-IDF of words and pairs of words with logistic regression, on the same subset.
- **{SEARCH}**: the product's own `/api/search` over the articles. It knows topics only.
"""
COMPARED = """\
Both Rasa pipelines on the subset read the same YAML through Rasa's own reader and train with an empty cache.
Ours also learns to tell languages apart, from the same sentences and from `bot/data/other`, which hold no label.
"""
BANDLESS = f"""\
Ours has bands for answer and choices. For the systems that have none, one rule was set beforehand: the kind of a
message is the kind of the label on top, whatever its probability; a question is answered when that probability
is at least {ANSWER}, and else its first three topics are the choices; the first guess is the first topic among
the first {RANKED} labels. Where Rasa's fallback steps in, the message is not answered but gets choices, and a
danger on top still counts as recognised. The keyword search has a threshold of its own, set on a sample of the
other half of the messages so that right minus wrong answers is greatest.
"""
ROBUSTNESS = f"""\
{FULL[0].upper()}{FULL[1:]}, on {TOPICS} questions and {DANGERS} signs of danger of each language that no
threshold was set on. A message that a disturbance does not change (capitals in a script that has none) is left
out of it, before and after.

- *typos*: one slip for every ten characters: two letters swapped, one dropped, doubled, or the key beside it
- *without diacritics*: marks left out, ø as o, ł as l; Cyrillic keeps its letters
- *in Latin letters*: messages in other scripts, by the table that also makes the copies that training sees; people
  spell more freely than this, so the figure flatters
- *after a Norwegian opening*: "hei, jeg lurer på" before the message
- *in the middle of small talk*: three sentences of small talk before and three after it, from the training data
- *two questions*: two questions about different topics in one message; right only when both topics are among what
  is answered or offered, and the first guess when it is one of the two. Before: the first question alone
"""
CALIBRATION = """\
Messages of the half that no threshold was set on that were taken for a question. Their certainty is the
probability of the first topic times that of a question, the number held against `answer`. Columns are tenths of
it: per cent right and how many messages. ECE is the expected calibration error, the mean distance between
certainty and share right in a tenth; a positive difference means that messages are right more often than their
certainty says. The dotted lines are the threshold; whether a message is answered also depends on `margin`.
"""
LIMITS = """\
- One run, one seed. By language a figure rests on as many messages as its table says: of 20, one is 5 per cent.
- The thresholds of ours were set for the model of all sentences, not for that of the subset.
- The systems without bands were not tuned, neither their thresholds nor their training; the thresholds and
  temperatures of ours were set on the other half of the messages. Logistic regression stands at the library's own
  strength (C = 1), which learns too little from so few sentences a label: the largest kinds win. More does better.
- Times on a machine that others use at the same time are longer; its load at the start stands above.
- "Outside the field" are the messages labelled so in `tests/conversations`; no field was held out of the training.
- Serving memory of a system in Rasa holds Rasa and TensorFlow themselves, some 500 MB.
- The disturbances are made by rule, from clean messages; what people really send was not at hand.
"""
