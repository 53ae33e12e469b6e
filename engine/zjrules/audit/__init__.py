"""Auditing: claimed scores against the rules, the evidence, a review and the unit's own papers."""
