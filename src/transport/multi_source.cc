#include "transport/multi_source.h"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>

#include "base/log.h"
#include "transport/stream_partition.h"

namespace socklog {

MultiSource::MultiSource(const Clock& clock, bool once, std::size_t decoder_threads, std::size_t read_bytes)
    : once_(once),
      decoder_threads_(decoder_threads),
      stop_event_(eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      context_{clock, stopping_, decoder_threads_, read_bytes} {}

MultiSource::~MultiSource() = default;

PartitionId MultiSource::Add(std::unique_ptr<Partition> partition) {
  if (const std::string directory = partition->watched_directory(); !directory.empty()) watch_.Add(directory);
  const PartitionId id = AddEntry(std::move(partition), kNoListener);
  announced_ = next_id_;
  return id;
}

PartitionId MultiSource::AddEntry(std::unique_ptr<Partition> partition, std::size_t listener) {
  const std::lock_guard table_lock(table_mutex_);
  Entry& entry = partitions_[next_id_];
  entry.partition = std::move(partition);
  entry.listener = listener;
  return next_id_++;
}

void MultiSource::Add(std::unique_ptr<Listener> listener) { services_.push_back({std::move(listener)}); }

void MultiSource::Add(std::shared_ptr<PartitionSupplier> supplier) { suppliers_.push_back(std::move(supplier)); }

const std::string& MultiSource::partition_name(PartitionId id) const {
  const std::lock_guard table_lock(table_mutex_);
  return partitions_.at(id).partition->name();
}

bool MultiSource::can_idle(PartitionId id) const {
  const std::lock_guard lock(mutex_);
  return partitions_.at(id).partition->can_idle();
}

void MultiSource::Forget(PartitionId id) {
  const std::lock_guard lock(mutex_);
  const std::lock_guard table_lock(table_mutex_);
  partitions_.erase(id);
}

Result<Progress> MultiSource::Read(PartitionId id, Block* block) {
  block->clear();
  block->partition = id;
  block->segment = 0;
  if (stopping_.load()) return Progress::kIdle;
  const std::lock_guard lock(mutex_);
  // A caller that always finds something to read never waits.
  if (Status status = AddNewPartitions(); !status.ok()) return status;
  Entry& entry = partitions_.at(id);
  if (entry.ended) return Progress::kEnd;
  Result<Progress> progress = entry.partition->Read(block);
  if (!progress.ok()) return progress;
  entry.waiting = *progress == Progress::kIdle;
  if (*progress == Progress::kEnd) Ended(&entry);
  return progress;
}

void MultiSource::Ended(Entry* entry) {
  entry->ended = true;
  if (entry->listener == kNoListener) return;
  Service& service = services_[entry->listener];
  --service.active;
  if (once_) service.listener->Close();
}

Status MultiSource::AddNewPartitions() {
  AcceptClients();
  for (const std::shared_ptr<PartitionSupplier>& supplier : suppliers_) {
    Result<std::vector<std::unique_ptr<Partition>>> added = supplier->TakeNew();
    if (!added.ok()) return added.status();
    for (std::unique_ptr<Partition>& partition : *added) AddEntry(std::move(partition), kNoListener);
  }
  return Status();
}

void MultiSource::AcceptClients() {
  for (std::size_t i = 0; i < services_.size(); ++i) {
    Service& service = services_[i];
    if (!service.listener->open()) continue;
    for (Client& client : service.listener->Accept(service.active)) {
      LogDetail(client.name + ": connected");
      ++service.active;
      AddEntry(std::make_unique<StreamPartition>(std::move(client), context_), i);
    }
    if (!service.told_full && service.listener->HasQueue(service.active)) {
      service.told_full = true;
      LogWarning(service.listener->name() + ": as many clients are connected as --max-clients allows (" +
                 std::to_string(service.active) + " of them at work); others wait until one leaves");
    }
  }
}

void MultiSource::FillPollSet(PollSet* set) const {
  set->Add(stop_event_.get(), POLLIN);
  for (const Service& service : services_) {
    if (service.listener->open()) service.listener->AddTo(set, service.active);
  }
  for (const std::shared_ptr<PartitionSupplier>& supplier : suppliers_) supplier->AddTo(set);
  bool watching = false;
  for (const auto& [id, entry] : partitions_) {
    if (!entry.waiting) continue;
    entry.partition->AddTo(set);
    watching = watching || !entry.partition->watched_directory().empty();
  }
  if (!watching) return;
  watch_.AddTo(set);
  set->DueIn(watch_.poll_interval());
}

bool MultiSource::TakeNews(const PollSet& set) {
  watch_.Drain();
  bool any = false;
  for (auto& [id, entry] : partitions_) {
    if (!entry.waiting || !entry.partition->HasNews(set)) continue;
    entry.waiting = false;
    any = true;
  }
  return any;
}

bool MultiSource::HasSomethingToWaitFor() const {
  return any_open() ||
         std::any_of(partitions_.begin(), partitions_.end(), [](const auto& entry) { return entry.second.waiting; });
}

Status MultiSource::Wait(Micros timeout) {
  using std::chrono::steady_clock;  // the time that poll() takes, whatever clock was injected
  const steady_clock::time_point end = steady_clock::now() + std::chrono::microseconds(timeout);
  const std::lock_guard lock(mutex_);
  Micros left = timeout;
  // What is there already counts, so the first round only looks.
  for (bool first = true;; first = false) {
    if (stopping_.load()) return Status();
    if (announced_ != next_id_ || !HasSomethingToWaitFor()) {
      announced_ = next_id_;
      return Status();
    }
    PollSet set;
    FillPollSet(&set);
    if (Status status = set.Poll(first ? 0 : left); !status.ok()) return status;
    if (Status status = AddNewPartitions(); !status.ok()) return status;
    if (TakeNews(set) || announced_ != next_id_ || stopping_.load()) {
      announced_ = next_id_;
      return Status();
    }
    if (timeout < 0) continue;
    left = std::chrono::duration_cast<std::chrono::microseconds>(end - steady_clock::now()).count();
    if (left <= 0) return Status();
  }
}

bool MultiSource::any_open() const {
  return std::any_of(services_.begin(), services_.end(),
                     [](const Service& service) { return service.listener->open(); }) ||
         std::any_of(suppliers_.begin(), suppliers_.end(), [](const auto& supplier) { return !supplier->complete(); });
}

bool MultiSource::complete() const {
  if (services_.empty() && suppliers_.empty()) return true;
  const std::lock_guard lock(mutex_);
  return !any_open();
}

std::string MultiSource::EncodePosition(PartitionId id, Position position) const {
  const std::lock_guard lock(mutex_);
  return partitions_.at(id).partition->EncodePosition(position);
}

std::uint64_t MultiSource::lost_records() const {
  std::uint64_t lost = 0;
  for (const std::shared_ptr<PartitionSupplier>& supplier : suppliers_) lost += supplier->lost();
  return lost;
}

std::uint64_t MultiSource::AskLag() {
  const std::lock_guard lock(mutex_);
  std::uint64_t lag = 0;
  for (const std::shared_ptr<PartitionSupplier>& supplier : suppliers_) lag += supplier->AskLag();
  return lag;
}

void MultiSource::Stop() noexcept {
  const int saved_errno = errno;  // may be called by a signal handler
  stopping_.store(true);
  const std::uint64_t one = 1;
  [[maybe_unused]] const ssize_t ignored = write(stop_event_.get(), &one, sizeof(one));
  errno = saved_errno;
}

}  // namespace socklog
