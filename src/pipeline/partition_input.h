// One partition on its way from the Source to its windows: read ahead, parsed, handed out line by line.
#ifndef SOCKLOG_PIPELINE_PARTITION_INPUT_H_
#define SOCKLOG_PIPELINE_PARTITION_INPUT_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "format/format.h"
#include "pipeline/parse_pool.h"
#include "socklog/source.h"

namespace socklog {

// Thread-compatible; parses in the pool's threads once the format is known.
class PartitionInput {
 public:
  // One line, well-formed (entry set) or not (reason set). Valid until the next call of Pop.
  struct Item {
    const LogEntry* entry = nullptr;
    const char* reason = nullptr;
    std::string_view text;
    Position position;
    std::uint64_t line = 0;  // number in the partition, from 0
  };

  // `pool` may be null: then lines are parsed when they are asked for. Both are borrowed.
  PartitionInput(PartitionId id, const LogFormat& format, ParsePool* pool, std::size_t read_ahead);
  ~PartitionInput();
  PartitionInput(const PartitionInput&) = delete;
  PartitionInput& operator=(const PartitionInput&) = delete;

  // The number of the first line to come, and the format an earlier run had chosen (empty: none).
  Status Restore(std::uint64_t first_line, std::string_view chosen);

  // Reads until `read_ahead` blocks wait, or there is no more now. kMore: at least one line waits.
  Result<Progress> Fill(Source& source);

  // The next line; nullptr when Fill must be called first.
  const Item* Peek();
  void Pop();

  std::string_view chosen() const { return parser_->chosen(); }

 private:
  void Parse(std::unique_ptr<ParseTask> task);
  void DropTask();
  bool NextTask();
  void LoadItem();

  const PartitionId id_;
  const LogFormat& format_;
  ParsePool* const pool_;
  const std::size_t read_ahead_;
  std::unique_ptr<LogParser> parser_;             // the one that detects
  std::deque<std::unique_ptr<ParseTask>> tasks_;  // in the order of reading; the first one is in hand
  std::vector<std::unique_ptr<ParseTask>> spare_;
  bool in_hand_ = false;
  std::size_t entry_ = 0;
  std::size_t malformed_ = 0;
  Item item_;
  bool has_item_ = false;
  std::uint64_t lines_read_ = 0;  // from the source
  std::uint64_t next_line_ = 0;   // to be handed out
  bool ended_ = false;
};

}  // namespace socklog

#endif  // SOCKLOG_PIPELINE_PARTITION_INPUT_H_
