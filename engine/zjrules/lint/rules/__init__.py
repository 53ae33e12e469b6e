"""One rule a file, found by its place: CODE, PAGE (the title, then the help page) and found(book), which yields findings."""
