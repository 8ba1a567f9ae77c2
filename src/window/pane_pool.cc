#include "window/pane_pool.h"

#include <algorithm>

namespace socklog {

void Pane::CountOutcomes(std::span<const Request> requests) {
  for (const Request& request : requests) outcomes[request.outcome] += request.ignored ? 0 : 1;
}

void Pane::Count(std::span<const Request> requests) {
  CountOutcomes(requests);
  for (std::size_t d = 0; d < kDimensionCount; ++d) {
    if (tables[d]) tables[d]->Add(requests, static_cast<Dimension>(d));
  }
}

void Pane::Count(std::span<const Request> requests, const LookedUpIds& ids, std::size_t first) {
  CountOutcomes(requests);
  for (std::size_t d = 1; d < kDimensionCount; ++d) {
    if (tables[d]) tables[d]->Add(requests, static_cast<Dimension>(d), ids.ids[d - 1].data() + first);
  }
}

void Pane::Clear() {
  outcomes.fill(0);
  for (std::unique_ptr<KeyTable>& table : tables) {
    if (table) table->Clear();
  }
}

bool Pane::IsBesideKeys() const {
  return std::any_of(tables.begin(), tables.end(),
                     [](const std::unique_ptr<KeyTable>& table) { return table && table->is_beside_keys(); });
}

Cell Pane::Total() const {
  Cell total;
  for (std::size_t outcome = 0; outcome < kOutcomes; ++outcome) {
    const std::uint64_t n = outcomes[outcome];
    if (n == 0) continue;
    const Cell one = CellOfOutcome(static_cast<std::uint8_t>(outcome));
    total += {n * one.requests,  n * one.errors,        n * one.server_errors,
              n * one.throttled, n * one.auth_failures, n * one.not_found};
  }
  return total;
}

PanePool::PanePool(const WindowShape& shape) : shape_(shape) {
  for (std::size_t d = 0; d < kDimensionCount; ++d) {
    if (shape.dimensions[d] && static_cast<Dimension>(d) != Dimension::kGlobal)
      dictionaries_[d] = std::make_unique<KeyDictionary>(shape.max_keys);
  }
}

std::unique_ptr<Pane> PanePool::MakePane() {
  auto pane = std::make_unique<Pane>();
  for (std::size_t d = 0; d < kDimensionCount; ++d) {
    if (!dictionaries_[d]) continue;
    pane->tables[d] = std::make_unique<KeyTable>(shape_.max_keys, dictionaries_[d].get(), shape_.outcomes[d], &spare_);
  }
  return pane;
}

Pane* PanePool::Take() {
  for (std::size_t d = 0; d < kDimensionCount; ++d) {
    KeyDictionary* const dictionary = dictionaries_[d].get();
    if (dictionary == nullptr || (dictionary->size() < next_look_[d] && !dictionary->TakeRefusal())) continue;
    tables_.clear();
    for (const std::unique_ptr<Pane>& pane : panes_) tables_.push_back(pane->tables[d].get());
    ForgetUnused(dictionary, tables_);
    next_look_[d] = dictionary->size() + dictionary->max_ids() / 16;  // it takes time, and may be in vain
  }
  if (free_.empty()) {
    panes_.push_back(MakePane());
    return panes_.back().get();
  }
  Pane* pane = free_.back();
  free_.pop_back();
  return pane;
}

void PanePool::Give(Pane* pane) {
  pane->Clear();
  // Those that count faster are at the end, where they are taken from; one at the front is dropped if they are too
  // many.
  free_.insert(pane->IsBesideKeys() ? free_.end() : free_.begin(), pane);
  if (2 * (free_.size() - 1) < panes_.size()) return;
  const auto dropped =
      std::find_if(panes_.begin(), panes_.end(), [this](const auto& known) { return known.get() == free_.front(); });
  free_.erase(free_.begin());
  std::swap(*dropped, panes_.back());
  panes_.pop_back();
}

std::size_t PanePool::LookUp(std::span<const Request> requests, const Pane* pane, LookedUpIds* ids) const {
  const std::span<const Request> now = requests.first(std::min(requests.size(), LookedUpIds::kMost));
  const std::span<const Request> rest = requests.subspan(now.size());
  const std::span<const Request> next = rest.first(std::min(rest.size(), LookedUpIds::kMost));
  std::array<const KeyDictionary*, kKeyedDimensionCount> used{};
  std::array<bool, kKeyedDimensionCount> has_texts{};
  for (std::size_t d = 0; d < kKeyedDimensionCount; ++d) {
    if (pane != nullptr && pane->tables[d + 1] && !pane->tables[d + 1]->is_exact()) continue;
    used[d] = dictionaries_[d + 1].get();
    if (used[d] != nullptr) has_texts[d] = used[d]->LookUp(now, d, ids->ids[d].data());
  }
  for (std::size_t d = 0; d < kKeyedDimensionCount; ++d) {
    if (used[d] == nullptr) continue;
    if (has_texts[d]) used[d]->PrefetchTexts(now, ids->ids[d].data());
    if (pane != nullptr) pane->tables[d + 1]->Prefetch(now, ids->ids[d].data());
    used[d]->PrefetchBuckets(next, d);
  }
  return now.size();
}

}  // namespace socklog
