"""Label matchers: parsing, matching, printing and proofs about them."""
