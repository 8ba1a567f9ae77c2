// Output to a file, each line once however often the process died.
#ifndef SOCKLOG_TRANSPORT_FILE_SINK_H_
#define SOCKLOG_TRANSPORT_FILE_SINK_H_

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "socklog/sink.h"
#include "transport/fd.h"

namespace socklog {

// Thread-compatible.
class FileSink : public Sink {
 public:
  // Without `resume_length` the file is created (mode 0644) or emptied. With it the file stays as it is, but for a last
  // line without newline beyond that length. Lines beyond it that are written again are found there and not appended.
  // Errors (kUsage): directory, no permission, no such directory. kFailed: the file cannot be read.
  static Result<std::unique_ptr<FileSink>> Open(const std::string& path, std::optional<std::uint64_t> resume_length);

  Status Write(std::string_view lines) override;
  Status Flush(bool durable) override;

  // Up to the first line beyond resume_length that was not written again yet: a run that dies now must find it there
  // next time.
  std::uint64_t length() const override;

 private:
  FileSink(UniqueFd fd, std::string path) : fd_(std::move(fd)), path_(std::move(path)) {}
  Status Resume(std::uint64_t length);
  Status ReadKept(std::uint64_t from, std::uint64_t end);
  void Keep(std::string_view line, std::uint64_t offset);
  bool TakeKept(std::string_view line);
  Status Drain(std::string_view rest);
  Status Fail(std::string_view what, int error);

  struct KeptLine {
    std::uint64_t offset;
    bool written_again;
  };

  UniqueFd fd_;
  const std::string path_;
  std::string buffer_;
  std::uint64_t size_ = 0;  // of the file
  Status failed_;           // once and for all
  bool directory_synced_ = false;

  // Beyond resume_length, in the order of the file.
  std::vector<KeptLine> kept_;
  std::unordered_multimap<std::string, std::size_t> kept_by_text_;  // those not yet written again
  std::size_t first_kept_ = 0;                                      // the first not yet written again
};

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_FILE_SINK_H_
