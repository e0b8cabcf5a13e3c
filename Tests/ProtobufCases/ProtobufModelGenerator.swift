import AvroCases

/// Makes schemas with every type that Protobuf has.
package struct ProtobufModelGenerator {
    var random: AvroRandom
    var model: ProtobufModel

    package static func make(seed: UInt64) -> ProtobufModel {
        var random = AvroRandom(seed: seed)
        let model = ProtobufModel(isProto2: random.oneIn(2), name: "c\(seed)")
        var generator = ProtobufModelGenerator(random: random, model: model)
        generator.fill()
        return generator.model
    }

    private mutating func fill() {
        // proto2 enums may begin anywhere; both may have two names for a number.
        let first: Int32 = model.isProto2 ? Int32.random(in: -3...3, using: &random) : 0
        model.enumValues = [
            ("FIRST", first), ("SECOND", 11), ("ALIAS", 11), ("NEGATIVE", -7), ("LARGE", Int32.max),
        ]
        let count = Int.random(in: 1...4, using: &random)
        for index in 0..<count {
            let isImported = index > 0 && random.oneIn(3)
            let parent = index > 0 && !isImported && random.oneIn(3) ? 0 : nil
            let scope = parent == nil ? ".\(model.name)" : ".\(model.name).M0"
            model.messages.append(
                .init(
                    name: "M\(index)", fullName: "\(scope).M\(index)", parent: parent, isImported: isImported))
        }
        for index in 0..<count { addFields(to: index, among: count, allowsGroups: true) }
        if model.isProto2 { addExtensions(among: count) }
    }

    private mutating func addFields(to index: Int, among count: Int, allowsGroups: Bool) {
        var number = 0
        for position in 0..<Int.random(in: 0...8, using: &random) {
            number += random.oneIn(8) ? Int.random(in: 1...3_000, using: &random) : 1
            var field = ProtobufModel.Field(
                name: "\(["f", "some_field", "camelCase", "_x"].randomElement(using: &random)!)\(position)",
                number: number,
                kind: kind(among: count, isImported: model.messages[index].isImported), label: .implicit)
            if model.isProto2, allowsGroups, random.oneIn(6) {
                let group = model.messages.count
                let name = "Group\(index)X\(position)"
                model.messages.append(
                    .init(
                        name: name, fullName: "\(model.messages[index].fullName).\(name)", parent: index, isGroup: true,
                        isImported: model.messages[index].isImported))
                addFields(to: group, among: count, allowsGroups: false)
                field.kind = .group(group)
                field.name = name.lowercased()
            }
            label(&field)
            model.messages[index].fields.append(field)
        }
    }

    private mutating func addExtensions(among count: Int) {
        for position in 0..<Int.random(in: 0...3, using: &random) {
            var field = ProtobufModel.Field(
                name: "ext\(position)", number: 100_000 + position * 7, kind: kind(among: count, isImported: false),
                label: .optional, isExtension: true)
            // An extension is no map and not required.
            if case .map = field.kind { field.kind = .scalar("string") }
            label(&field)
            if field.label == .required { field.label = .optional }
            if case .oneof = field.label { field.label = .optional }
            model.messages[0].fields.append(field)
        }
    }

    private mutating func kind(among count: Int, isImported: Bool) -> ProtobufModel.Kind {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: return .enumeration
        case 1, 2:
            // What is imported can't name what imports it.
            let choices = (0..<count).filter { !isImported || model.messages[$0].isImported }
            return .message(choices.randomElement(using: &random)!)
        case 3: return .known(ProtobufModel.knownTypes.randomElement(using: &random)!)
        case 4:
            let keys = ProtobufModel.scalars.filter { !["double", "float", "bytes"].contains($0) }
            var value = kind(among: count, isImported: isImported)
            if case .map = value { value = .scalar("bytes") }
            // An open enum's entry begins with 0, which is why proto2 asks the same of a map's enum.
            if case .enumeration = value, model.enumValues[0].number != 0 { value = .scalar("float") }
            return .map(key: keys.randomElement(using: &random)!, value: value)
        default: return .scalar(ProtobufModel.scalars.randomElement(using: &random)!)
        }
    }

    private mutating func label(_ field: inout ProtobufModel.Field) {
        if case .map = field.kind { return field.label = .repeated(isPacked: false) }
        var isMessage = true
        var isPackable = false
        switch field.kind {
        case .scalar(let name):
            isMessage = false
            isPackable = name != "string" && name != "bytes"
        case .enumeration:
            isMessage = false
            isPackable = true
        default: break
        }
        if random.oneIn(3) {
            var isPacked = isPackable && !model.isProto2
            if isPackable, random.oneIn(3) {
                isPacked.toggle()
                field.options.append("packed = \(isPacked)")
            }
            return field.label = .repeated(isPacked: isPacked)
        }
        var isGroup = false
        if case .group = field.kind { isGroup = true }
        if random.oneIn(5), !isGroup { return field.label = .oneof(Int.random(in: 0...1, using: &random)) }
        if model.isProto2 {
            field.label = !isMessage && random.oneIn(5) ? .required : .optional
            if case .scalar("int32") = field.kind { field.options.append("default = -42") }
            if case .scalar("string") = field.kind { field.options.append("default = \"none\"") }
        } else {
            field.label = isMessage || random.oneIn(3) ? .optional : .implicit
        }
    }
}
