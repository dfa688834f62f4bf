"""What is never kept, how long the rest is kept, and how it is removed."""
