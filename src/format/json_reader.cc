#include "format/json_reader.h"

#include <simdjson.h>

#include <cstring>
#include <deque>
#include <limits>
#include <utility>

namespace socklog {
namespace {

namespace ondemand = simdjson::ondemand;

struct Node;

// A member name that leads somewhere from a node.
struct Edge {
  std::string key;
  Node* child = nullptr;                            // an object in which something is wanted
  std::vector<std::pair<std::size_t, int>> leaves;  // slot and rank of the path
};

struct Node {
  std::vector<Edge> edges;

  Edge& EdgeFor(std::string_view key) {
    for (Edge& edge : edges) {
      if (edge.key == key) return edge;
    }
    edges.emplace_back();
    edges.back().key = key;
    return edges.back();
  }
};

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
  std::deque<Node> nodes = std::deque<Node>(1);
  ondemand::parser parser;
  std::string buffer;    // the line and simdjson's padding
  std::size_t size = 0;  // of the line
  std::string_view line;
  std::vector<Value>* values = nullptr;
  std::vector<int> ranks;  // of each slot's value so far

  void AddPath(std::string_view path, std::size_t slot, int rank) {
    nodes.front().EdgeFor(path).leaves.emplace_back(slot, rank);
    Node* node = &nodes.front();
    std::string_view rest = path;
    for (std::size_t dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
      Edge& edge = node->EdgeFor(rest.substr(0, dot));
      if (edge.child == nullptr) edge.child = &nodes.emplace_back();
      node = edge.child;
      rest.remove_prefix(dot + 1);
    }
    if (rest.size() != path.size()) node->EdgeFor(rest).leaves.emplace_back(slot, rank);
  }

  void Load(std::string_view text) {
    line = text;
    size = text.size();
    if (buffer.size() < size + simdjson::SIMDJSON_PADDING) buffer.resize(size + simdjson::SIMDJSON_PADDING);
    std::memcpy(buffer.data(), text.data(), size);
    std::memset(buffer.data() + size, ' ', simdjson::SIMDJSON_PADDING);
  }

  simdjson::error_code Parse() {
    ranks.assign(values->size(), std::numeric_limits<int>::max());
    for (Value& value : *values) value = Value();
    ondemand::document document;
    if (const auto error = parser.iterate(buffer.data(), size, buffer.size()).get(document)) return error;
    ondemand::object object;
    if (const auto error = document.get_object().get(object)) return error;
    if (const auto error = Walk(object, nodes.front())) return error;
    const bool at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
    return at_end ? simdjson::SUCCESS : simdjson::TRAILING_CONTENT;
  }

  const Edge* Find(const Node& node, const char* key) const {
    const char* end = buffer.data() + size;
    for (const Edge& edge : node.edges) {
      const std::size_t n = edge.key.size();
      if (static_cast<std::size_t>(end - key) > n && key[n] == '"' && std::memcmp(key, edge.key.data(), n) == 0)
        return &edge;
    }
    return nullptr;
  }

  simdjson::error_code Walk(ondemand::object& object, const Node& node) {
    for (auto member : object) {
      ondemand::field field;
      if (const auto error = std::move(member).get(field)) return error;
      const Edge* edge = Find(node, field.key().raw());
      if (edge == nullptr) continue;
      if (const auto error = Take(field.value(), *edge)) return error;
    }
    return simdjson::SUCCESS;
  }

  simdjson::error_code Take(ondemand::value& value, const Edge& edge) {
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

  simdjson::error_code Keep(ondemand::value& value, ondemand::json_type type, const Edge& edge) {
    const std::string_view token = TrimEnd(value.raw_json_token());
    Value kept;
    kept.present = true;
    kept.is_string = type == ondemand::json_type::string;
    if (token.size() < (kept.is_string ? 2u : 1u)) return simdjson::INCOMPLETE_ARRAY_OR_OBJECT;
    const auto offset = static_cast<std::size_t>(token.data() - buffer.data()) + (kept.is_string ? 1 : 0);
    kept.raw = line.substr(offset, token.size() - (kept.is_string ? 2 : 0));
    for (const auto& [slot, rank] : edge.leaves) {
      if (rank >= ranks[slot]) continue;
      ranks[slot] = rank;
      (*values)[slot] = kept;
    }
    return simdjson::SUCCESS;
  }
};

JsonReader::JsonReader(const std::vector<std::vector<std::string>>& slots)
    : values_(slots.size()), impl_(std::make_unique<Impl>()) {
  impl_->values = &values_;
  for (std::size_t slot = 0; slot < slots.size(); ++slot) {
    for (std::size_t rank = 0; rank < slots[slot].size(); ++rank)
      impl_->AddPath(slots[slot][rank], slot, static_cast<int>(rank));
  }
}

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

}  // namespace socklog
