// Decoding of compressed files in threads of their own.
#ifndef SOCKLOG_TRANSPORT_DECODE_AHEAD_H_
#define SOCKLOG_TRANSPORT_DECODE_AHEAD_H_

#include <condition_variable>
#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

#include "socklog/text_buffer.h"
#include "transport/channel.h"

namespace socklog {

// How many threads may still be started. Thread-compatible; outlives those who took one.
class ThreadBudget {
 public:
  explicit ThreadBudget(std::size_t threads) : left_(threads) {}
  bool Take() { return left_ > 0 && left_-- > 0; }
  void Give() { ++left_; }

 private:
  std::size_t left_;
};

// Calls a reading function in a thread, at most kPieces calls ahead of its own reader. Thread-compatible.
class DecodeAhead {
 public:
  static constexpr std::size_t kPieces = 4;

  // As PlainTextReader::Read.
  using ReadPiece = std::function<IoResult(TextBuffer* to)>;

  // `read` is called by the thread alone, until the first time that it does not say kDone. The thread was taken from
  // `budget`, to which it is given back. Throws std::system_error, and gives nothing back, if no thread can be started.
  DecodeAhead(ReadPiece read, ThreadBudget* budget);
  ~DecodeAhead();
  DecodeAhead(const DecodeAhead&) = delete;
  DecodeAhead& operator=(const DecodeAhead&) = delete;

  // What `read` gave next, or threw; waits for it. REQUIRES: nothing but kDone came so far.
  IoResult Read(TextBuffer* to);

 private:
  struct Piece {
    TextBuffer text;
    IoResult result;
    std::exception_ptr failure;  // no memory
  };

  void Work();

  const ReadPiece read_;
  ThreadBudget* const budget_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Piece> ready_;
  std::vector<Piece> spare_;
  bool closing_ = false;
  std::thread thread_;
};

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_DECODE_AHEAD_H_
