"""Why a number changed: taken apart by every split, ranked, and put into sentences."""
