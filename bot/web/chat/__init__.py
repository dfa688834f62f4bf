"""The parents' web chat: one page that works without JavaScript, and a small module that makes it live."""
