"""Who is in: rules, their three evaluators, and live membership."""
