"""What tests of every service use; loaded by pytest as a plugin."""
