// One partition of a MultiSource.
#ifndef SOCKLOG_TRANSPORT_PARTITION_H_
#define SOCKLOG_TRANSPORT_PARTITION_H_

#include <atomic>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "socklog/source.h"
#include "transport/decode_ahead.h"
#include "transport/plain_text_reader.h"
#include "transport/poll_set.h"

namespace socklog {

// What all partitions of a Source use in common; outlives them.
struct PartitionContext {
  const Clock& clock;
  const std::atomic<bool>& stopping;
  ThreadBudget& decoder_threads;
  std::size_t read_bytes = kReadBytes;  // of a file at once
};

// Thread-compatible.
class Partition {
 public:
  explicit Partition(std::string name) : name_(std::move(name)) {}
  virtual ~Partition() = default;

  const std::string& name() const { return name_; }
  // As in Source.
  virtual bool can_idle() const = 0;
  virtual Result<Progress> Read(Block* block) = 0;
  virtual std::string EncodePosition(Position position) const = 0;

  // What to wait for after Read said kIdle.
  virtual void AddTo(PollSet* set) const = 0;
  // After such a wait: whether Read may give something else now. Errors come out of Read.
  virtual bool HasNews(const PollSet& set) = 0;
  // The directory whose changes matter to HasNews; empty: none.
  virtual std::string watched_directory() const { return ""; }

 private:
  std::string name_;
};

// Something from which partitions appear while a run goes on. Its partitions may outlive it. Thread-compatible.
class PartitionSupplier {
 public:
  virtual ~PartitionSupplier() = default;

  // Those that were not taken yet. Error: why nothing more can be read, told here also if nobody reads its partitions.
  virtual Result<std::vector<std::unique_ptr<Partition>>> TakeNew() = 0;
  // No other can appear.
  virtual bool complete() const = 0;
  // What to wait for before TakeNew gives some.
  virtual void AddTo(PollSet* set) const = 0;
  // Records that were to be read and are gone.
  virtual std::uint64_t lost() const = 0;
  // As Source::AskLag.
  virtual std::uint64_t AskLag() = 0;
};

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_PARTITION_H_
