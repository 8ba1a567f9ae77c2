// OpenSource: from endpoints to a MultiSource.
#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>

#include "base/log.h"
#include "transport/file_partition.h"
#include "transport/kafka/consumer.h"
#include "transport/multi_source.h"
#include "transport/stream_partition.h"
#include "transport/transport.h"

namespace socklog {
namespace {

constexpr int kWidePipe = 1 << 20;

// What is read of each file at once. Of all files some text is in hand at the same time, so of thousands it is less;
// but not so little that reading ahead would not be worth while (ParsePoolOptions::long_block).
std::size_t ReadBytes(std::size_t inputs) {
  constexpr std::size_t kOfAll = std::size_t{32} << 20;
  constexpr std::size_t kFewest = std::size_t{96} << 10;
  return std::clamp(kOfAll / std::max<std::size_t>(inputs, 1), kFewest, kReadBytes);
}

class Opener {
 public:
  Opener(const std::vector<Endpoint>& inputs, const SourceOptions& options, const Clock& clock)
      : inputs_(inputs),
        options_(options),
        clock_(clock),
        source_(std::make_unique<MultiSource>(clock, options.connection.once, options.decoder_threads,
                                              ReadBytes(inputs.size()))) {}

  Result<std::unique_ptr<Source>> Open(std::vector<PartitionId>* resumed) {
    resumed->assign(options_.resume.size(), kNotResumed);
    resumed_ = resumed;
    if (Status status = CheckDoubles(); !status.ok()) return status;
    RaiseDescriptorLimit();
    if (Status status = FindFiles(); !status.ok()) return status;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      if (Status status = OpenOne(i); !status.ok()) return status;
    }
    return std::unique_ptr<Source>(std::move(source_));
  }

 private:
  Status CheckDoubles() const {
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      for (std::size_t j = 0; j < i; ++j) {
        if (!IsDouble(inputs_[i], inputs_[j])) continue;
        return Status::Usage("'" + inputs_[j].text + "' and '" + inputs_[i].text +
                             "' are the same input; its lines would count twice, so give it once");
      }
    }
    return Status();
  }

  // Files are compared by FindFiles, once they are open: here that would be a square number of system calls.
  static bool IsDouble(const Endpoint& a, const Endpoint& b) {
    const bool files = a.kind == Endpoint::Kind::kFile || b.kind == Endpoint::Kind::kFile;
    return !files && IsSamePlace(a, b, /*touch_files=*/true);
  }

  // All files stay open, so that none escapes by rotation before its turn.
  static void RaiseDescriptorLimit() {
    rlimit limit;
    if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
    limit.rlim_cur = limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
  }

  Status FindFiles() {
    opened_.resize(inputs_.size());
    starts_.resize(inputs_.size());
    std::vector<FileInput> files;
    std::vector<std::size_t> input_of_file;
    std::map<FileNumber, std::size_t> seen;
    auto numbers = std::make_shared<std::set<FileNumber>>();
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      if (inputs_[i].kind != Endpoint::Kind::kFile) continue;
      Result<UniqueFd> fd = OpenForReading(inputs_[i].path);
      if (!fd.ok()) return fd.status();
      opened_[i] = std::move(fd).value();
      struct stat info;
      if (fstat(opened_[i].get(), &info) != 0) return Status::Usage(inputs_[i].path + ": " + ErrnoText(errno));
      const auto [other, is_new] = seen.emplace(FileNumberOf(info), i);
      if (!is_new) {
        return Status::Usage("'" + inputs_[other->second].text + "' and '" + inputs_[i].text +
                             "' are the same file; its lines would count twice, so give it once");
      }
      if (!S_ISREG(info.st_mode)) continue;
      files.push_back({inputs_[i].path, inputs_[i].text, FileNumberOf(info), opened_[i]});
      input_of_file.push_back(i);
      numbers->insert(FileNumberOf(info));
    }
    numbers_ = std::move(numbers);
    if (options_.resume.empty()) return Status();
    Result<std::vector<std::optional<ResumeStart>>> found = FindResumeStarts(files, options_.resume);
    if (!found.ok()) return found.status();
    for (std::size_t i = 0; i < files.size(); ++i) starts_[input_of_file[i]] = std::move((*found)[i]);
    return Status();
  }

  Status OpenOne(std::size_t i) {
    const Endpoint& input = inputs_[i];
    switch (input.kind) {
      case Endpoint::Kind::kStdio:
        return AddStdin();
      case Endpoint::Kind::kKafka:
        return AddTopic(input);
      case Endpoint::Kind::kFile:
        return AddFile(i);
      case Endpoint::Kind::kTcp:
      case Endpoint::Kind::kTls:
      case Endpoint::Kind::kUnix:
        return AddConnection(input);
      default:
        break;
    }
    Result<std::unique_ptr<Listener>> listener = Listener::Open(input, options_.connection, clock_);
    if (!listener.ok()) return listener.status();
    source_->Add(std::move(listener).value());
    return Status();
  }

  Status AddStdin() {
    UniqueFd fd = DuplicateFd(STDIN_FILENO);
    struct stat info;
    if (!fd.valid() || fstat(fd.get(), &info) != 0) return Status::Usage("stdin is closed; give an input");
    if (S_ISDIR(info.st_mode)) return Status::Usage("stdin is a directory; give the files in it");
    if (S_ISFIFO(info.st_mode)) fcntl(fd.get(), F_SETPIPE_SZ, kWidePipe);
    AddStream("stdin", std::move(fd), false);
    return Status();
  }

  Status AddFile(std::size_t i) {
    const Endpoint& input = inputs_[i];
    struct stat info;
    if (fstat(opened_[i].get(), &info) != 0) return Status::Failed(input.path + ": " + ErrnoText(errno));
    if (!S_ISREG(info.st_mode)) return AddDevice(i, S_ISFIFO(info.st_mode));
    FilePartitionOptions file;
    file.follow = options_.follow && !options_.until_end;
    file.until_end = options_.until_end;
    file.leave_partial_line = options_.leave_partial_line;
    file.across_rotation = !IsRotatedInput(input);
    file.start_path = input.path;
    file.inputs = numbers_;
    file.own = FileNumberOf(info);
    UniqueFd fd = std::move(opened_[i]);
    if (std::optional<ResumeStart>& start = starts_[i]) {
      if (start->lost) {
        LogWarning(input.path +
                   ": the file that was read before is gone; reading from the beginning, lines between may be lost");
      }
      file.offset = start->offset;
      if (start->fd.valid()) {
        fd = std::move(start->fd);
        file.start_path = start->path;
        LogDetail(input.path + ": going on in " + start->path);
      }
    }
    auto partition =
        std::make_unique<FilePartition>(input.text, input.path, std::move(fd), std::move(file), source_->context());
    Result<bool> found = partition->Begin();
    if (!found.ok()) return found.status();
    const PartitionId id = source_->Add(std::move(partition));
    // Other contents are other lines: to go on with them would take them for lines that were counted before.
    if (starts_[i] && *found && !starts_[i]->lost) (*resumed_)[starts_[i]->resume_index] = id;
    return Status();
  }

  bool IsRotatedInput(const Endpoint& input) const {
    const auto is_original = [&input](const Endpoint& other) {
      return other.kind == Endpoint::Kind::kFile && IsRotatedNameOf(input.path, other.path);
    };
    return options_.follow && std::any_of(inputs_.begin(), inputs_.end(), is_original);
  }

  // A followed FIFO stays open for writing here as well, so that a writer's close is not its end.
  Status AddDevice(std::size_t i, bool is_fifo) {
    UniqueFd fd = std::move(opened_[i]);
    if (is_fifo && options_.follow) {
      UniqueFd both(open(inputs_[i].path.c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC));
      if (both.valid()) fd = std::move(both);
    }
    if (is_fifo) fcntl(fd.get(), F_SETPIPE_SZ, kWidePipe);
    AddStream(inputs_[i].text, std::move(fd), is_fifo && options_.follow);
    return Status();
  }

  void AddStream(const std::string& name, UniqueFd fd, bool can_idle) {
    source_->Add(std::make_unique<StreamPartition>(name, NewFdChannel(std::move(fd)), can_idle, source_->context()));
  }

  Status AddConnection(const Endpoint& input) {
    Result<std::unique_ptr<Connector>> connector = Connector::Create(input, options_.connection, clock_);
    if (!connector.ok()) return connector.status();
    const PartitionId id = source_->Add(std::make_unique<StreamPartition>(
        input.text, std::move(connector).value(), options_.connection.reconnect, source_->context()));
    // What was sent before cannot be read again, but it is the same stream that goes on.
    for (std::size_t r = 0; r < options_.resume.size(); ++r) {
      const ResumePoint& point = options_.resume[r];
      if (point.position.empty() && point.partition_name == input.text) (*resumed_)[r] = id;
    }
    return Status();
  }

  Status AddTopic(const Endpoint& input) {
    KafkaReading reading{input, options_.connection, options_.until_end, options_.resume, options_.misses_state};
    Result<std::shared_ptr<KafkaConsumer>> consumer = KafkaConsumer::Open(std::move(reading), source_->context());
    if (!consumer.ok()) return consumer.status();
    for (KafkaConsumer::Opened& opened : (*consumer)->TakeOpened()) {
      const PartitionId id = source_->Add(std::move(opened.partition));
      if (opened.resume_index) (*resumed_)[*opened.resume_index] = id;
    }
    source_->Add(std::move(consumer).value());
    return Status();
  }

  const std::vector<Endpoint>& inputs_;
  const SourceOptions& options_;
  const Clock& clock_;
  std::unique_ptr<MultiSource> source_;
  std::vector<PartitionId>* resumed_ = nullptr;
  std::vector<UniqueFd> opened_;                         // by input; only files
  std::vector<std::optional<ResumeStart>> starts_;       // by input
  std::shared_ptr<const std::set<FileNumber>> numbers_;  // of all files
};

}  // namespace

Result<std::unique_ptr<Source>> OpenSource(const std::vector<Endpoint>& inputs, const SourceOptions& options,
                                           const Clock& clock, std::vector<PartitionId>* resumed) {
  return Opener(inputs, options, clock).Open(resumed);
}

}  // namespace socklog
