"""The CRM's rules: pure functions on frozen values; the time and new ids come in as arguments."""
