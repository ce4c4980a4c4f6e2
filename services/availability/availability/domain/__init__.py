"""The rules: pure functions on frozen values, with no clock, no randomness and no I/O."""
