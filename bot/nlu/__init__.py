"""Understanding: our own classifier and language identification, as a Rasa graph component."""
