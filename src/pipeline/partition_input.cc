#include "pipeline/partition_input.h"

#include <utility>

namespace socklog {

PartitionInput::PartitionInput(PartitionId id, const LogFormat& format, ParsePool* pool, std::size_t read_ahead)
    : id_(id), format_(format), pool_(pool), read_ahead_(read_ahead), parser_(format.NewParser()) {}

PartitionInput::~PartitionInput() {
  if (pool_ == nullptr) return;
  for (const std::unique_ptr<ParseTask>& task : tasks_) pool_->Wait(task.get());  // a thread may still write there
}

Status PartitionInput::Restore(std::uint64_t first_line, std::string_view chosen) {
  lines_read_ = next_line_ = first_line;
  return chosen.empty() ? Status() : parser_->Restore(chosen);
}

Result<Progress> PartitionInput::Fill(Source& source) {
  Progress progress = ended_ ? Progress::kEnd : Progress::kMore;
  if (in_hand_ && next_line_ == tasks_.front()->first_line + tasks_.front()->block.lines.size()) DropTask();
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
    if (progress == Progress::kMore && !task->block.lines.empty()) {
      Parse(std::move(task));
    } else {
      spare_.push_back(std::move(task));
    }
  }
  return next_line_ < lines_read_ ? Progress::kMore : progress;
}

void PartitionInput::Parse(std::unique_ptr<ParseTask> task) {
  task->first_line = lines_read_;
  lines_read_ += task->block.lines.size();
  // The format is chosen by the lines in their order, so until then there is one parser and no read-ahead in threads.
  const bool alone = pool_ == nullptr || parser_->chosen().empty() ||
                     (!task->parser && !(task->parser = format_.NewParser())->Restore(parser_->chosen()).ok());
  if (alone) {
    parser_->Parse(task->block, &task->batch);
    task->done = true;
  } else {
    pool_->Submit(task.get());
  }
  tasks_.push_back(std::move(task));
}

void PartitionInput::DropTask() {
  spare_.push_back(std::move(tasks_.front()));
  tasks_.pop_front();
  in_hand_ = false;
}

bool PartitionInput::NextTask() {
  if (in_hand_) DropTask();
  if (tasks_.empty()) return false;
  if (pool_ != nullptr) pool_->Wait(tasks_.front().get());
  in_hand_ = true;
  entry_ = 0;
  malformed_ = 0;
  return true;
}

void PartitionInput::LoadItem() {
  const ParseTask& task = *tasks_.front();
  const LogBatch& batch = task.batch;
  const bool entry_left = entry_ < batch.entries.size();
  const bool malformed_left = malformed_ < batch.malformed.size();
  if (!entry_left && !malformed_left) return;
  const bool is_entry =
      entry_left && (!malformed_left || batch.entries[entry_].line < batch.malformed[malformed_].line);
  const std::uint32_t index = is_entry ? batch.entries[entry_].line : batch.malformed[malformed_].line;
  item_.entry = is_entry ? &batch.entries[entry_] : nullptr;
  item_.reason = is_entry ? nullptr : batch.malformed[malformed_].reason;
  item_.text = task.block.line(index);
  item_.position = task.block.position(index);
  item_.line = task.first_line + index;
  ++(is_entry ? entry_ : malformed_);
  has_item_ = true;
}

const PartitionInput::Item* PartitionInput::Peek() {
  if (has_item_) return &item_;
  if (in_hand_) LoadItem();
  while (!has_item_) {
    if (!NextTask()) return nullptr;
    LoadItem();
  }
  return &item_;
}

void PartitionInput::Pop() {
  has_item_ = false;
  next_line_ = item_.line + 1;
}

}  // namespace socklog
