#include "pipeline/partition_input.h"

#include <algorithm>
#include <utility>

namespace socklog {

PartitionInput::PartitionInput(PartitionId id, Source& source, const LogFormat& format, ParsePool* pool,
                               ParseTools& tools)
    : reading_{source, id}, format_(format), pool_(pool), tools_(tools), parser_(format.NewParser()) {}

PartitionInput::~PartitionInput() {
  while (!tasks_.empty()) {
    Await(task());  // a thread may write there
    DropFront();
  }
}

Status PartitionInput::Restore(std::uint64_t first_line, std::string_view chosen) {
  first_line_ = first_line;
  return chosen.empty() ? Status() : parser_->Restore(chosen);
}

Result<Progress> PartitionInput::Fill() {
  for (;;) {
    while (front_loaded_ && !has_lines()) NextPart();
    AskForMore();
    if (front_loaded_) return Progress::kMore;
    Result<Progress> progress = tasks_.empty() ? ReadHere() : LoadFront();
    if (!progress.ok() || *progress != Progress::kMore) return progress;
  }
}

// Behind what was parsed of the first task.
void PartitionInput::NextPart() {
  if (task().is_parsed()) return DropFront();
  task().Parse(task().reading != nullptr ? *task().parser : *parser_, tools_);
  requests_ = 0;
  malformed_ = 0;
}

void PartitionInput::DropFront() {
  first_line_ += task().cursor.line;
  if (task().reading != nullptr) {
    pool_->Give(std::move(tasks_.front()));
  } else {
    spare_ = std::move(tasks_.front());
  }
  tasks_.pop_front();
  front_loaded_ = false;
}

// The next block, by this thread; nothing was asked of the pool. The format is chosen by the lines in their order, so
// until then it is always this way.
Result<Progress> PartitionInput::ReadHere() {
  if (reading_.last.ok() && *reading_.last == Progress::kEnd) return Progress::kEnd;
  std::unique_ptr<ParseTask> task = spare_ ? std::move(spare_) : std::make_unique<ParseTask>();
  reading_.last = reading_.source.Read(reading_.id, &task->block);
  task->cursor = BlockCursor();
  task->Parse(*parser_, tools_);
  task->read = reading_.last;
  tasks_.push_back(std::move(task));
  return LoadFront();
}

// One that has chosen as this partition's has.
std::unique_ptr<LogParser> PartitionInput::NewParser() const {
  std::unique_ptr<LogParser> parser = format_.NewParser();
  [[maybe_unused]] const Status status = parser->Restore(chosen());  // is a choice of this format
  return parser;
}

// Lets the pool's threads read on.
void PartitionInput::AskForMore() {
  if (!reads_ahead_ || !pool_->IsLow(tasks_.size())) return;
  while (pool_->HasRoom(tasks_.size())) {
    std::unique_ptr<ParseTask> task = pool_->Take();
    task->reading = &reading_;
    if (!task->parser || task->parser->chosen() != chosen()) task->parser = NewParser();
    tasks_.push_back(std::move(task));
    pool_->Submit(tasks_.back().get());
  }
}

// What the first task brought. Where it brought nothing, nothing was read by those behind it.
Result<Progress> PartitionInput::LoadFront() {
  Await(task());
  if (task().failure != nullptr) std::rethrow_exception(task().failure);
  Result<Progress> read = task().read;
  requests_ = 0;
  malformed_ = 0;
  front_loaded_ = read.ok() && *read == Progress::kMore;
  reads_ahead_ = pool_ != nullptr && !chosen().empty() && pool_->IsWorthwhile(task().block.text.size());
  if (front_loaded_) return read;
  // Read ahead, the end may be of long ago: ReadHere tells whether it still is one.
  if (task().reading != nullptr && read.ok() && *read == Progress::kIdle) read = Progress::kMore;
  while (!tasks_.empty()) {
    Await(task());
    DropFront();
  }
  return read;
}

void PartitionInput::Await(ParseTask& task) {
  if (task.reading != nullptr) pool_->Wait(&task, tools_);
}

const MalformedLine* PartitionInput::malformed() const {
  if (malformed_ == task().malformed.size()) return nullptr;
  const MalformedLine& next = task().malformed[malformed_];
  const bool is_next = requests_ == task().requests.size() || next.line < task().requests[requests_].line;
  return is_next ? &next : nullptr;
}

std::span<const Request> PartitionInput::requests() const {
  const Request* const begin = task().requests.begin() + requests_;
  const Request* end = task().requests.end();
  if (malformed_ < task().malformed.size()) {
    const std::uint32_t line = task().malformed[malformed_].line;
    end = std::partition_point(begin, end, [line](const Request& request) { return request.line < line; });
  }
  return {begin, end};
}

}  // namespace socklog
