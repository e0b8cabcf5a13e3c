import Records

/// A customer, as a realistic record of 15 fields with a nested record and an array: about 1 KB as JSON.
struct Customer {
    var id: Int
    var firstName: String
    var lastName: String
    var email: String
    var phone: String
    var ssn: String
    var birthDate: String
    var isActive: Bool
    var balance: Double
    var score: Int
    var street: String
    var city: String
    var country: String
    var postalCode: String
    var orders: [Order]
    var tags: [String]
    var notes: String
    var createdAt: Int
    var locale: String

    struct Order {
        var number: Int
        var item: String
        var amount: Double
    }

    /// The paths that the benchmark seals: a string, a nested string and another string.
    static let sealedPaths = ["ssn", "address.street", "email"]

    init(using generator: inout SeededGenerator) {
        func pick(_ words: [String]) -> String { words.randomElement(using: &generator) ?? "" }
        func digits(_ count: Int) -> String {
            String((0..<count).map { _ in Character(String(Int.random(in: 0...9, using: &generator))) })
        }
        id = .random(in: 1...9_999_999, using: &generator)
        firstName = pick(["Ana", "Björn", "Chloé", "Dmitri", "Eleni", "Fatou", "Gustavo", "Hana"])
        lastName = pick(["Okafor", "Müller", "Nguyen", "Rossi", "Svensson", "Tanaka", "Kowalczyk", "O'Neill"])
        email = "\(pick(["mail", "contact", "me", "info"]))\(digits(5))@\(pick(["example.com", "mail.example.org"]))"
        phone = "+\(digits(2)) \(digits(3)) \(digits(7))"
        ssn = "\(digits(3))-\(digits(2))-\(digits(4))"
        birthDate = "19\(digits(2))-0\(Int.random(in: 1...9, using: &generator))-1\(digits(1))"
        isActive = .random(using: &generator)
        balance = Double(Int.random(in: -100_000...10_000_000, using: &generator)) / 100
        score = .random(in: 0...1000, using: &generator)
        street = "\(digits(3)) \(pick(["Elm", "Rue de la Paix", "Hauptstraße", "Via Roma"])) \(digits(2))"
        city = pick(["Lagos", "Berlin", "Huế", "Milano", "Malmö", "Osaka"])
        country = pick(["NG", "DE", "VN", "IT", "SE", "JP"])
        postalCode = digits(5)
        let orderCount = Int.random(in: 2...4, using: &generator)
        orders = (0..<orderCount).map { _ in
            Order(
                number: .random(in: 1...999_999, using: &generator), item: pick(["chair", "lamp", "desk", "shelf"]),
                amount: Double(Int.random(in: 100...99_999, using: &generator)) / 100)
        }
        let tagCount = Int.random(in: 1...4, using: &generator)
        tags = (0..<tagCount).map { _ in pick(["vip", "newsletter", "b2b", "trial", "churn-risk"]) }
        let words = Int.random(in: 30...45, using: &generator)
        let vocabulary = [
            "called", "about", "the", "delivery", "and", "asked", "for", "an", "invoice", "again", "today",
        ]
        notes = (0..<words).map { _ in vocabulary.randomElement(using: &generator) ?? "" }.joined(separator: " ")
        createdAt = .random(in: 1_500_000_000_000...1_700_000_000_000, using: &generator)
        locale = pick(["en-NG", "de-DE", "vi-VN", "it-IT", "sv-SE", "ja-JP"])
    }
}
