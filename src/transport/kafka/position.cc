#include "transport/kafka/position.h"

#include <algorithm>
#include <limits>

#include "base/text.h"

namespace socklog {
namespace {

constexpr std::string_view kMagic = "kafka1 ";
constexpr std::string_view kNoteMagic = "1 ";

constexpr std::string_view kUnknown = "-";

std::string_view TakeWord(std::string_view* text) {
  const std::string_view word = text->substr(0, text->find(' '));
  text->remove_prefix(std::min(word.size() + 1, text->size()));
  return word;
}

}  // namespace

std::string EncodeKafkaPosition(const SavedKafkaPosition& position) {
  return std::string(kMagic) + std::to_string(position.partition) + ' ' + std::to_string(position.place.offset) + ' ' +
         std::to_string(position.place.bytes) + ' ' +
         (position.cluster.empty() ? std::string(kUnknown) : position.cluster) + ' ' + position.topic;
}

std::optional<SavedKafkaPosition> DecodeKafkaPosition(std::string_view text) {
  if (!text.starts_with(kMagic)) return std::nullopt;
  text.remove_prefix(kMagic.size());
  const std::optional<std::uint64_t> partition = ParseUnsigned(TakeWord(&text));
  const std::optional<std::uint64_t> offset = ParseUnsigned(TakeWord(&text));
  const std::optional<std::uint64_t> bytes = ParseUnsigned(TakeWord(&text));
  const std::string_view cluster = TakeWord(&text);
  constexpr std::uint64_t kLargest = std::numeric_limits<std::int64_t>::max();
  if (!partition || *partition > std::numeric_limits<int>::max() || !offset || *offset > kLargest || !bytes ||
      cluster.empty() || text.empty())
    return std::nullopt;
  return SavedKafkaPosition{std::string(cluster == kUnknown ? std::string_view() : cluster),
                            std::string(text),
                            static_cast<int>(*partition),
                            {static_cast<std::int64_t>(*offset), *bytes}};
}

std::string EncodeKafkaNote(std::string_view note, const KafkaPlace& place) {
  return std::string(kNoteMagic) + std::string(note) + ' ' + std::to_string(place.bytes);
}

bool IsKafkaNote(std::string_view text) { return text.starts_with(kNoteMagic); }

std::uint64_t BytesInKafkaNote(std::string_view text) {
  if (!IsKafkaNote(text)) return 0;
  return ParseUnsigned(text.substr(text.rfind(' ') + 1)).value_or(0);
}

// Between two at the same position there is no text, and nothing to read again: the later one is nearer.
void KafkaPlaces::Append(const Mark& mark, Marks* marks) {
  if (!marks->empty() && marks->back().position == mark.position) {
    marks->back() = mark;
  } else {
    marks->push_back(mark);
  }
}

void KafkaPlaces::Add(std::uint64_t position, std::int64_t offset) {
  if (recent_.size() == 2 * kRecent) recent_.erase(recent_.begin(), recent_.begin() + kRecent);
  Append({position, offset}, &recent_);
  if (old_.empty() || old_.back().position == position || position - old_.back().position >= kSpacing)
    AddOld({position, offset});
}

void KafkaPlaces::AddOld(const Mark& mark) {
  if (old_.size() == kMost) {  // the first stays: something is before every position
    std::size_t kept = 1;
    for (std::size_t i = 2; i < old_.size(); i += 2) old_[kept++] = old_[i];
    old_.resize(kept);
  }
  Append(mark, &old_);
}

KafkaPlace KafkaPlaces::Find(std::uint64_t position) const {
  const Marks& marks = recent_.front().position <= position ? recent_ : old_;
  const auto after = std::upper_bound(marks.begin(), marks.end(), position,
                                      [](std::uint64_t p, const Mark& mark) { return p < mark.position; });
  const Mark& mark = *(after - 1);
  return {mark.offset, position - mark.position};
}

}  // namespace socklog
