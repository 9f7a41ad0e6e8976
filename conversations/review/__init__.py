"""Review of conversations by staff: listing, search, transcripts, annotations, export."""
