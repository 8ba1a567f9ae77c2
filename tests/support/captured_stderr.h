// What code under test writes to stderr.
#ifndef SOCKLOG_TESTS_SUPPORT_CAPTURED_STDERR_H_
#define SOCKLOG_TESTS_SUPPORT_CAPTURED_STDERR_H_

#include <cstdio>
#include <functional>
#include <string>

namespace socklog::testing {

// While this lives, stderr goes into a file. Of the whole process: one at a time.
class CapturedStderr {
 public:
  CapturedStderr();
  ~CapturedStderr();
  CapturedStderr(const CapturedStderr&) = delete;
  CapturedStderr& operator=(const CapturedStderr&) = delete;

  // What was written until now.
  std::string text() const;

 private:
  std::FILE* file_;
  int saved_;
};

// What a call writes to stderr.
std::string StderrOf(const std::function<void()>& call);

}  // namespace socklog::testing

#endif  // SOCKLOG_TESTS_SUPPORT_CAPTURED_STDERR_H_
