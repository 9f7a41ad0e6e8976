"""Find programs: criteria, search, relaxation and program facts."""
