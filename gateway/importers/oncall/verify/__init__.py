"""Comparison of the new rotas with the product's own rendering."""
