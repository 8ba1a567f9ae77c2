#include "transport/file_partition.h"

#include <algorithm>

#include "base/log.h"
#include "transport/file_io.h"

namespace socklog {
namespace {

// Servers write to a renamed log until they are told, and until their old workers are done.
constexpr Micros kRotationWait = kSecond;
constexpr Micros kLongAgo = 10 * kSecond;  // a file not written to for so long needs no such wait

std::optional<FileNumber> NumberOf(const UniqueFd& fd) {
  struct stat info;
  if (fstat(fd.get(), &info) != 0) return std::nullopt;
  return FileNumberOf(info);
}

std::optional<FileNumber> NumberAt(const std::string& path) {
  struct stat info;
  if (stat(path.c_str(), &info) != 0) return std::nullopt;
  return FileNumberOf(info);
}

Result<UniqueFd> OpenRegular(const std::string& path) {
  Result<UniqueFd> fd = OpenForReading(path);
  struct stat info;
  if (fd.ok() && fstat(fd->get(), &info) == 0 && !S_ISREG(info.st_mode))
    return Status::Failed(path + ": is no file any more");
  return fd;
}

}  // namespace

FilePartition::FilePartition(std::string partition_name, std::string path, UniqueFd fd, FilePartitionOptions options,
                             const PartitionContext& context)
    : Partition(std::move(partition_name)),
      path_(std::move(path)),
      options_(std::move(options)),
      context_(context),
      stream_(std::move(fd), options_.start_path, &context_.decoder_threads, context_.read_bytes),
      goes_on_(options_.across_rotation && (options_.follow || options_.start_path != path_)) {}

Result<bool> FilePartition::Begin() {
  if (options_.until_end) RememberSizes();
  LimitStream();
  if (options_.offset == 0) return true;
  // One byte earlier: unless that is a newline, the line there was handed out before its end was known.
  Result<bool> found = stream_.Seek(options_.offset - 1);
  if (!found.ok()) return found.status();
  if (!*found) {
    LogWarning(options_.start_path + ": is shorter than when it was last read; reading it from its beginning");
    return false;
  }
  splitter_ = LineSplitter(options_.offset - 1);
  splitter_.SkipLine();
  return true;
}

void FilePartition::RememberSizes() {
  for (const Sibling& sibling : ListSiblings(path_)) sizes_[sibling.number] = sibling.size;
  struct stat info;
  if (stat(path_.c_str(), &info) == 0) sizes_[FileNumberOf(info)] = static_cast<std::uint64_t>(info.st_size);
  sizes_.emplace(stream_.number(), stream_.Stat().size);
}

void FilePartition::LimitStream() {
  if (!options_.until_end) return;
  const auto size = sizes_.find(stream_.number());
  stream_.LimitTo(size == sizes_.end() ? 0 : size->second);
}

Result<Progress> FilePartition::Read(Block* block) {
  block->segment = static_cast<std::uint32_t>(segments_.size());
  if (was_idle_ && can_idle() && stream_.WasRewritten()) {
    LeaveRewritten(block);
    if (!block->text.empty()) return Progress::kMore;
  }
  was_idle_ = false;
  while (!ended_) {
    block->segment = static_cast<std::uint32_t>(segments_.size());
    if (context_.stopping.load(std::memory_order_relaxed)) return Progress::kIdle;
    IoResult io;
    if (!splitter_.Begin(block)) io = stream_.Read(&block->text);
    if (io.bytes > 0 && rotated_since_ >= 0) last_data_ = context_.clock.Monotonic();
    splitter_.Cut(block);
    if (!block->text.empty()) return Progress::kMore;
    switch (io.state) {
      case IoState::kDone:
        break;
      case IoState::kCut:
        LogWarning(stream_.path() + ": " + io.error.message() + "; what could be read of it was used");
        [[fallthrough]];
      case IoState::kEnd:
      case IoState::kWouldBlock: {
        bool again = false;
        Result<Progress> progress = AtEnd(block, &again);
        if (!again) return progress;
        break;
      }
      case IoState::kError:
        return io.error;
    }
  }
  return Progress::kEnd;
}

// Sets *again if reading goes on, with another file; otherwise the result is Read's.
Result<Progress> FilePartition::AtEnd(Block* block, bool* again) {
  const bool waits = can_idle();
  if (!goes_on_ && !waits) return Finish(block);
  if (waits && stream_.WasRewritten()) {
    LeaveRewritten(block);
  } else {
    if (waits && (!goes_on_ || CheckRotation() != Rotation::kSettled)) {
      was_idle_ = true;
      return Progress::kIdle;
    }
    Result<std::optional<Next>> next = FindNext();
    if (!next.ok()) return next.status();
    if (!next->has_value()) {
      if (!waits) return Finish(block);
      was_idle_ = true;
      return Progress::kIdle;
    }
    SwitchTo(std::move(**next));
    BeginSegment(block);
  }
  *again = block->text.empty();
  return Progress::kMore;
}

// The last line of the segment before has no newline, or there is none.
void FilePartition::BeginSegment(Block* block) {
  splitter_.Finish(block);
  splitter_ = LineSplitter();
}

Result<Progress> FilePartition::Finish(Block* block) {
  // Somebody is just writing this line; its end is beyond what was to be read, or comes later.
  const bool half_written =
      !stream_.compressed() && ((options_.until_end && stream_.has_more()) || options_.leave_partial_line);
  if (!half_written) splitter_.Finish(block);
  ended_ = true;
  return block->text.empty() ? Progress::kEnd : Progress::kMore;
}

FilePartition::Rotation FilePartition::CheckRotation() {
  const std::optional<FileNumber> now_at_path = NumberAt(path_);
  if (!now_at_path || *now_at_path == stream_.number()) {
    rotated_since_ = -1;
    return Rotation::kNone;
  }
  if (context_.clock.Now() * 1000 - stream_.Stat().modified > kLongAgo * 1000) return Rotation::kSettled;
  const Micros now = context_.clock.Monotonic();
  if (rotated_since_ < 0) {
    rotated_since_ = now;
    last_data_ = now;
  }
  return now - std::max(rotated_since_, last_data_) >= kRotationWait ? Rotation::kSettled : Rotation::kSettling;
}

bool FilePartition::WasRead(const Sibling& sibling) const {
  const std::string head = HeadOf(sibling);
  if (head.empty()) return true;  // nothing in it (yet)
  const auto same = [&](const FileIdentity& identity) {
    return identity.length > 0 && identity.Matches(head, sibling.number);
  };
  return same(CurrentIdentity()) || std::any_of(segments_.begin(), segments_.end(), same);
}

// The file being read, as it is called now; without a name if it is gone.
Sibling FilePartition::CurrentAsSibling(const std::vector<Sibling>& siblings) const {
  for (const Sibling& sibling : siblings) {
    if (sibling.number == stream_.number()) return sibling;
  }
  const FileIdentity current = CurrentIdentity();
  for (const Sibling& sibling : siblings) {  // compressed
    if (sibling.packed && current.length > 0 && current.Matches(HeadOf(sibling), sibling.number)) return sibling;
  }
  Sibling gone;
  gone.modified = stream_.Stat().modified;
  return gone;
}

// The oldest of the rotated files that were begun after the one being read, but for `at_path`.
std::optional<Sibling> FilePartition::OldestSuccessor(const std::optional<FileNumber>& at_path) const {
  const std::vector<Sibling> siblings = ListSiblings(path_);
  const Sibling current = CurrentAsSibling(siblings);
  const Sibling* oldest = nullptr;
  for (const Sibling& sibling : siblings) {
    const bool other = sibling.number == stream_.number() || sibling.number == at_path || IsOtherInput(sibling.number);
    if (!sibling.is_rotated || other || !IsOlder(current, sibling)) continue;
    if (oldest != nullptr && !IsOlder(sibling, *oldest)) continue;
    if (sibling.fd == nullptr) LogWarning(sibling.path + ": cannot be read; its lines are missing");
    if (WasRead(sibling)) continue;
    oldest = &sibling;
  }
  return oldest == nullptr ? std::nullopt : std::optional<Sibling>(*oldest);
}

// The file that was begun after the one being read: a rotated one, or the one at the path; nullopt: none (now).
Result<std::optional<FilePartition::Next>> FilePartition::FindNext() {
  // Opened before the siblings are listed: one that is rotated away in between would be in neither place.
  Result<UniqueFd> at_path = OpenRegular(path_);
  const std::optional<FileNumber> number = at_path.ok() ? NumberOf(*at_path) : std::nullopt;
  if (number == stream_.number()) return std::optional<Next>();
  if (const std::optional<Sibling> sibling = OldestSuccessor(number)) {
    return std::optional<Next>(Next{Reopen(*sibling), sibling->path});
  }
  if (at_path.ok()) return std::optional<Next>(Next{std::move(at_path).value(), path_});
  return CannotOpen(at_path.status());
}

Result<std::optional<FilePartition::Next>> FilePartition::CannotOpen(const Status& why) {
  if (!NumberAt(path_)) return std::optional<Next>();  // not created yet
  if (!options_.follow) return why;
  if (last_problem_ != why.message()) LogWarning(why.message() + "; trying again");
  last_problem_ = why.message();
  return std::optional<Next>();
}

void FilePartition::SwitchTo(Next next) {
  LogDetail(name() + ": going on with " + next.path);
  segments_.push_back(CurrentIdentity());
  stream_ = FileStream(std::move(next.fd), std::move(next.path), &context_.decoder_threads, context_.read_bytes);
  LimitStream();
  rotated_since_ = -1;
  last_problem_.clear();
}

// The file no longer has what was read of it. Rotation by copying and truncating leaves a copy, in which the rest is.
void FilePartition::LeaveRewritten(Block* block) {
  std::vector<Sibling> siblings = ListSiblings(path_);
  std::stable_partition(siblings.begin(), siblings.end(), [](const Sibling& sibling) { return !sibling.packed; });
  if (std::any_of(siblings.begin(), siblings.end(), [this](const Sibling& sibling) { return GoOnInCopy(sibling); }))
    return;
  LogNote(path_ + ": was truncated or overwritten; reading its new contents from the beginning");
  segments_.push_back(CurrentIdentity());
  stream_.Rewind();
  BeginSegment(block);
}

bool FilePartition::GoOnInCopy(const Sibling& sibling) {
  const FileIdentity identity = CurrentIdentity();
  if (!goes_on_ || identity.length == 0 || IsOtherInput(sibling.number)) return false;
  if (sibling.number == stream_.number() || !identity.Matches(HeadOf(sibling), sibling.number)) return false;
  FileStream copy(Reopen(sibling), sibling.path, &context_.decoder_threads, context_.read_bytes);
  const Result<bool> found = copy.Seek(stream_.text_offset());
  if (!found.ok() || !found.value()) return false;
  LogDetail(name() + ": was truncated; going on in its copy " + sibling.path);
  stream_ = std::move(copy);
  return true;
}

FileIdentity FilePartition::CurrentIdentity() const {
  return IdentityOf(stream_.head(), stream_.number(), stream_.path());
}

std::string FilePartition::EncodePosition(Position position) const {
  if (position.segment < segments_.size()) return EncodeSavedPosition({segments_[position.segment], position.offset});
  FileIdentity identity = CurrentIdentity();
  if (identity.length == 0) {  // nothing was read yet, but the file is to be found again all the same
    identity = IdentityOf(stream_.PeekHead(), stream_.number(), stream_.path());
  }
  return EncodeSavedPosition({identity, position.offset});
}

void FilePartition::AddTo(PollSet* set) const {
  if (rotated_since_ < 0) return;
  set->DueIn(std::max(rotated_since_, last_data_) + kRotationWait - context_.clock.Monotonic());
}

bool FilePartition::HasNews(const PollSet&) {
  if (stream_.has_more() || stream_.WasRewritten()) return true;
  if (!goes_on_ || CheckRotation() != Rotation::kSettled) return false;
  // Asked again and again while the new file cannot be opened: Read would only say kIdle.
  const std::optional<FileNumber> now_at_path = NumberAt(path_);
  return now_at_path && (last_problem_.empty() || OpenRegular(path_).ok());
}

std::string FilePartition::watched_directory() const { return options_.follow ? DirectoryOf(path_) : ""; }

}  // namespace socklog
