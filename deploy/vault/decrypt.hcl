# What a decrypt pair (a mirror) needs: to have data keys unwrapped by one key of the transit engine.
path "transit/decrypt/customers" {
  capabilities = ["update"]
}
# Lets Fieldseal tell an expired token from a missing permission, and report it.
path "auth/token/lookup-self" {
  capabilities = ["read"]
}
# Lets Fieldseal prolong its token's life; without it a new one is needed before the old one ends.
path "auth/token/renew-self" {
  capabilities = ["update"]
}
