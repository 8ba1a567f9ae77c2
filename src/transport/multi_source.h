// The Source of all inputs of a run.
#ifndef SOCKLOG_TRANSPORT_MULTI_SOURCE_H_
#define SOCKLOG_TRANSPORT_MULTI_SOURCE_H_

#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "transport/directory_watch.h"
#include "transport/listener.h"
#include "transport/partition.h"

namespace socklog {

// Wait looks at partitions that were last found idle, and only once each until they are read again: one that the caller
// holds back does not wake it. Thread-safe, as Source, once the inputs are open.
class MultiSource : public Source {
 public:
  // once: see ConnectionOptions. read_bytes: of a file at once.
  MultiSource(const Clock& clock, bool once, std::size_t decoder_threads, std::size_t read_bytes);
  ~MultiSource() override;

  std::size_t partition_count() const override { return next_id_; }
  const std::string& partition_name(PartitionId id) const override;
  bool can_idle(PartitionId id) const override;
  Result<Progress> Read(PartitionId id, Block* block) override;
  void Forget(PartitionId id) override;
  Status Wait(Micros timeout) override;
  bool complete() const override;
  std::string EncodePosition(PartitionId id, Position position) const override;
  std::uint64_t lost_records() const override;
  std::uint64_t AskLag() override;
  void Stop() noexcept override;

  // While the inputs are being opened.
  const PartitionContext& context() const { return context_; }
  PartitionId Add(std::unique_ptr<Partition> partition);
  void Add(std::unique_ptr<Listener> listener);
  void Add(std::shared_ptr<PartitionSupplier> supplier);

 private:
  static constexpr std::size_t kNoListener = static_cast<std::size_t>(-1);
  struct Entry {
    std::unique_ptr<Partition> partition;
    std::size_t listener = kNoListener;  // whose client it is
    bool waiting = false;                // last found idle, and nobody was told of news since
    bool ended = false;
  };
  struct Service {
    std::unique_ptr<Listener> listener;
    std::size_t active = 0;  // clients that are connected
    bool told_full = false;
  };

  PartitionId AddEntry(std::unique_ptr<Partition> partition, std::size_t listener);
  Status AddNewPartitions();
  void AcceptClients();
  bool any_open() const;
  void Ended(Entry* entry);
  void FillPollSet(PollSet* set) const;
  bool TakeNews(const PollSet& set);
  bool HasSomethingToWaitFor() const;

  const bool once_;
  ThreadBudget decoder_threads_;
  std::atomic<bool> stopping_{false};
  UniqueFd stop_event_;
  const PartitionContext context_;
  mutable std::mutex mutex_;  // held by every call but Stop and what is told without waiting for a Read
  DirectoryWatch watch_;
  mutable std::mutex table_mutex_;  // held as well where partitions_ grows or shrinks, and alone to look up a name
  std::map<PartitionId, Entry> partitions_;
  std::atomic<PartitionId> next_id_{0};
  std::vector<Service> services_;
  std::vector<std::shared_ptr<PartitionSupplier>> suppliers_;
  std::size_t announced_ = 0;  // partitions that the caller has had the time to see
};

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_MULTI_SOURCE_H_
