"""What the commands print: figures put into words, and tables that fit the terminal."""
