#include "transport/stream_partition.h"

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
  while (!context_.stopping.load(std::memory_order_relaxed)) {
    std::string_view text;
    IoResult io =
        reader_.Read([this](char* to, std::size_t size) { return channel_->Read(to, size); }, &context_.buffer, &text);
    switch (io.state) {
      case IoState::kDone:
        splitter_.Add(text, block);
        if (block->text.size() >= kReadBytes) return Progress::kMore;
        continue;
      case IoState::kWouldBlock:
        return block->lines.empty() ? Progress::kIdle : Progress::kMore;
      case IoState::kError:
        if (!is_client_) return Status(io.error.code(), name() + ": " + io.error.message());
        [[fallthrough]];
      case IoState::kCut:
        LogWarning(name() + ": " + io.error.message() + "; lines may be missing at its end");
        [[fallthrough]];
      case IoState::kEnd:
        return Ended(block);
    }
  }
  return block->lines.empty() ? Progress::kIdle : Progress::kMore;
}

Result<Progress> StreamPartition::Ended(Block* block) {
  splitter_.Finish(block);
  channel_.reset();
  if (!reconnect_) {
    ended_ = true;
    return block->lines.empty() ? Progress::kEnd : Progress::kMore;
  }
  LogNote(name() + ": the connection has ended; connecting again");
  connector_->Restart();
  return block->lines.empty() ? Progress::kIdle : Progress::kMore;
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
