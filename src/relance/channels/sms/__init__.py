"""SMS: texts to phones, counted in parts, through the providers that an app has an account with."""
