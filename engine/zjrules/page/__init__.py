"""A scored unit as a document: one offline HTML page, or Markdown."""
