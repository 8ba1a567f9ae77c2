// Plain text out of a stream of bytes that may be compressed.
#ifndef SOCKLOG_TRANSPORT_PLAIN_TEXT_READER_H_
#define SOCKLOG_TRANSPORT_PLAIN_TEXT_READER_H_

#include <array>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "transport/channel.h"
#include "transport/decoder.h"

namespace socklog {

// How much is read at once. One buffer serves all partitions of a Source, since what is in it is used up at once.
inline constexpr std::size_t kReadBytes = 256 * 1024;
using ReadBuffer = std::array<char, kReadBytes>;

// Thread-compatible.
class PlainTextReader {
 public:
  // As Channel::Read. kEnd may be a present end only (a file that grows).
  using RawRead = std::function<IoResult(char* buffer, std::size_t size)>;

  // `recognise`: false takes the bytes as they are.
  explicit PlainTextReader(bool recognise) : decided_(!recognise) {}

  // kDone: *text is the next piece, valid as long as *buffer is not used again. kEnd: no more (now, if !compressed()).
  // kCut: a compressed stream that ends in its middle or is damaged; what could be read has been handed out.
  IoResult Read(const RawRead& raw, ReadBuffer* buffer, std::string_view* text);

  bool compressed() const { return decoder_ != nullptr; }

 private:
  IoResult Recognise(const RawRead& raw, ReadBuffer* buffer, std::string_view* text);
  IoResult Decode(const RawRead& raw, ReadBuffer* buffer, std::string_view* text);

  bool decided_;
  std::string first_bytes_;  // while undecided
  std::unique_ptr<Decoder> decoder_;
  std::string input_;         // of the decoder
  std::string_view pending_;  // part of input_ that is still to be decoded
};

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_PLAIN_TEXT_READER_H_
