"""What was published by a moment, and what the evidence that had arrived by then supports."""
