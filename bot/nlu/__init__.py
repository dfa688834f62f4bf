"""Understanding: our own classifier (heads, a shared layer, if wanted an encoder) and language identification, as a Rasa graph component."""
