"""Reading of JSON files whose values know their position."""
