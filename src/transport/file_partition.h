// A file as a partition, with what rotation, truncation and an earlier run mean for it.
#ifndef SOCKLOG_TRANSPORT_FILE_PARTITION_H_
#define SOCKLOG_TRANSPORT_FILE_PARTITION_H_

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "base/line_splitter.h"
#include "transport/file_stream.h"
#include "transport/partition.h"
#include "transport/resume.h"
#include "transport/rotation.h"

namespace socklog {

struct FilePartitionOptions {
  bool follow = false;
  bool until_end = false;
  bool leave_partial_line = false;  // see SourceOptions
  // False for what rotation made of another input: when it is renamed again, what then has its name is that input's.
  bool across_rotation = true;
  // Where to begin: the file that `path` names, or one that rotation made of it.
  std::string start_path;
  std::uint64_t offset = 0;
  // All inputs, this one among them: the others are never taken for a rotated part of this one. Null: there are none.
  std::shared_ptr<const std::set<FileNumber>> inputs;
  FileNumber own;  // of this one among them
};

// Reads the file at a path to its end. With `follow` it then waits for more, through all that happens to logs:
//  - created anew, after it was renamed or removed: first comes the rest of the old one, then what was rotated since;
//  - truncated or overwritten: the rest is read from the copy, if rotation made one, then the new contents;
//  - compressed: the open descriptor has the plain text; a file that begins like one already read is not read again.
// Servers go on writing to the old one for a while: it ends when nothing came for a second.
// Each file is a segment of the positions. A compressed file ends where it ends, followed or not.
//
// An unfinished last line waits for its end while the file is followed; it is handed out as a line when the file ends
// (or left where it is, with leave_partial_line).
// Thread-compatible.
class FilePartition : public Partition {
 public:
  // `fd`: what options.start_path names, a regular file.
  FilePartition(std::string name, std::string path, UniqueFd fd, FilePartitionOptions options,
                const PartitionContext& context);

  // Goes to options.offset; false if the file is too short for that and is read from its beginning, as a new one.
  // REQUIRES: called once, before the first Read.
  Result<bool> Begin();

  bool can_idle() const override { return options_.follow && !stream_.compressed(); }
  Result<Progress> Read(Block* block) override;
  std::string EncodePosition(Position position) const override;
  void AddTo(PollSet* set) const override;
  bool HasNews(const PollSet& set) override;
  std::string watched_directory() const override;

 private:
  struct Next {
    UniqueFd fd;
    std::string path;
  };
  enum class Rotation { kNone, kSettling, kSettled };

  Result<Progress> AtEnd(Block* block, bool* again);
  Result<Progress> Finish(Block* block);
  void RememberSizes();
  void LimitStream();
  Rotation CheckRotation();
  Result<std::optional<Next>> FindNext();
  Result<std::optional<Next>> CannotOpen(const Status& why);
  std::optional<Sibling> OldestSuccessor(const std::optional<FileNumber>& at_path) const;
  bool IsOtherInput(const FileNumber& number) const {
    return options_.inputs != nullptr && number != options_.own && options_.inputs->count(number) > 0;
  }
  bool WasRead(const Sibling& sibling) const;
  Sibling CurrentAsSibling(const std::vector<Sibling>& siblings) const;
  void SwitchTo(Next next);
  void BeginSegment(Block* block);
  void LeaveRewritten(Block* block);
  bool GoOnInCopy(const Sibling& sibling);
  FileIdentity CurrentIdentity() const;

  const std::string path_;
  const FilePartitionOptions options_;
  const PartitionContext context_;
  FileStream stream_;
  LineSplitter splitter_;
  std::vector<FileIdentity> segments_;  // finished ones; the one being read comes after them
  bool goes_on_;                        // to the next file when this one ends
  bool ended_ = false;
  bool was_idle_ = false;
  Micros rotated_since_ = -1;
  Micros last_data_ = 0;
  std::string last_problem_;                   // said once
  std::map<FileNumber, std::uint64_t> sizes_;  // until_end: at the start
};

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_FILE_PARTITION_H_
