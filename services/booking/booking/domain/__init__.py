"""The rules of booking on frozen values: no clock, no randomness, no I/O."""
