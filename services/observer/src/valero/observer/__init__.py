"""Registry, health, restart and live view of every service."""
