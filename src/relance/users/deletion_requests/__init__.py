"""Deletions that people ask for themselves: asked by one mail's link, confirmed by a second mail's, carried out after a term."""
