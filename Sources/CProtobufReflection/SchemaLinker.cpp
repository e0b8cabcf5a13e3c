#include "SchemaLinker.hpp"

#include <google/protobuf/io/zero_copy_stream_impl_lite.h>

#include "BundledFiles.hpp"
#include "SchemaLimits.hpp"
#include "Text.hpp"

namespace fieldseal::protobuf {

namespace pb = google::protobuf;

namespace {

/// Whether a type, or one nested in it, has the wire format that came before extensions.
bool HasMessageSet(const pb::Descriptor *type) {
    if (type->options().message_set_wire_format()) return true;
    for (int index = 0; index < type->nested_type_count(); ++index) {
        if (HasMessageSet(type->nested_type(index))) return true;
    }
    return false;
}

/// Turns maps' entries into messages as others, whose key and value are written even where they are zero, as in a map.
void MakeMapsPlain(pb::DescriptorProto &type, bool is_proto3) {
    for (auto &nested : *type.mutable_nested_type()) MakeMapsPlain(nested, is_proto3);
    if (!type.options().map_entry()) return;
    type.mutable_options()->clear_map_entry();
    if (!is_proto3) return;
    for (auto &field : *type.mutable_field()) {
        field.set_oneof_index(type.oneof_decl_size());
        field.set_proto3_optional(true);
        type.add_oneof_decl()->set_name("_" + field.name());
    }
}

void CollectEntries(
    const pb::Descriptor *checked, const pb::Descriptor *built, std::unordered_set<const pb::Descriptor *> &entries) {
    if (checked->options().map_entry()) entries.insert(built);
    for (int index = 0; index < checked->nested_type_count(); ++index) {
        CollectEntries(checked->nested_type(index), built->nested_type(index), entries);
    }
}

}  // namespace

SchemaLinker::SchemaLinker(Schema &schema, const pbr_source *sources, size_t count) : schema_(schema) {
    for (size_t index = 0; index < count; ++index) {
        std::string name(sources[index].name, sources[index].name_count);
        texts_[name] = std::string_view(sources[index].text, sources[index].text_count);
        root_ = name;
    }
}

bool SchemaLinker::Link() {
    current_ = root_;
    if (texts_.empty()) return Refuse("no file");
    if (!LinkFile(root_, 0)) return Refuse("it can't be read");
    schema_.file_ = schema_.pool_.FindFileByName(root_);
    return schema_.file_ != nullptr;
}

/// Links what a file imports, then itself. As deep as imports go, which is bounded.
bool SchemaLinker::LinkFile(const std::string &name, int depth) {
    if (schema_.pool_.FindFileByName(name) != nullptr) return true;
    if (!under_way_.insert(name).second) return Refuse("the imports run in a circle at " + name);
    if (depth > SchemaLimits::kImportDepth) return Refuse("the imports are deeper than 64");
    if (++files_ > SchemaLimits::kFiles) return Refuse("over 256 files");
    FileProto file;
    pb::compiler::SourceLocationTable locations;
    locations_ = &locations;
    if (!Load(name, file)) return false;
    for (const std::string &dependency : file.dependency()) {
        current_ = name;
        if (!LinkFile(dependency, depth + 1)) return false;
    }
    current_ = name;
    locations_ = &locations;
    if (const char *limit = ExceededLimit(file)) return Refuse(limit);
    return Build(file);
}

bool SchemaLinker::Load(const std::string &name, FileProto &file) {
    if (IsGoogleFile(name)) {
        return CopyGoogleFile(name, file) || Refuse("there is no " + name + " among Google's files");
    }
    std::string_view text;
    if (auto given = texts_.find(name); given != texts_.end()) {
        text = given->second;
    } else if (const char *bundled = ConfluentFile(name)) {
        text = bundled;
    } else {
        return Refuse("it imports " + name + ", which is not among its references");
    }
    current_ = name;
    if (text.size() > SchemaLimits::kFileBytes) return Refuse("over 1 MiB");
    std::string serialized;
    // No .proto text is base64, for lack of a semicolon or a brace.
    bool parsed = DecodeBase64(text, serialized) && !serialized.empty()
        ? file.ParseFromString(serialized) || Refuse("it is not a FileDescriptorProto")
        : Parse(text, file);
    file.set_name(name);
    return parsed;
}

bool SchemaLinker::Parse(std::string_view text, FileProto &file) {
    if (!IsShallow(text)) return Refuse("nested deeper than 64");
    pb::io::ArrayInputStream stream(text.data(), static_cast<int>(text.size()));
    pb::io::Tokenizer tokenizer(&stream, this);
    pb::compiler::Parser parser;
    parser.RecordErrorsTo(this);
    parser.RecordSourceLocationsTo(locations_);
    return parser.Parse(&tokenizer, &file) && fault_.empty();
}

bool SchemaLinker::Build(const FileProto &file) {
    const pb::FileDescriptor *checked = checked_.BuildFileCollectingErrors(file, this);
    if (checked == nullptr) return Refuse("it can't be linked");
    FileProto plain = file;
    for (auto &type : *plain.mutable_message_type()) MakeMapsPlain(type, plain.syntax() == "proto3");
    const pb::FileDescriptor *built = schema_.pool_.BuildFileCollectingErrors(plain, this);
    if (built == nullptr) return Refuse("it can't be linked");
    for (int index = 0; index < checked->message_type_count(); ++index) {
        CollectEntries(checked->message_type(index), built->message_type(index), schema_.entries_);
    }
    for (int index = 0; index < built->message_type_count(); ++index) {
        if (HasMessageSet(built->message_type(index))) return Refuse("message sets are not supported");
    }
    return true;
}

/// Keeps the first fault; always false.
bool SchemaLinker::Refuse(const std::string &reason) {
    if (fault_.empty()) fault_ = current_ + ": " + reason;
    return false;
}

void SchemaLinker::Note(int line, int column, const std::string &reason) {
    if (line < 0) return static_cast<void>(Refuse(reason));
    Refuse("line " + std::to_string(line + 1) + ", column " + std::to_string(column + 1) + ": " + reason);
}

void SchemaLinker::AddError(int line, pb::io::ColumnNumber column, const std::string &message) {
    Note(line, column, message);
}

void SchemaLinker::AddError(
    const std::string &, const std::string &element, const pb::Message *descriptor, ErrorLocation location,
    const std::string &message) {
    int line = -1;
    int column = 0;
    locations_->Find(descriptor, location, &line, &column);
    Note(line, column, element.empty() ? message : element + ": " + message);
}

}  // namespace fieldseal::protobuf
