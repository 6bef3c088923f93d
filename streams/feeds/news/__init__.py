"""News documents in, versions of articles out."""
