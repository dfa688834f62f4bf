"""The database of record: conversations, messages, cases, consent, accounts, audit, notifications."""
