"""`/graphql`: reads composed over the services, and their live events."""
