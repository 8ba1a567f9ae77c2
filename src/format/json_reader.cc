#include "format/json_reader.h"

#include <simdjson.h>

#include <cstring>
#include <string>

namespace socklog {
namespace {

namespace ondemand = simdjson::ondemand;

std::string_view TrimEnd(std::string_view token) { return token.substr(0, token.find_last_not_of(" \t\r\n") + 1); }

// Makes text that simdjson takes for valid out of text that is nearly so, byte for byte at the same places.
void Mend(char* text, std::size_t size) {
  for (std::size_t i = 0; i < size; ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte < 0x20) text[i] = ' ';
    if (byte >= 0x80) text[i] = '?';
  }
}

}  // namespace

struct JsonReader::Impl {
  Impl(const JsonPaths& wanted, std::vector<JsonValue>* found) : paths(wanted), values(found) {}

  const JsonPaths& paths;
  std::vector<JsonValue>* values;
  ondemand::parser parser;
  std::string buffer;    // the line and simdjson's padding
  std::size_t size = 0;  // of the line
  std::string_view line;

  void Load(std::string_view text) {
    line = text;
    size = text.size();
    if (buffer.size() < size + simdjson::SIMDJSON_PADDING) buffer.resize(size + simdjson::SIMDJSON_PADDING);
    std::memcpy(buffer.data(), text.data(), size);
    std::memset(buffer.data() + size, ' ', simdjson::SIMDJSON_PADDING);
  }

  simdjson::error_code Parse() {
    for (JsonValue& value : *values) value = JsonValue();
    ondemand::document document;
    if (const auto error = parser.iterate(buffer.data(), size, buffer.size()).get(document)) return error;
    ondemand::object object;
    if (const auto error = document.get_object().get(object)) return error;
    if (const auto error = Walk(object, paths.root())) return error;
    const bool at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
    return at_end ? simdjson::SUCCESS : simdjson::TRAILING_CONTENT;
  }

  const JsonEdge* Find(const JsonNode& node, const char* key) const {
    const char* end = buffer.data() + size;
    for (const JsonEdge& edge : node.edges) {
      const std::size_t n = edge.key.size();
      if (static_cast<std::size_t>(end - key) > n && key[n] == '"' && std::memcmp(key, edge.key.data(), n) == 0)
        return &edge;
    }
    return nullptr;
  }

  simdjson::error_code Walk(ondemand::object& object, const JsonNode& node) {
    for (auto member : object) {
      ondemand::field field;
      if (const auto error = std::move(member).get(field)) return error;
      const JsonEdge* edge = Find(node, field.key().raw());
      if (edge == nullptr) continue;
      if (const auto error = Take(field.value(), *edge)) return error;
    }
    return simdjson::SUCCESS;
  }

  simdjson::error_code Take(ondemand::value& value, const JsonEdge& edge) {
    ondemand::json_type type;
    if (const auto error = value.type().get(type)) return error;
    if (type == ondemand::json_type::object) {
      if (edge.child == nullptr) return simdjson::SUCCESS;
      ondemand::object object;
      if (const auto error = value.get_object().get(object)) return error;
      return Walk(object, *edge.child);
    }
    if (edge.leaves.empty() || type == ondemand::json_type::null) return simdjson::SUCCESS;
    if (type != ondemand::json_type::array) return Keep(value, type, edge);
    ondemand::array array;
    if (const auto error = value.get_array().get(array)) return error;
    bool first = true;
    for (auto element : array) {
      ondemand::value inner;
      if (const auto error = std::forward<decltype(element)>(element).get(inner)) return error;
      if (!first) continue;
      first = false;
      if (const auto error = inner.type().get(type)) return error;
      const bool scalar = type == ondemand::json_type::string || type == ondemand::json_type::number;
      if (!scalar) continue;
      if (const auto error = Keep(inner, type, edge)) return error;
    }
    return simdjson::SUCCESS;
  }

  simdjson::error_code Keep(ondemand::value& value, ondemand::json_type type, const JsonEdge& edge) {
    const std::string_view token = TrimEnd(value.raw_json_token());
    const bool is_string = type == ondemand::json_type::string;
    if (token.size() < (is_string ? 2u : 1u)) return simdjson::INCOMPLETE_ARRAY_OR_OBJECT;
    const auto offset = static_cast<std::size_t>(token.data() - buffer.data()) + (is_string ? 1 : 0);
    KeepJsonValue(edge, line.substr(offset, token.size() - (is_string ? 2 : 0)), is_string, values);
    return simdjson::SUCCESS;
  }
};

JsonReader::JsonReader(const JsonPaths& paths)
    : values_(paths.slots()), impl_(std::make_unique<Impl>(paths, &values_)) {}

JsonReader::~JsonReader() = default;

const char* JsonReader::Read(std::string_view line) {
  mended_ = false;
  const std::size_t first = line.find_first_not_of(" \t");
  if (first == std::string_view::npos || line[first] != '{') return "the line is no JSON object";
  impl_->Load(line);
  simdjson::error_code error = impl_->Parse();
  if (error == simdjson::UTF8_ERROR || error == simdjson::UNESCAPED_CHARS) {
    mended_ = true;
    Mend(impl_->buffer.data(), line.size());
    error = impl_->Parse();
  }
  if (error == simdjson::SUCCESS) return nullptr;
  return error == simdjson::TRAILING_CONTENT ? "there is more text after the JSON object"
                                             : "the JSON is damaged or cut off";
}

bool IsUtf8(std::string_view text) { return simdjson::validate_utf8(text.data(), text.size()); }

}  // namespace socklog
