"""What happens when things go wrong: the production server against bad input, repeated posts, kills and a full disk."""
