"""Envoy's control service: routes, registry of user interfaces, OpenAPI."""
