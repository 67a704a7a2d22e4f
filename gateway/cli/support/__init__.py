"""What commands share: context, output, times, the API client."""
