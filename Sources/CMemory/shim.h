// A hint that Swift has no word for.
static inline void fieldseal_prefetch(const void *address) {
    __builtin_prefetch(address);
}
