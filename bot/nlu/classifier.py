"""The model as a component of Rasa's graph: sets intent, ranking, topic and ``understanding`` on every message.

Topics are written in the shape of Rasa's response selector, so that ``rasa test nlu`` scores kinds as intents
and topics as response keys. Everything is decided in ``bot.nlu.model``; this file only translates.
"""

from __future__ import annotations

import logging
from dataclasses import asdict, fields, replace
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.classifiers.classifier import IntentClassifier
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.guidance.model import Understanding
from bot.languages import languages
from bot.nlu.data import other_sentences
from bot.nlu.encoder import EncoderError, choice
from bot.nlu.examples import Example
from bot.nlu.model import Model, Options, Reading
from bot.nlu.pieces import RANKED
from bot.settings import settings

logger = logging.getLogger(__name__)

FALLBACK = "nlu_fallback"
RETRIEVAL = ("ask", "danger", "smalltalk", "refer")
"""Kinds whose training labels have a second part, which Rasa calls retrieval intents."""


class CannotEncodeError(EncoderError, RasaException):
    """An EncoderError as Rasa lets it through, so that the launcher can tell the operator its sentence."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class Classifier(IntentClassifier, GraphComponent):
    """The trained model as a Rasa component. Its keys in config.yml are the fields of ``Options``."""

    def __init__(self, config: dict[str, Any], storage: ModelStorage, resource: Resource, model: Model | None) -> None:
        names = {entry.name for entry in fields(Options)}
        self._options = Options(**{key: value for key, value in config.items() if key in names})
        self._storage = storage
        self._resource = resource
        self._model = model

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """The defaults of ``Options``."""
        return {entry.name: getattr(Options(), entry.name) for entry in fields(Options)}

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> Classifier:
        """An untrained component."""
        return cls(config, model_storage, resource, None)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **kwargs: Any,
    ) -> Classifier:
        """A trained component; the thresholds are those of the configuration that it was trained with."""
        with model_storage.read_from(resource) as folder:
            try:
                model = Model.load(folder, encoder=settings().encoder)
            except EncoderError as error:
                # Rasa goes on without a model, and its own line in the log is emptied of words (bot.quiet).
                logger.error("model not loaded: %s", error)
                raise CannotEncodeError(str(error)) from error
            return cls(config, model_storage, resource, model)

    def train(self, training_data: TrainingData) -> Resource:
        """Train from every labelled sentence; one whose language is not in its metadata is a fault of the data.

        The setting BROBYGGER_ENCODER goes before the folder in config.yml. Raises CannotEncodeError.
        """
        examples = [
            Example(message.get("text"), message.get_full_intent(), language_of(message))
            for message in training_data.intent_examples
            if message.get("text")
        ]
        try:
            chosen = choice(self._options.encoder, settings().encoder)
            options = replace(self._options, encoder=asdict(chosen) if chosen else None)
            self._model = Model.train(examples, options, other_sentences())
        except EncoderError as error:
            raise CannotEncodeError(str(error)) from error
        logger.info("trained sentences=%d features=%d", len(examples), len(self._model.features))
        with self._storage.write_to(self._resource) as folder:
            self._model.save(folder)
        return self._resource

    def process(self, messages: list[Message]) -> list[Message]:
        """Write what was understood on each message."""
        if self._model is None:
            return messages
        for message in messages:
            metadata = message.get("metadata")
            given = metadata if isinstance(metadata, dict) else {}
            chosen, allowed = preferences(given)
            last = given.get("last_topic")
            reading = self._model.read(
                message.get("text") or "", chosen, allowed, last if isinstance(last, str) else None
            )
            for key, value in properties(reading).items():
                message.set(key, value, add_to_output=True)
        return messages


def language_of(message: Message) -> str:
    """The language in a training sentence's metadata; raises ValueError when there is none."""
    metadata = message.get("metadata") or {}
    for place in (metadata.get("intent"), metadata.get("example"), metadata):
        if isinstance(place, dict) and isinstance(place.get("language"), str):
            return str(place["language"])
    raise ValueError(f"A training sentence of {message.get_full_intent()} has no metadata.language (docs/formats.md).")


def preferences(metadata: dict[str, Any]) -> tuple[str | None, list[str] | None]:
    """The chosen language and, for staff, the languages that staff can be answered in."""
    raw = metadata.get("language")
    chosen = languages().resolve(raw) if isinstance(raw, str) else None
    allowed = [language.code for language in languages().staff()] if metadata.get("audience") == "staff" else None
    return chosen, allowed


def properties(reading: Reading) -> dict[str, Any]:
    """Rasa's ``intent``, ``intent_ranking`` and ``response_selector``, and our ``understanding``."""
    understood: Understanding = reading.understanding
    ranking = [{"name": kind, "confidence": round(p, 6)} for kind, p in reading.kinds[:RANKED]]
    name = understood.kind
    if name == "unclear":
        name = FALLBACK
        confidence = 1.0 - understood.confidence
        ranking = [{"name": FALLBACK, "confidence": confidence}, *ranking]
    else:
        confidence = understood.confidence
        ranking = [{"name": name, "confidence": confidence}, *(r for r in ranking if r["name"] != name)]
    selector: dict[str, Any] = {"all_retrieval_intents": list(RETRIEVAL)}
    keys = {"ask": [(f"ask/{topic}", p) for topic, p in understood.topics]}
    for kind in ("danger", "smalltalk", "refer"):
        keys[kind] = [(label, p) for label, p in reading.fine if label.startswith(kind + "/")][:RANKED]
    for kind, found in keys.items():
        if found:
            selector[kind] = {
                "response": {
                    "intent_response_key": found[0][0],
                    "confidence": round(found[0][1], 6),
                    "utter_action": "utter_answer",
                    "responses": [],
                },
                "ranking": [{"intent_response_key": key, "confidence": round(p, 6)} for key, p in found],
            }
    return {
        "intent": {"name": name, "confidence": confidence},
        "intent_ranking": ranking[:RANKED],
        "response_selector": selector,
        "understanding": understood.to_dict(),
    }
