"""Text for people: escaping and shortening."""
