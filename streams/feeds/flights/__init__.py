"""Flight documents in, position reports in SI units out."""
