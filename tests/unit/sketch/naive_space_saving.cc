#include "naive_space_saving.h"

#include <algorithm>
#include <tuple>

#include "support/padded.h"

namespace socklog::testing {

NaiveSpaceSaving::NaiveSpaceSaving(std::uint64_t max_keys)
    : keys_(std::max<std::uint64_t>(1, max_keys / 64)), text_(std::max<std::uint64_t>(512, 64 * keys_)) {}

void NaiveSpaceSaving::Add(const std::string& key, const Cell& delta) {
  Shard& shard = shards_[Hash64(key) >> 58];
  const auto known = shard.entries.find(key);
  if (known != shard.entries.end()) {
    known->second.cell += delta;
    return;
  }
  while (!shard.entries.empty() && (shard.entries.size() == keys_ || shard.text + key.size() > text_)) {
    const auto count = [](const NaiveEntry& entry) { return entry.cell.requests + entry.count_error; };
    const auto smallest =
        std::min_element(shard.entries.begin(), shard.entries.end(), [&](const auto& a, const auto& b) {
          return std::make_tuple(count(a.second), a.first) < std::make_tuple(count(b.second), b.first);
        });
    shard.largest_evicted = std::max(shard.largest_evicted, count(smallest->second));
    shard.text -= smallest->first.size();
    shard.entries.erase(smallest);
    ++evicted_;
  }
  shard.entries[key] = {delta, shard.largest_evicted};
  shard.text += key.size();
}

NaiveEntries NaiveSpaceSaving::All() const {
  NaiveEntries all;
  for (const Shard& shard : shards_) all.insert(shard.entries.begin(), shard.entries.end());
  return all;
}

Cell Requests(std::uint64_t requests, std::uint64_t errors) {
  Cell cell;
  cell.requests = requests;
  cell.errors = errors;
  return cell;
}

Key KeyOf(std::string_view text) {
  const std::string_view padded = Padded(text);
  return {padded.data(), static_cast<std::uint32_t>(padded.size()), Hash64(text, RandomSeed())};
}

Request RequestOf(std::string_view url, std::uint8_t outcome) {
  Request request;
  request.outcome = outcome;
  request.keys[KeyedIndex(Dimension::kUrl)] = KeyOf(url);
  return request;
}

void AddUrl(std::string_view url, KeyTable* table, std::uint8_t outcome) {
  const Request request = RequestOf(url, outcome);
  table->Add({&request, 1}, Dimension::kUrl);
}

}  // namespace socklog::testing
