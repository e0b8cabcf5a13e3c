#pragma once

#include <google/protobuf/descriptor.pb.h>

#include <string>

namespace fieldseal::protobuf {

/// Whether `name` is one of the files that come with libprotobuf, google/protobuf/*.proto.
///
/// A schema can't bring its own: what a Timestamp looks like is relied on.
bool IsGoogleFile(const std::string &name);

/// Puts google/protobuf/`name`.proto into `file`, from the descriptors that libprotobuf has in itself; false where it has none.
bool CopyGoogleFile(const std::string &name, google::protobuf::FileDescriptorProto &file);

/// The text of a file that Confluent's registry knows without being told, confluent/*.proto and google/type/*.proto; null where
/// `name` is none of them.
const char *ConfluentFile(const std::string &name);

}  // namespace fieldseal::protobuf
