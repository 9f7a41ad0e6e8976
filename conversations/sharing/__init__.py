"""Several fronts on one PostgreSQL database: who works on what, and what they tell each other."""
