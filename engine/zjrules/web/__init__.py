"""The local web page: what the command line does, for those who never open a terminal. Adding a page is one file in pages/."""
