"""An encoder's folder, as bot.nlu.encoder reads it, from published weights (docs/how-to/use-an-encoder.md)."""
