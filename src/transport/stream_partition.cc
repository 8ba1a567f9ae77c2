#include "transport/stream_partition.h"

#include <utility>

#include "base/log.h"

namespace socklog {

StreamPartition::StreamPartition(std::string partition_name, std::unique_ptr<Channel> channel, bool can_idle,
                                 const PartitionContext& context)
    : Partition(std::move(partition_name)),
      context_(context),
      channel_(std::move(channel)),
      reader_(true),
      can_idle_(can_idle) {}

StreamPartition::StreamPartition(Client client, const PartitionContext& context)
    : Partition(std::move(client.name)),
      context_(context),
      channel_(std::move(client.channel)),
      reader_(false),
      can_idle_(true),
      is_client_(true) {}

StreamPartition::StreamPartition(std::string partition_name, std::unique_ptr<Connector> connector, bool reconnect,
                                 const PartitionContext& context)
    : Partition(std::move(partition_name)),
      context_(context),
      connector_(std::move(connector)),
      reader_(false),
      can_idle_(true),
      reconnect_(reconnect) {}

Status StreamPartition::Connect() {
  if (channel_ != nullptr || !failed_.ok()) return failed_;
  Result<std::unique_ptr<Channel>> channel = connector_->Step();
  if (!channel.ok()) return failed_ = channel.status();
  channel_ = std::move(channel).value();
  if (channel_ != nullptr) LogDetail(name() + ": connected");
  return Status();
}

Result<Progress> StreamPartition::Read(Block* block) {
  if (ended_) return Progress::kEnd;
  if (Status status = Connect(); !status.ok()) return status;
  if (channel_ == nullptr) return Progress::kIdle;
  do {
    if (!splitter_.Begin(block)) Fill(block);
    splitter_.Cut(block);
    if (!block->text.empty()) return Progress::kMore;
  } while (last_read_.state == IoState::kDone && !context_.stopping.load(std::memory_order_relaxed));
  return AfterLastLine(block);
}

// Reads what is there now, up to some kReadBytes.
void StreamPartition::Fill(Block* block) {
  const std::size_t before = block->text.size();
  while (last_read_.state != IoState::kEnd && last_read_.state != IoState::kCut &&
         last_read_.state != IoState::kError) {
    if (context_.stopping.load(std::memory_order_relaxed) || block->text.size() - before >= kReadBytes) return;
    last_read_ = reader_.Read([this](char* to, std::size_t size) { return channel_->Read(to, size); }, &block->text);
    if (last_read_.state == IoState::kWouldBlock) return;
  }
}

Result<Progress> StreamPartition::AfterLastLine(Block* block) {
  const IoResult io = std::exchange(last_read_, IoResult());
  switch (io.state) {
    case IoState::kDone:
    case IoState::kWouldBlock:
      return Progress::kIdle;
    case IoState::kError:
      if (!is_client_) return Status(io.error.code(), name() + ": " + io.error.message());
      [[fallthrough]];
    case IoState::kCut:
      LogWarning(name() + ": " + io.error.message() + "; lines may be missing at its end");
      [[fallthrough]];
    case IoState::kEnd:
      break;
  }
  return Ended(block);
}

Result<Progress> StreamPartition::Ended(Block* block) {
  splitter_.Finish(block);
  channel_.reset();
  if (!reconnect_) {
    ended_ = true;
    return block->text.empty() ? Progress::kEnd : Progress::kMore;
  }
  LogNote(name() + ": the connection has ended; connecting again");
  connector_->Restart();
  return block->text.empty() ? Progress::kIdle : Progress::kMore;
}

void StreamPartition::AddTo(PollSet* set) const {
  if (channel_ != nullptr) return set->Add(channel_->fd(), channel_->read_events());
  if (!failed_.ok()) return set->DueIn(0);
  connector_->AddTo(set);
}

bool StreamPartition::HasNews(const PollSet& set) {
  if (channel_ != nullptr) return set.Fired(channel_->fd());
  return !Connect().ok() || channel_ != nullptr;
}

}  // namespace socklog
