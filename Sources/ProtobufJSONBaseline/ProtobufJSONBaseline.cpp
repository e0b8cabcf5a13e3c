#include "ProtobufJSONBaseline.h"

#include <google/protobuf/compiler/parser.h>
#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/io/zero_copy_stream_impl_lite.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver.h>
#include <google/protobuf/util/type_resolver_util.h>

#include <cstring>
#include <memory>
#include <string>

namespace pb = google::protobuf;

struct protobuf_json_baseline {
    pb::DescriptorPool pool;
    std::unique_ptr<pb::util::TypeResolver> resolver;
    std::string url;
    std::string payload;
    std::string json;
    std::string back;
};

protobuf_json_baseline *protobuf_json_baseline_create(const char *text) {
    auto baseline = std::make_unique<protobuf_json_baseline>();
    pb::io::ArrayInputStream stream(text, static_cast<int>(strlen(text)));
    pb::io::Tokenizer tokenizer(&stream, nullptr);
    pb::FileDescriptorProto file;
    if (!pb::compiler::Parser().Parse(&tokenizer, &file)) return nullptr;
    file.set_name("benchmark.proto");
    const pb::FileDescriptor *built = baseline->pool.BuildFile(file);
    if (built == nullptr || built->message_type_count() == 0) return nullptr;
    // Kept from record to record: `MessageToJsonString` makes one anew each time.
    baseline->resolver.reset(pb::util::NewTypeResolverForDescriptorPool("t", &baseline->pool));
    baseline->url = "t/" + built->message_type(0)->full_name();
    return baseline.release();
}

void protobuf_json_baseline_destroy(protobuf_json_baseline *baseline) { delete baseline; }

bool protobuf_json_baseline_round_trip(protobuf_json_baseline *baseline, const void *payload, size_t count) {
    pb::util::JsonPrintOptions options;
    options.preserve_proto_field_names = true;
    baseline->payload.assign(static_cast<const char *>(payload), count);
    baseline->json.clear();
    baseline->back.clear();
    return pb::util::BinaryToJsonString(
               baseline->resolver.get(), baseline->url, baseline->payload, &baseline->json, options)
               .ok()
        && pb::util::JsonToBinaryString(baseline->resolver.get(), baseline->url, baseline->json, &baseline->back).ok()
        && baseline->back.size() == count;
}
