"""The rule language: what is written, how it is read, what it means when written out. Pure."""
