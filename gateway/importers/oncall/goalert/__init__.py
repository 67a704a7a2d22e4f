"""GoAlert: answers of its GraphQL API."""
