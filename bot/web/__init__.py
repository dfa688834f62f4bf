"""The web process: ASGI application, public HTTP interface, conversation turns. Imports no Rasa."""
