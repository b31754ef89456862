"""What every service gets: app, database, events, errors, identity, health, testing."""
