"""What comes next: models, their trial on what is known, and what is said of them."""
