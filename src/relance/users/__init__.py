"""The people who receive messages: identity, traits, subscriptions, consent, merge, deletion."""
