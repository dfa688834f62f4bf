"""Understanding: our own classifier with two heads and language identification, as a Rasa graph component."""
