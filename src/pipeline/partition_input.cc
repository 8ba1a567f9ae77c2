#include "pipeline/partition_input.h"

#include <algorithm>
#include <utility>

namespace socklog {

PartitionInput::PartitionInput(PartitionId id, const LogFormat& format, ParsePool* pool, KeyMaker& keys,
                               std::size_t read_ahead)
    : id_(id), format_(format), pool_(pool), keys_(keys), read_ahead_(read_ahead), parser_(format.NewParser()) {}

PartitionInput::~PartitionInput() {
  if (pool_ == nullptr) return;
  for (const std::unique_ptr<ParseTask>& task : tasks_) pool_->Wait(task.get(), keys_);  // a thread may write there
}

Status PartitionInput::Restore(std::uint64_t first_line, std::string_view chosen) {
  first_line_ = first_line;
  return chosen.empty() ? Status() : parser_->Restore(chosen);
}

Result<Progress> PartitionInput::Fill(Source& source) {
  if (front_loaded_ && !has_lines()) {
    first_line_ += task().lines;
    spare_.push_back(std::move(tasks_.front()));
    tasks_.pop_front();
    front_loaded_ = false;
  }
  Progress progress = ended_ ? Progress::kEnd : Progress::kMore;
  while (progress == Progress::kMore && tasks_.size() < read_ahead_) {
    std::unique_ptr<ParseTask> task;
    if (spare_.empty()) {
      task = std::make_unique<ParseTask>();
    } else {
      task = std::move(spare_.back());
      spare_.pop_back();
    }
    Result<Progress> read = source.Read(id_, &task->block);
    if (!read.ok()) return read.status();
    progress = *read;
    ended_ = progress == Progress::kEnd;
    if (progress == Progress::kMore && !task->block.text.empty()) {
      Parse(std::move(task));
    } else {
      spare_.push_back(std::move(task));
    }
  }
  return LoadFront() ? Progress::kMore : progress;
}

void PartitionInput::Parse(std::unique_ptr<ParseTask> task) {
  // The format is chosen by the lines in their order, so until then there is one parser and no read-ahead in threads.
  const bool alone = pool_ == nullptr || parser_->chosen().empty() ||
                     (!task->parser && !(task->parser = format_.NewParser())->Restore(parser_->chosen()).ok());
  if (alone) {
    task->Parse(*parser_, keys_);
    task->done = true;
  } else {
    pool_->Submit(task.get());
  }
  tasks_.push_back(std::move(task));
}

bool PartitionInput::LoadFront() {
  if (front_loaded_) return true;
  if (tasks_.empty()) return false;
  if (pool_ != nullptr) pool_->Wait(tasks_.front().get(), keys_);
  front_loaded_ = true;
  requests_ = 0;
  malformed_ = 0;
  return true;
}

const MalformedLine* PartitionInput::malformed() const {
  if (malformed_ == task().malformed.size()) return nullptr;
  const MalformedLine& next = task().malformed[malformed_];
  const bool is_next = requests_ == task().requests.size() || next.line < task().requests[requests_].line;
  return is_next ? &next : nullptr;
}

std::span<const Request> PartitionInput::requests() const {
  const auto begin = task().requests.begin() + static_cast<std::ptrdiff_t>(requests_);
  auto end = task().requests.end();
  if (malformed_ < task().malformed.size()) {
    const std::uint32_t line = task().malformed[malformed_].line;
    end = std::partition_point(begin, end, [line](const Request& request) { return request.line < line; });
  }
  return {begin, end};
}

}  // namespace socklog
