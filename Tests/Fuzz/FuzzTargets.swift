/// The targets by the names that `scripts/fuzz` knows them by.
enum FuzzTargets {
    static var all: [String: any FuzzTarget.Type] {
        [
            "avro-data": AvroDataTarget.self,
            "avro-schema": AvroSchemaTarget.self,
            "compression": CompressionTarget.self,
            "configuration": ConfigurationTarget.self,
            "convert-json": ConvertJSONTarget.self,
            "envelope": EnvelopeTarget.self,
            "field-path": FieldPathTarget.self,
            "framing": FramingTarget.self,
            "json": JSONTarget.self,
            "json-schema": JSONSchemaTarget.self,
            "key-address": KeyAddressTarget.self,
            "kms-replies": KMSRepliesTarget.self,
            "opened-record": OpenedRecordTarget.self,
            "protobuf-data": ProtobufDataTarget.self,
            "protobuf-schema": ProtobufSchemaTarget.self,
            "registry-replies": RegistryRepliesTarget.self,
            "sealed-record": SealedRecordTarget.self,
        ]
    }
}
