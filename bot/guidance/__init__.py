"""Pure Python over knowledge/: facts, articles, rendering, answering. Imports no Rasa and no web."""
