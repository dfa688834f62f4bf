"""Municipality data: the sheet that an office worker fills in, reading it back, and what is still missing."""
