"""Makes mails: words from templates, a calendar part, one MIME message."""
