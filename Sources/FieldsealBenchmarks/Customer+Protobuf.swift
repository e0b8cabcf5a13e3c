import Records

/// The customer as a Protobuf message.
extension Customer {
    /// The schema, whose first message is the customer.
    static let protobufSchema = """
        syntax = "proto3";
        package bench;
        message Customer {
          int64 id = 1; string first_name = 2; string last_name = 3; string email = 4; string phone = 5; string ssn = 6;
          string birth_date = 7; bool is_active = 8; double balance = 9; int32 score = 10; Address address = 11;
          repeated Order orders = 12; repeated string tags = 13; string notes = 14; int64 created_at = 15; string locale = 16;
        }
        message Address { string street = 1; string city = 2; string country = 3; string postal_code = 4; }
        message Order { int64 number = 1; string item = 2; double amount = 3; }
        """

    /// The message, without framing.
    var protobuf: [UInt8] {
        var message = ProtobufBytes()
        message.put(1, id)
        message.put(2, firstName)
        message.put(3, lastName)
        message.put(4, email)
        message.put(5, phone)
        message.put(6, ssn)
        message.put(7, birthDate)
        message.put(8, isActive ? 1 : 0)
        message.put(9, balance)
        message.put(10, score)
        var address = ProtobufBytes()
        for (number, text) in [street, city, country, postalCode].enumerated() { address.put(number + 1, text) }
        message.put(11, address)
        for order in orders {
            var line = ProtobufBytes()
            line.put(1, order.number)
            line.put(2, order.item)
            line.put(3, order.amount)
            message.put(12, line)
        }
        for tag in tags { message.put(13, tag) }
        message.put(14, notes)
        message.put(15, createdAt)
        message.put(16, locale)
        return message.bytes
    }
}
