"""Short templates of routes.yaml: URLs and titles of links, titles of severities."""
