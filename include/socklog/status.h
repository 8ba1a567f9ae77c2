// Status and Result<T>: how a function says that it failed for a reason the caller must handle.
//
// Exceptions of libraries end inside the module that uses the library; between modules only Status travels.
#ifndef SOCKLOG_STATUS_H_
#define SOCKLOG_STATUS_H_

#include <string>
#include <string_view>
#include <utility>
#include <variant>

namespace socklog {

// What the failure means to the person who started the program; it decides the exit code.
enum class StatusCode {
  kOk,
  kUsage,        // wrong usage or configuration: exit 2
  kFailed,       // failed while running (disk full, connection lost): exit 1
  kUnavailable,  // cannot be reached now, trying again may help: exit 1 once given up
  kAborted,      // what was not saved is undone; a run that begins at the saved state may go well: exit 1 once given up
  kDataLoss,     // a position or a state that was there is gone or damaged: exit 2, the message names the mend
  kBrokenPipe,   // the reader of our stdout, pipe or listening socket went away: leave quietly, exit 0
};

// The outcome of an operation without a value. Cheap when ok. Thread-compatible.
class [[nodiscard]] Status {
 public:
  Status() = default;
  Status(StatusCode code, std::string message) : code_(code), message_(std::move(message)) {}

  static Status Usage(std::string message) { return {StatusCode::kUsage, std::move(message)}; }
  static Status Failed(std::string message) { return {StatusCode::kFailed, std::move(message)}; }

  bool ok() const { return code_ == StatusCode::kOk; }
  StatusCode code() const { return code_; }
  // One line without a trailing newline: what, where, why, and what to do.
  const std::string& message() const { return message_; }

 private:
  StatusCode code_ = StatusCode::kOk;
  std::string message_;
};

// A value or the Status that says why there is none. REQUIRES: a Result is never built from an ok Status.
template <typename T>
class [[nodiscard]] Result {
 public:
  Result(T value) : state_(std::move(value)) {}         // NOLINT(google-explicit-constructor): reads as `return value;`
  Result(Status status) : state_(std::move(status)) {}  // NOLINT(google-explicit-constructor): reads as `return error;`

  bool ok() const { return std::holds_alternative<T>(state_); }
  // REQUIRES: ok()
  T& value() & { return std::get<T>(state_); }
  const T& value() const& { return std::get<T>(state_); }
  T&& value() && { return std::get<T>(std::move(state_)); }
  T& operator*() { return value(); }
  T* operator->() { return &value(); }
  // REQUIRES: !ok()
  const Status& status() const { return std::get<Status>(state_); }

 private:
  std::variant<T, Status> state_;
};

}  // namespace socklog

#endif  // SOCKLOG_STATUS_H_
