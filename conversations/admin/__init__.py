"""What admins configure in the console."""
