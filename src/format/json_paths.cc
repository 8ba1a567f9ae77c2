#include "format/json_paths.h"

namespace socklog {
namespace {

JsonEdge& EdgeFor(std::string_view key, JsonNode* node) {
  for (JsonEdge& edge : node->edges) {
    if (edge.key == key) return edge;
  }
  JsonEdge& edge = node->edges.emplace_back();
  edge.key = key;
  return edge;
}

}  // namespace

JsonPaths::JsonPaths(const std::vector<std::vector<std::string>>& slots) : nodes_(1), slots_(slots.size()) {
  for (std::size_t slot = 0; slot < slots.size(); ++slot) {
    for (std::size_t rank = 0; rank < slots[slot].size(); ++rank) Add(slots[slot][rank], slot, static_cast<int>(rank));
  }
}

void JsonPaths::Add(std::string_view path, std::size_t slot, int rank) {
  EdgeFor(path, &nodes_.front()).leaves.emplace_back(slot, rank);
  JsonNode* node = &nodes_.front();
  std::string_view rest = path;
  for (std::size_t dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
    JsonEdge& edge = EdgeFor(rest.substr(0, dot), node);
    if (edge.child == nullptr) edge.child = &nodes_.emplace_back();
    node = edge.child;
    rest.remove_prefix(dot + 1);
  }
  if (rest.size() != path.size()) EdgeFor(rest, node).leaves.emplace_back(slot, rank);
}

}  // namespace socklog
