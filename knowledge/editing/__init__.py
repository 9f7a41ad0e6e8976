"""Changes of single entries of the sources: their content as a form holds it, checked and written as a person would."""
