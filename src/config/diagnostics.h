// Mistakes in what the user wrote, each with its place.
#ifndef SOCKLOG_CONFIG_DIAGNOSTICS_H_
#define SOCKLOG_CONFIG_DIAGNOSTICS_H_

#include <cstddef>
#include <string>
#include <unordered_set>
#include <utility>
#include <vector>

namespace socklog {

// A place in a file, or a flag.
struct Place {
  std::string file;  // as the user named it; for a flag its text, "--window"
  int line = 0;      // from 1; 0: the file as a whole, or a flag
  int column = 0;    // from 1, in characters

  // "bad.toml:1:10", "bad.toml", "--window"
  std::string Text() const {
    return line == 0 ? file : file + ':' + std::to_string(line) + ':' + std::to_string(column);
  }
};

struct Diagnostic {
  enum class Severity { kWarning, kError };
  Severity severity = Severity::kError;
  std::string where;  // Place::Text()
  std::string what;   // what is wrong, why, and what to do; one line
  Place place;
};

// Collects, in the order of reporting. Thread-compatible.
class Diagnostics {
 public:
  // More than that nobody reads at once.
  static constexpr std::size_t kMostShown = 100;

  void Add(Diagnostic::Severity severity, Place place, std::string what) {
    std::string where = place.Text();
    if (severity == Diagnostic::Severity::kError) {
      ++errors_;
      places_of_errors_.insert(where);
    }
    items_.push_back({severity, std::move(where), std::move(what), std::move(place)});
  }
  void Error(Place place, std::string what) { Add(Diagnostic::Severity::kError, std::move(place), std::move(what)); }
  void Warning(Place place, std::string what) {
    Add(Diagnostic::Severity::kWarning, std::move(place), std::move(what));
  }
  void Error(std::string where, std::string what) { Error(Place{std::move(where)}, std::move(what)); }
  void Warning(std::string where, std::string what) { Warning(Place{std::move(where)}, std::move(what)); }

  // Takes all of `other`, flags first, then by file, line and column; what is there already is not said again.
  void AddInOrder(const Diagnostics& other);

  // Whether something at that very place was an error, so that what follows from it need not be said.
  bool HasErrorAt(const Place& place) const { return places_of_errors_.count(place.Text()) > 0; }

  const std::vector<Diagnostic>& items() const { return items_; }
  // Whether there is more than will be shown, so that a suggestion is not worth its search.
  bool crowded() const { return items_.size() >= kMostShown; }
  bool has_errors() const { return errors_ > 0; }
  bool has_warnings() const { return items_.size() > errors_; }

 private:
  std::vector<Diagnostic> items_;
  std::unordered_set<std::string> places_of_errors_;
  std::size_t errors_ = 0;
};

}  // namespace socklog

#endif  // SOCKLOG_CONFIG_DIAGNOSTICS_H_
