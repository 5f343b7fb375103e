"""Floor 3, a wing of its own: people's accounts, as admins make, change and end them."""
