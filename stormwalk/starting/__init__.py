"""The beginning with an application of one's own: a first draft from its live page, and what stands in the way."""
