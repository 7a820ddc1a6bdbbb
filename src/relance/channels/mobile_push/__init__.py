"""Push messages to phones: by Firebase Cloud Messaging (FCM) and by the Apple Push Notification service (APNs)."""
