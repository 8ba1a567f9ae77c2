// The state of a run in a directory (--state DIR): one file, which is replaced atomically.
#ifndef SOCKLOG_PIPELINE_STATE_FILE_H_
#define SOCKLOG_PIPELINE_STATE_FILE_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "pipeline/state_store.h"
#include "transport/fd.h"

namespace socklog {

// Thread-compatible.
class StateDirectory : public StateStore {
 public:
  // Creates the directory (mode 0700) if it is missing. Errors (kUsage): no permission, used by another process.
  static Result<std::unique_ptr<StateDirectory>> Open(const std::string& path);

  std::string name() const override { return "the state in " + path_; }
  Result<std::optional<RunState>> Load() override;
  Status Save(const RunState& state) override;
  Status Reset() override;

 private:
  StateDirectory(std::string path, UniqueFd lock) : path_(std::move(path)), lock_(std::move(lock)) {}
  std::string FilePath() const { return path_ + "/state"; }

  std::string path_;
  UniqueFd lock_;
  std::string saved_;  // bytes of the last Save: an unchanged state is not written again
};

}  // namespace socklog

#endif  // SOCKLOG_PIPELINE_STATE_FILE_H_
