#include "transport/decoder.h"

#include <zlib.h>
#include <zstd.h>

#include <algorithm>

namespace socklog {
namespace {

constexpr std::string_view kGzipMagic("\x1f\x8b\x08", 3);
constexpr std::string_view kZstdMagic("\x28\xb5\x2f\xfd", 4);
constexpr std::string_view kZstdSkippableTail("\x2a\x4d\x18", 3);  // after a first byte of 0x50 .. 0x5f

// Multi-member gzip, as `cat a.gz b.gz` makes it.
class GzipDecoder : public Decoder {
 public:
  GzipDecoder() { Start(); }
  GzipDecoder(const GzipDecoder&) = delete;
  GzipDecoder& operator=(const GzipDecoder&) = delete;
  ~GzipDecoder() override { inflateEnd(&stream_); }

  std::size_t Decode(std::string_view* input, char* out, std::size_t size) override {
    stream_.next_out = reinterpret_cast<Bytef*>(out);
    stream_.avail_out = static_cast<uInt>(size);
    // Text that did not fit last time may still be inside, with no input left.
    while (stream_.avail_out > 0 && (!input->empty() || !flushed_) && !ended_ && damage_.empty()) Step(input);
    return size - stream_.avail_out;
  }

 private:
  void Start() {
    if (inflateInit2(&stream_, 15 + 16) != Z_OK) damage_ = "not enough memory";
  }

  void Step(std::string_view* input) {
    if (at_boundary_ && !first_member_ && !BeginsMember(*input)) {
      ended_ = true;
      return;
    }
    stream_.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input->data()));
    stream_.avail_in = static_cast<uInt>(std::min<std::size_t>(input->size(), 1u << 30));
    const uInt offered = stream_.avail_in;
    at_boundary_ = false;
    const int result = inflate(&stream_, Z_NO_FLUSH);
    input->remove_prefix(offered - stream_.avail_in);
    if (result == Z_STREAM_END) {
      at_boundary_ = true;
      first_member_ = false;
      inflateReset(&stream_);
    } else if (result != Z_OK && result != Z_BUF_ERROR) {
      damage_ = stream_.msg != nullptr ? stream_.msg : "damaged gzip data";
    }
    flushed_ = at_boundary_ || stream_.avail_out > 0;
  }

  // The first byte alone tells padding and rubbish from a member; a member cut right after it is damage all the same.
  static bool BeginsMember(std::string_view input) { return input.front() == kGzipMagic.front(); }

  z_stream stream_ = {};
  bool first_member_ = true;
  bool flushed_ = true;
};

class ZstdDecoder : public Decoder {
 public:
  ZstdDecoder() : stream_(ZSTD_createDStream()) {
    if (stream_ == nullptr) damage_ = "not enough memory";
  }
  ZstdDecoder(const ZstdDecoder&) = delete;
  ZstdDecoder& operator=(const ZstdDecoder&) = delete;
  ~ZstdDecoder() override { ZSTD_freeDStream(stream_); }

  std::size_t Decode(std::string_view* input, char* out, std::size_t size) override {
    ZSTD_outBuffer output = {out, size, 0};
    // Text that did not fit last time may still be inside, with no input left.
    while (output.pos < size && (!input->empty() || !flushed_) && damage_.empty()) {
      ZSTD_inBuffer in = {input->data(), input->size(), 0};
      const std::size_t result = ZSTD_decompressStream(stream_, &output, &in);
      input->remove_prefix(in.pos);
      if (ZSTD_isError(result)) {
        damage_ = ZSTD_getErrorName(result);
      } else {
        at_boundary_ = result == 0;
        flushed_ = output.pos < size || result == 0;
      }
    }
    return output.pos;
  }

 private:
  ZSTD_DStream* stream_;
  bool flushed_ = true;
};

}  // namespace

Recognised RecogniseCompression(std::string_view bytes) {
  const auto matches = [bytes](std::string_view magic) {
    return bytes.substr(0, magic.size()) == magic.substr(0, bytes.size());
  };
  if (bytes.empty()) return {Compression::kNone, true};
  if (matches(kGzipMagic)) return {Compression::kGzip, bytes.size() < kGzipMagic.size()};
  if (matches(kZstdMagic)) return {Compression::kZstd, bytes.size() < kZstdMagic.size()};
  const bool skippable = (static_cast<unsigned char>(bytes[0]) & 0xf0u) == 0x50;
  const std::string_view tail = bytes.substr(1);
  if (skippable && tail.substr(0, 3) == kZstdSkippableTail.substr(0, std::min<std::size_t>(tail.size(), 3))) {
    return {Compression::kZstd, tail.size() < kZstdSkippableTail.size()};
  }
  return {};
}

std::unique_ptr<Decoder> NewDecoder(Compression compression) {
  switch (compression) {
    case Compression::kGzip:
      return std::make_unique<GzipDecoder>();
    case Compression::kZstd:
      return std::make_unique<ZstdDecoder>();
    case Compression::kNone:
      break;
  }
  return nullptr;
}

}  // namespace socklog
