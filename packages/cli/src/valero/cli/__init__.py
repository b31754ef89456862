"""The valero command: launcher, doctor, verify, new-service."""
