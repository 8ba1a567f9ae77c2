#include "format/json_reader.h"

#include <simdjson.h>

#include <array>
#include <cstdint>
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

// The name of a member where another line had it, and what was found for it: most lines have the same names in the same
// order.
struct Remembered {
  static constexpr std::size_t kSize = 32;
  static constexpr std::size_t kMaxMembers = 64;

  std::array<char, kSize> key = {};   // with its closing quote
  std::array<char, kSize> mask = {};  // 0xFF for the bytes of the key; all 0: nothing is remembered
  const Edge* edge = nullptr;

  bool Is(const char* name) const {
    std::uint64_t different = 0;
    for (std::size_t i = 0; i < kSize; i += 8) different |= (Load(name + i) ^ Load(&key[i])) & Load(&mask[i]);
    return different == 0 && mask[0] != 0;
  }

  // REQUIRES: kSize bytes of `name` are readable
  void Set(const char* name, const Edge* found) {
    edge = found;
    mask = {};
    const std::string_view text(name, kSize);
    const std::size_t end = text.find_first_of("\"\\");
    if (end == std::string_view::npos || text[end] != '"') return;  // too long, or with escapes
    std::memcpy(key.data(), name, kSize);
    std::memset(mask.data(), 0xFF, end + 1);
  }

 private:
  static std::uint64_t Load(const char* p) {
    std::uint64_t value;
    std::memcpy(&value, p, 8);
    return value;
  }
};

struct Node {
  std::vector<Edge> edges;
  std::vector<Remembered> members;

  Edge& EdgeFor(std::string_view key) {
    for (Edge& edge : edges) {
      if (edge.key == key) return edge;
    }
    edges.emplace_back();
    edges.back().key = key;
    return edges.back();
  }
};

std::string_view TrimEnd(std::string_view token) {
  while (!token.empty() &&
         (token.back() == ' ' || token.back() == '\t' || token.back() == '\r' || token.back() == '\n'))
    token.remove_suffix(1);
  return token;
}

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
  std::string buffer;     // a copy of the line with simdjson's padding
  const char* text = "";  // what simdjson reads: the buffer
  std::size_t size = 0;   // of it
  std::string_view line;  // what `text` shows, where it stands
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

  void Load(std::string_view from) {
    line = from;
    size = from.size();
    if (buffer.size() < size + simdjson::SIMDJSON_PADDING) buffer.resize(size + simdjson::SIMDJSON_PADDING);
    std::memcpy(buffer.data(), from.data(), size);
    std::memset(buffer.data() + size, ' ', simdjson::SIMDJSON_PADDING);
    text = buffer.data();
  }

  void Reset() {
    ranks.assign(values->size(), std::numeric_limits<int>::max());
    for (Value& value : *values) value = Value();
  }

  simdjson::error_code Parse() {
    Reset();
    ondemand::document document;
    if (const auto error = parser.iterate(text, size, buffer.size()).get(document)) return error;
    ondemand::object object;
    if (const auto error = document.get_object().get(object)) return error;
    if (const auto error = Walk(object, nodes.front())) return error;
    const bool at_end = document.current_location().error() == simdjson::OUT_OF_BOUNDS;
    return at_end ? simdjson::SUCCESS : simdjson::TRAILING_CONTENT;
  }

  const Edge* Find(const Node& node, const char* key) const {
    const char* end = text + size;
    for (const Edge& edge : node.edges) {
      const std::size_t n = edge.key.size();
      if (static_cast<std::size_t>(end - key) > n && key[n] == '"' && std::memcmp(key, edge.key.data(), n) == 0)
        return &edge;
    }
    return nullptr;
  }

  // Find of the member with that number.
  const Edge* FindMember(Node& node, std::size_t number, const char* key) const {
    if (number >= Remembered::kMaxMembers) return Find(node, key);
    if (number >= node.members.size()) node.members.resize(number + 1);
    Remembered& remembered = node.members[number];
    if (!remembered.Is(key)) remembered.Set(key, Find(node, key));
    return remembered.edge;
  }

  simdjson::error_code Walk(ondemand::object& object, Node& node) {
    std::size_t number = 0;
    for (auto member : object) {
      ondemand::field field;
      if (const auto error = std::move(member).get(field)) return error;
      const Edge* edge = FindMember(node, number++, field.key().raw());
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
    const auto offset = static_cast<std::size_t>(token.data() - text) + (kept.is_string ? 1 : 0);
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
