"""The join: which flights were in the air when an order was pronounced, issued or entered."""
