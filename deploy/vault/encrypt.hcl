# What an encrypt pair needs: to have data keys wrapped by one key of the transit engine.
# Only `update`: with `create` a misspelt key name would silently make a new key.
path "transit/encrypt/customers" {
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
