"""Documents as received, byte for byte, and the e-invoices in them."""
