"""What waits to be sent: small rows, apart from the record of deliveries, in queues of which each has its turn."""
