"""The seller's side of the trade: shops (products, orders and parcels move in later)."""
