"""``python -m tools report``: one HTML page on the state of the knowledge, with plots, to be opened from a disk."""
