"""The rules of calendars: pure functions on frozen values; time and ids come in as arguments."""
