/// Rules that have come as far as `position` segments; no rules means that nothing inside is sealed.
struct AvroRoute: Hashable {
    var rules: [Int] = []
    var position = 0
}
