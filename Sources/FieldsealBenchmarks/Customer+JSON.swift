import Records

extension Customer {
    /// The record as a producer's JSON library would write it.
    var json: [UInt8] {
        let orderTexts = orders.map { #"{"number":\#($0.number),"item":"\#($0.item)","amount":\#($0.amount)}"# }
        let tagTexts = tags.map { "\"\($0)\"" }
        return Array(
            """
            {"id":\(id),"firstName":"\(firstName)","lastName":"\(lastName)","email":"\(email)","phone":"\(phone)",\
            "ssn":"\(ssn)","birthDate":"\(birthDate)","isActive":\(isActive),"balance":\(balance),"score":\(score),\
            "address":{"street":"\(street)","city":"\(city)","country":"\(country)","postalCode":"\(postalCode)"},\
            "orders":[\(orderTexts.joined(separator: ","))],"tags":[\(tagTexts.joined(separator: ","))],\
            "notes":"\(notes)","createdAt":\(createdAt),"locale":"\(locale)"}
            """.utf8)
    }
}
