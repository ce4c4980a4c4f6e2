"""The rules of mailing: pure, without clock, randomness or I/O."""
