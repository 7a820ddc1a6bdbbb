"""The people who are messaged: identity, traits, subscriptions, consent, merge, deletion."""
