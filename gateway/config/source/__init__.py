"""routes.yaml as text: positions, references, and what YAML cannot read."""
