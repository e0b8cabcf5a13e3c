"""The README's demonstration: customers encrypted and decrypted over a real broker and a real KMS."""
