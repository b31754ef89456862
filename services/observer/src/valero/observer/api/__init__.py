"""The Observer's HTTP routes: for services (registration, registry) and for people."""
