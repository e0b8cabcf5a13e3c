#pragma once

#include <google/protobuf/compiler/parser.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/tokenizer.h>

#include <set>
#include <string>
#include <string_view>
#include <unordered_map>

#include "Schema.hpp"

namespace fieldseal::protobuf {

/// Parses files and links them in the order in which they import each other. Used once.
class SchemaLinker : google::protobuf::io::ErrorCollector, google::protobuf::DescriptorPool::ErrorCollector {
public:
    SchemaLinker(Schema &schema, const pbr_source *sources, size_t count);

    /// Whether all went well; if not, `fault` says why.
    bool Link();
    const std::string &fault() const { return fault_; }

private:
    using FileProto = google::protobuf::FileDescriptorProto;

    bool LinkFile(const std::string &name, int depth);
    bool Load(const std::string &name, FileProto &file);
    bool Parse(std::string_view text, FileProto &file);
    bool Build(const FileProto &file);
    bool Refuse(const std::string &reason);
    void Note(int line, int column, const std::string &reason);

    void AddError(int line, google::protobuf::io::ColumnNumber column, const std::string &message) override;
    void AddError(
        const std::string &file, const std::string &element, const google::protobuf::Message *descriptor,
        ErrorLocation location, const std::string &message) override;

    Schema &schema_;
    /// The same files with their maps as they are, which libprotobuf checks.
    google::protobuf::DescriptorPool checked_;
    std::unordered_map<std::string, std::string_view> texts_;
    std::string root_;
    std::set<std::string> under_way_;
    size_t files_ = 0;
    /// The file that is being read, and where its declarations stand.
    std::string current_;
    google::protobuf::compiler::SourceLocationTable *locations_ = nullptr;
    std::string fault_;
};

}  // namespace fieldseal::protobuf
