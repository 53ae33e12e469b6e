"""The interface for programs beside the pages: the same records as --format json, and their description as OpenAPI."""
