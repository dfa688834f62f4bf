"""The review of a language by somebody who speaks it as her own: a sheet to fill in, and reading it back."""
