"""Amazon SNS: messages that prove their topic by a signature, and subscriptions to it."""
