"""The suppression list: addresses to which an app sends nothing, whatever the message, and whoever has them."""
