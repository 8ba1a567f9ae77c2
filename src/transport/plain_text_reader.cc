#include "transport/plain_text_reader.h"

#include <utility>

namespace socklog {
namespace {

constexpr std::size_t kInputBytes = 64 * 1024;

IoResult Damaged(const std::string& how) { return {IoState::kCut, 0, Status(StatusCode::kDataLoss, how)}; }

}  // namespace

IoResult PlainTextReader::Read(const RawRead& raw, TextBuffer* to, std::size_t most) {
  if (!decided_) return Recognise(raw, to, most);
  if (decoder_ != nullptr) return Decode(raw, to, most);
  IoResult io = raw(to->Room(most), most);
  to->Grow(io.bytes);
  return io;
}

IoResult PlainTextReader::Recognise(const RawRead& raw, TextBuffer* to, std::size_t most) {
  for (;;) {
    const std::size_t before = first_bytes_.size();  // a few bytes at the most, and hardly ever any
    first_bytes_.resize(before + kInputBytes);
    IoResult io = raw(first_bytes_.data() + before, kInputBytes);
    first_bytes_.resize(before + io.bytes);
    if (io.state != IoState::kDone && (io.state != IoState::kEnd || before == 0)) return io;
    const Recognised recognised = RecogniseCompression(first_bytes_);
    if (recognised.undecided && io.state == IoState::kDone) continue;
    decided_ = true;
    input_ = std::exchange(first_bytes_, std::string());
    if (recognised.undecided || recognised.compression == Compression::kNone) {
      to->Append(input_);
      return {IoState::kDone, std::exchange(input_, std::string()).size(), {}};
    }
    decoder_ = NewDecoder(recognised.compression);
    pending_ = input_;
    return Decode(raw, to, most);
  }
}

IoResult PlainTextReader::Decode(const RawRead& raw, TextBuffer* to, std::size_t most) {
  for (;;) {
    const std::size_t size = decoder_->Decode(&pending_, to->Room(most), most);
    if (size > 0) {
      to->Grow(size);
      return {IoState::kDone, size, {}};
    }
    if (!decoder_->damage().empty()) return Damaged("damaged: " + decoder_->damage());
    if (decoder_->ended()) return {IoState::kEnd, 0, {}};
    input_.resize(kInputBytes);
    IoResult io = raw(input_.data(), input_.size());
    pending_ = std::string_view(input_).substr(0, io.bytes);
    if (io.state == IoState::kEnd && !decoder_->at_boundary()) return Damaged("the compressed data ends in the middle");
    if (io.state != IoState::kDone) return io;
  }
}

}  // namespace socklog
