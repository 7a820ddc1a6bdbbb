"""The providers that an app's messages go through, with their settings and secrets."""
