// Plain text out of a stream of bytes that may be compressed.
#ifndef SOCKLOG_TRANSPORT_PLAIN_TEXT_READER_H_
#define SOCKLOG_TRANSPORT_PLAIN_TEXT_READER_H_

#include <functional>
#include <memory>
#include <string>
#include <string_view>

#include "socklog/text_buffer.h"
#include "transport/channel.h"
#include "transport/decoder.h"

namespace socklog {

// How much is read at once.
inline constexpr std::size_t kReadBytes = 256 * 1024;

// Thread-compatible.
class PlainTextReader {
 public:
  // As Channel::Read. kEnd may be a present end only (a file that grows).
  using RawRead = std::function<IoResult(char* buffer, std::size_t size)>;

  // `recognise`: false takes the bytes as they are.
  explicit PlainTextReader(bool recognise) : decided_(!recognise) {}

  // kDone: the next piece of text was appended to *to, `bytes` long, at most `most` and a little. kEnd: no more
  // (now, if !compressed()). kCut: a compressed stream that ends in its middle or is damaged; what could be read has
  // been handed out.
  IoResult Read(const RawRead& raw, TextBuffer* to, std::size_t most = kReadBytes);

  bool compressed() const { return decoder_ != nullptr; }

 private:
  IoResult Recognise(const RawRead& raw, TextBuffer* to, std::size_t most);
  IoResult Decode(const RawRead& raw, TextBuffer* to, std::size_t most);

  bool decided_;
  std::string first_bytes_;  // while undecided
  std::unique_ptr<Decoder> decoder_;
  std::string input_;         // of the decoder
  std::string_view pending_;  // part of input_ that is still to be decoded
};

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_PLAIN_TEXT_READER_H_
