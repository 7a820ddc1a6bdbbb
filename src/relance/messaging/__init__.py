"""What is sent and what is not: messages, eligibility, rendering, deliveries."""
