"""How often messages of a sending domain are reported as spam, and stopping its marketing where that is too often."""
