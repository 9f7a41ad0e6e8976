"""The languages of the console: their catalogues, and dates and numbers as each writes them."""
