#include "sketch/table_merger.h"

#include <algorithm>
#include <array>
#include <iterator>

namespace socklog {
namespace {

constexpr std::size_t kSmallestIndex = 1024;
constexpr std::size_t kFewTables = 4;

void CutToLargest(std::uint64_t max_keys, DimensionReport* report) {
  if (report->keys.size() <= max_keys) return;
  const auto larger = [](const KeyedCell& a, const KeyedCell& b) {
    return a.cell.requests != b.cell.requests ? a.cell.requests > b.cell.requests : a.key < b.key;
  };
  const auto end = report->keys.begin() + static_cast<std::ptrdiff_t>(max_keys);
  std::nth_element(report->keys.begin(), end, report->keys.end(), larger);
  report->evicted += report->keys.size() - max_keys;
  report->keys.erase(end, report->keys.end());
}

// Reports keys one by one.
class Reporter {
 public:
  Reporter(std::uint64_t least_requests, DimensionReport* report) : least_(least_requests), report_(*report) {}

  // What has too few requests is not even copied: that is most keys of most windows.
  void Add(const KeyedCell& keyed) {
    if (keyed.cell.requests >= least_) {
      report_.keys.push_back(keyed);
    } else if (keyed.cell.requests > most_.cell.requests) {
      most_ = keyed;
    }
  }
  void Finish() {
    if (report_.keys.empty() && most_.cell.requests > 0) report_.keys.push_back(most_);
  }

 private:
  const std::uint64_t least_;
  DimensionReport& report_;
  KeyedCell most_;  // of those that were left out
};

// The same with what is in the report already.
void LeaveOutSmall(std::uint64_t least_requests, DimensionReport* report) {
  if (least_requests == 0 || report->keys.empty()) return;
  const auto fewer = [](const KeyedCell& a, const KeyedCell& b) { return a.cell.requests < b.cell.requests; };
  const KeyedCell most = *std::max_element(report->keys.begin(), report->keys.end(), fewer);
  std::erase_if(report->keys, [=](const KeyedCell& keyed) { return keyed.cell.requests < least_requests; });
  if (report->keys.empty()) report->keys.push_back(most);
}

}  // namespace

void TableMerger::Merge(const std::vector<const KeyTable*>& tables, const ReportedKeys& reported,
                        DimensionReport* report) {
  report->keys.clear();
  report->evicted = 0;
  for (const KeyTable* table : tables) report->evicted += table->evicted();
  if (tables.size() == 1 && tables.front()->size() <= reported.max_keys)
    return Copy(*tables.front(), reported.least_requests, report);
  const bool exact = std::all_of(tables.begin(), tables.end(), [](const KeyTable* table) { return table->is_exact(); });
  if (exact && tables.size() <= kFewTables && MergeFew(tables, reported, report)) return;
  exact ? MergeExact(tables, report) : MergeAny(tables, report);
  CutToLargest(reported.max_keys, report);
  LeaveOutSmall(reported.least_requests, report);
}

void TableMerger::Copy(const KeyTable& table, std::uint64_t least_requests, DimensionReport* report) {
  report->keys.reserve(table.size());
  Reporter reporter(least_requests, report);
  table.ForEach([&reporter](const Key& key, const Cell& cell, std::uint64_t count_error) {
    reporter.Add({key.text(), cell, count_error});
  });
  reporter.Finish();
}

// Of exact tables: all that they know of a key is found by its id, beside the key as a rule. False, and nothing is
// reported, if some keys are too many.
bool TableMerger::MergeFew(const std::vector<const KeyTable*>& tables, const ReportedKeys& reported,
                           DimensionReport* report) {
  std::size_t keys = 0;
  Reporter reporter(reported.least_requests, report);
  for (auto table = tables.begin(); table != tables.end(); ++table) {
    (*table)->ForEachId([&](std::uint32_t id) {
      if (std::any_of(tables.begin(), table, [id](const KeyTable* earlier) { return earlier->has(id); })) return;
      ++keys;
      KeyedCell keyed{(*table)->dictionary().key(id).text(), (*table)->cell(id), 0};
      for (auto later = std::next(table); later != tables.end(); ++later) keyed.cell += (*later)->cell(id);
      reporter.Add(keyed);
    });
  }
  reporter.Finish();
  if (keys <= reported.max_keys) return true;
  report->keys.clear();
  return false;
}

void TableMerger::MergeExact(const std::vector<const KeyTable*>& tables, DimensionReport* report) {
  const KeyDictionary& dictionary = tables.front()->dictionary();
  if (place_of_id_.size() < dictionary.size()) place_of_id_.resize(dictionary.size(), 0);
  for (const KeyTable* table : tables) {
    for (std::size_t i = 0; i < table->size(); ++i) {
      const std::uint32_t id = table->id(i);
      std::uint32_t& place = place_of_id_[id];
      if (place == 0) {
        report->keys.push_back({dictionary.key(id).text(), table->cell(id), 0});
        place = static_cast<std::uint32_t>(report->keys.size());
      } else {
        report->keys[place - 1].cell += table->cell(id);
      }
    }
  }
  for (const KeyTable* table : tables) {
    for (std::size_t i = 0; i < table->size(); ++i) place_of_id_[table->id(i)] = 0;
  }
}

// A key's error is the sum of what each table may not know of it: what the key inherited where it is, and what its
// shard evicted where it is not. So it is first taken to be in no table, and then put right by those that have it.
void TableMerger::MergeAny(const std::vector<const KeyTable*>& tables, DimensionReport* report) {
  hashes_.clear();
  GrowIndex(kSmallestIndex);
  std::array<std::uint64_t, kShards> largest_evicted{};
  for (const KeyTable* table : tables) {
    for (std::uint8_t shard = 0; shard < kShards; ++shard) largest_evicted[shard] += table->LargestEvicted(shard);
    table->ForEach([&](const Key& key, const Cell& cell, std::uint64_t inherited) {
      KeyedCell& keyed = PlaceOf(key, report);
      keyed.cell += cell;
      if (table->evicted() != 0) keyed.count_error += inherited - table->LargestEvicted(ShardOf(key.text()));
    });
  }
  for (KeyedCell& keyed : report->keys) keyed.count_error += largest_evicted[ShardOf(keyed.key)];
}

// The key's place, a new one at the end if it has none yet.
KeyedCell& TableMerger::PlaceOf(const Key& key, DimensionReport* report) {
  if (2 * (hashes_.size() + 1) > index_.size()) GrowIndex(2 * index_.size());
  const std::size_t mask = index_.size() - 1;
  std::size_t slot = key.hash & mask;
  for (; index_[slot] != 0; slot = (slot + 1) & mask) {
    const std::size_t place = index_[slot] - 1;
    if (hashes_[place] == key.hash && report->keys[place].key == key.text()) return report->keys[place];
  }
  hashes_.push_back(key.hash);
  index_[slot] = static_cast<std::uint32_t>(hashes_.size());
  return report->keys.emplace_back(KeyedCell{key.text(), {}, 0});
}

void TableMerger::GrowIndex(std::size_t slots) {
  index_.assign(slots, 0);
  for (std::size_t place = 0; place < hashes_.size(); ++place) {
    std::size_t slot = hashes_[place] & (slots - 1);
    while (index_[slot] != 0) slot = (slot + 1) & (slots - 1);
    index_[slot] = static_cast<std::uint32_t>(place + 1);
  }
}

std::uint64_t TableMerger::MemoryBound(std::uint64_t tables, std::uint64_t max_keys) {
  if (tables == 1) return max_keys * sizeof(KeyedCell);
  // A vector that grows holds its old half, too. An index has two to four slots for each key.
  constexpr std::uint64_t kPlaceBytes = 3 * sizeof(std::uint64_t) + 6 * sizeof(std::uint32_t);
  const std::uint64_t by_id = KeyDictionary(max_keys).max_ids() * sizeof(std::uint32_t);
  return tables * max_keys * (3 * sizeof(KeyedCell) + kPlaceBytes) + by_id;
}

}  // namespace socklog
