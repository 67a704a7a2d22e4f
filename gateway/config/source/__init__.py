"""routes.yaml as text: positions, references, and errors of YAML."""
