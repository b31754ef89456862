"""HTTP routes of auth: signing in and out, and the administration of users."""
