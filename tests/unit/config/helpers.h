// What the tests of config share.
#ifndef SOCKLOG_TESTS_UNIT_CONFIG_HELPERS_H_
#define SOCKLOG_TESTS_UNIT_CONFIG_HELPERS_H_

#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "config/config.h"

namespace socklog {

// A directory that lives as long as the object.
class TempDir {
 public:
  TempDir() {
    std::string name = (std::filesystem::temp_directory_path() / "socklog-config-XXXXXX").string();
    path_ = mkdtemp(name.data());
  }
  ~TempDir() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TempDir(const TempDir&) = delete;
  TempDir& operator=(const TempDir&) = delete;

  // Writes a file and gives its path.
  std::string Write(const std::string& name, const std::string& text) const {
    std::string path = (path_ / name).string();
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  std::string Path(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

// "error where: what", one a line.
inline std::string Text(const Diagnostics& diagnostics) {
  std::string out;
  for (const Diagnostic& item : diagnostics.items()) {
    out +=
        (item.severity == Diagnostic::Severity::kError ? "error " : "warning ") + item.where + ": " + item.what + '\n';
  }
  return out;
}

struct Built {
  Options options;
  ThresholdSet thresholds;
  std::string text;  // of the diagnostics
  bool wrong = false;
};

inline Built Build(Command command, const std::vector<FlagUse>& flags) {
  Built built;
  Diagnostics diagnostics;
  built.wrong = BuildOptions(command, flags, &built.options, &built.thresholds, &diagnostics);
  built.text = Text(diagnostics);
  return built;
}

// With `toml` in a file that --config names.
inline Built BuildWithFile(Command command, const std::string& toml, std::vector<FlagUse> flags = {}) {
  const TempDir dir;
  flags.push_back({"config", dir.Write("c.toml", toml)});
  return Build(command, flags);
}

inline std::string Check(const std::string& toml, const CheckHooks& hooks = {}) {
  Diagnostics diagnostics;
  CheckText("c.toml", toml, hooks, &diagnostics);
  return Text(diagnostics);
}

}  // namespace socklog

#endif  // SOCKLOG_TESTS_UNIT_CONFIG_HELPERS_H_
