#include "transport/plain_text_reader.h"

#include <algorithm>

namespace socklog {
namespace {

constexpr std::size_t kInputBytes = 64 * 1024;

IoResult Damaged(const std::string& how) { return {IoState::kCut, 0, Status(StatusCode::kDataLoss, how)}; }

}  // namespace

IoResult PlainTextReader::Read(const RawRead& raw, ReadBuffer* buffer, std::string_view* text) {
  if (!decided_) return Recognise(raw, buffer, text);
  if (decoder_ != nullptr) return Decode(raw, buffer, text);
  IoResult io = raw(buffer->data(), buffer->size());
  if (io.state == IoState::kDone) *text = std::string_view(buffer->data(), io.bytes);
  return io;
}

IoResult PlainTextReader::Recognise(const RawRead& raw, ReadBuffer* buffer, std::string_view* text) {
  for (;;) {
    const std::size_t before = first_bytes_.size();  // a few bytes at the most, and hardly ever any
    IoResult io = raw(buffer->data() + before, buffer->size() - before);
    if (io.state != IoState::kDone && (io.state != IoState::kEnd || before == 0)) return io;
    std::copy(first_bytes_.begin(), first_bytes_.end(), buffer->begin());
    const std::string_view all(buffer->data(), before + io.bytes);
    const Recognised recognised = RecogniseCompression(all);
    if (recognised.undecided && io.state == IoState::kDone) {
      first_bytes_ = all;
      continue;
    }
    decided_ = true;
    if (recognised.undecided || recognised.compression == Compression::kNone) {
      *text = all;
      return {IoState::kDone, all.size(), {}};
    }
    decoder_ = NewDecoder(recognised.compression);
    input_ = all;
    pending_ = input_;
    return Decode(raw, buffer, text);
  }
}

IoResult PlainTextReader::Decode(const RawRead& raw, ReadBuffer* buffer, std::string_view* text) {
  for (;;) {
    const std::size_t size = decoder_->Decode(&pending_, buffer->data(), buffer->size());
    if (size > 0) {
      *text = std::string_view(buffer->data(), size);
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
