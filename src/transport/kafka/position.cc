#include "transport/kafka/position.h"

#include <algorithm>
#include <limits>

#include "base/text.h"

namespace socklog {
namespace {

constexpr std::string_view kMagic = "kafka1 ";

std::optional<std::uint64_t> TakeNumber(std::string_view* text) {
  const std::size_t space = std::min(text->find(' '), text->size());
  const std::optional<std::uint64_t> number = ParseUnsigned(text->substr(0, space));
  text->remove_prefix(std::min(space + 1, text->size()));
  return number;
}

}  // namespace

std::string EncodeKafkaPosition(const SavedKafkaPosition& position) {
  return std::string(kMagic) + std::to_string(position.partition) + ' ' + std::to_string(position.place.offset) + ' ' +
         std::to_string(position.place.bytes) + ' ' + position.topic;
}

std::optional<SavedKafkaPosition> DecodeKafkaPosition(std::string_view text) {
  if (!text.starts_with(kMagic)) return std::nullopt;
  text.remove_prefix(kMagic.size());
  const std::optional<std::uint64_t> partition = TakeNumber(&text);
  const std::optional<std::uint64_t> offset = TakeNumber(&text);
  const std::optional<std::uint64_t> bytes = TakeNumber(&text);
  constexpr std::uint64_t kLargest = std::numeric_limits<std::int64_t>::max();
  if (!partition || *partition > std::numeric_limits<int>::max() || !offset || *offset > kLargest || !bytes ||
      text.empty())
    return std::nullopt;
  return SavedKafkaPosition{
      std::string(text), static_cast<int>(*partition), {static_cast<std::int64_t>(*offset), *bytes}};
}

void KafkaPlaces::Add(std::uint64_t position, std::int64_t offset) {
  if (!marks_.empty() && marks_.back().position == position) return;
  if (marks_.size() == kMost) {  // the first stays: something is before every position
    std::size_t kept = 1;
    for (std::size_t i = 2; i < marks_.size(); i += 2) marks_[kept++] = marks_[i];
    marks_.resize(kept);
  }
  marks_.push_back({position, offset});
}

KafkaPlace KafkaPlaces::Find(std::uint64_t position) const {
  const auto after = std::upper_bound(marks_.begin(), marks_.end(), position,
                                      [](std::uint64_t p, const Mark& mark) { return p < mark.position; });
  const Mark& mark = *(after - 1);
  return {mark.offset, position - mark.position};
}

}  // namespace socklog
