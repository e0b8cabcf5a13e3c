// libprotobuf has no C header: CProtobufReflection is its C side, and this only names the library to link.
