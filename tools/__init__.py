"""Tools for those who keep the knowledge base and the languages: ``python -m tools <command>``."""
