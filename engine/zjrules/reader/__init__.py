"""A rule set as a document for people who read no code: the outline, every rule in words beside its text, facts and words."""
