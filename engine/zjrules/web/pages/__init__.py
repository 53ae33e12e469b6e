"""The pages, one file each: ROUTES are its addresses, LINKS its places in the menu. A file here is found by being here."""
