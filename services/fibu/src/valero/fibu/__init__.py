"""Chart of accounts, journal and trial balance."""
