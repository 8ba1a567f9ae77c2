// One partition on its way from the Source to its windows: read ahead, parsed, handed out in runs of lines.
#ifndef SOCKLOG_PIPELINE_PARTITION_INPUT_H_
#define SOCKLOG_PIPELINE_PARTITION_INPUT_H_

#include <cstdint>
#include <deque>
#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include "format/format.h"
#include "pipeline/parse_pool.h"
#include "socklog/source.h"
#include "window/partition_windows.h"

namespace socklog {

// Thread-compatible. Once the format is known, and as long as there is much to read, the pool's threads read and parse.
class PartitionInput {
 public:
  // `pool` may be null: then blocks are read when they are asked for. All are borrowed.
  PartitionInput(PartitionId id, Source& source, const LogFormat& format, ParsePool* pool, ParseTools& tools);
  ~PartitionInput();
  PartitionInput(const PartitionInput&) = delete;
  PartitionInput& operator=(const PartitionInput&) = delete;

  // The number of the first line to come, and the format an earlier run had chosen (empty: none).
  Status Restore(std::uint64_t first_line, std::string_view chosen);

  // Makes sure that a block is parsed, if there is more now, and that others are on their way. kMore: it has a line
  // that was not popped. What was handed out before is no longer valid.
  Result<Progress> Fill();

  // The lines of that block which are left are runs of well-formed lines and single malformed ones.
  bool has_lines() const { return requests_ < task().requests.size() || malformed_ < task().malformed.size(); }
  // The next line, if it is malformed; else nullptr.
  const MalformedLine* malformed() const;
  // The well-formed lines up to the next malformed one.
  std::span<const Request> requests() const;
  PartitionWindows::BlockPlace place() const { return {task().block, first_line_}; }
  void PopMalformed() { ++malformed_; }
  // Pops so many of requests().
  void PopRequests(std::size_t count) { requests_ += count; }

  std::string_view chosen() const { return parser_->chosen(); }

 private:
  const ParseTask& task() const { return *tasks_.front(); }
  ParseTask& task() { return *tasks_.front(); }
  void NextPart();
  void DropFront();
  Result<Progress> ReadHere();
  std::unique_ptr<LogParser> NewParser() const;
  void AskForMore();
  Result<Progress> LoadFront();
  void Await(ParseTask& task);

  Reading reading_;
  const LogFormat& format_;
  ParsePool* const pool_;
  ParseTools& tools_;
  const std::unique_ptr<LogParser> parser_;
  std::deque<std::unique_ptr<ParseTask>> tasks_;  // in order; all but the first are the pool's
  std::unique_ptr<ParseTask> spare_;              // of ReadHere
  bool front_loaded_ = false;                     // the first task brought a block, and what follows holds for it
  std::uint64_t first_line_ = 0;                  // number of its first line in the partition
  std::size_t requests_ = 0;                      // popped
  std::size_t malformed_ = 0;
  bool reads_ahead_ = false;  // what is behind the first task
};

}  // namespace socklog

#endif  // SOCKLOG_PIPELINE_PARTITION_INPUT_H_
