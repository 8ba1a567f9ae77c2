// A log format for tests of what comes after parsing: "MICROS STATUS TARGET [USER]".
#ifndef SOCKLOG_TESTS_SUPPORT_PLAIN_FORMAT_H_
#define SOCKLOG_TESTS_SUPPORT_PLAIN_FORMAT_H_

#include <string>
#include <vector>

#include "format/format.h"
#include "support/window_model.h"

namespace socklog::testing {

// A line of any other form is malformed. Chosen ("plain") with the first well-formed line, as auto-detection does.
// Targets that begin with /slow count as slow path.
class PlainFormat : public LogFormat {
 public:
  std::unique_ptr<LogParser> NewParser() const override;
};

// The line as text, with its newline. An ignored one asks for /ignored.
std::string PlainText(const ModelLine& line);
std::string PlainText(const std::vector<ModelLine>& lines);

}  // namespace socklog::testing

#endif  // SOCKLOG_TESTS_SUPPORT_PLAIN_FORMAT_H_
