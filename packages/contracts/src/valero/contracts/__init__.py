"""Events that services rely on: payloads, envelope and golden schemas."""
