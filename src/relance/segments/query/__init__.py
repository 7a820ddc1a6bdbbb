"""Rules as queries over history."""
