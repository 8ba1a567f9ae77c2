// Mistakes in what the user wrote, each with its place.
#ifndef SOCKLOG_CONFIG_DIAGNOSTICS_H_
#define SOCKLOG_CONFIG_DIAGNOSTICS_H_

#include <cstdint>
#include <string>
#include <vector>

namespace socklog {

struct Diagnostic {
  enum class Severity { kWarning, kError };
  Severity severity = Severity::kError;
  std::string where;  // "bad.toml:1:10", or "--window" for a flag
  std::string what;   // what is wrong, why, and what to do; one line
};

// Collects; sorted by place only as far as the order of reporting is. Thread-compatible.
class Diagnostics {
 public:
  void Error(std::string where, std::string what) { items_.push_back({Diagnostic::Severity::kError, std::move(where), std::move(what)}); ++errors_; }
  void Warning(std::string where, std::string what) { items_.push_back({Diagnostic::Severity::kWarning, std::move(where), std::move(what)}); }

  const std::vector<Diagnostic>& items() const { return items_; }
  bool has_errors() const { return errors_ > 0; }
  bool has_warnings() const { return items_.size() > errors_; }

 private:
  std::vector<Diagnostic> items_;
  std::size_t errors_ = 0;
};

}  // namespace socklog

#endif  // SOCKLOG_CONFIG_DIAGNOSTICS_H_
