#include "support/captured_stderr.h"

#include <unistd.h>

#include <array>

#include "support/catch.h"

namespace socklog::testing {

CapturedStderr::CapturedStderr() : file_(std::tmpfile()), saved_(dup(STDERR_FILENO)) {
  REQUIRE(file_ != nullptr);
  std::fflush(stderr);
  dup2(fileno(file_), STDERR_FILENO);
}

CapturedStderr::~CapturedStderr() {
  std::fflush(stderr);
  dup2(saved_, STDERR_FILENO);
  close(saved_);
  std::fclose(file_);
}

std::string CapturedStderr::text() const {
  std::fflush(stderr);
  std::string text;
  std::array<char, 4096> piece;
  for (ssize_t n; (n = pread(fileno(file_), piece.data(), piece.size(), static_cast<off_t>(text.size()))) > 0;) {
    text.append(piece.data(), static_cast<std::size_t>(n));
  }
  return text;
}

std::string StderrOf(const std::function<void()>& call) {
  const CapturedStderr messages;
  call();
  return messages.text();
}

}  // namespace socklog::testing
