import Formats
import Records

/// Payloads of a Protobuf message that has everything.
final class ProtobufDataTarget: FuzzTarget {
    private let conversion: ProtobufJSONConversion
    private let out = OutputBuffer()

    init() throws {
        conversion = try ProtobufJSONConversion(
            schema: ProtobufSchema(parsing: FuzzSchemas.protobuf), messagePath: [0])
    }

    func run(_ input: UnsafeRawBufferPointer) {
        ConversionCheck.payload(input, by: conversion, into: out)
    }
}
