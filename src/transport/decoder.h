// Decompression, recognised by the first bytes and never by a file's name. The only user of zlib and libzstd.
#ifndef SOCKLOG_TRANSPORT_DECODER_H_
#define SOCKLOG_TRANSPORT_DECODER_H_

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

namespace socklog {

enum class Compression { kNone, kGzip, kZstd };

// What a stream that begins with `bytes` is; undecided while more bytes are needed to tell.
struct Recognised {
  Compression compression = Compression::kNone;
  bool undecided = false;
};
Recognised RecogniseCompression(std::string_view bytes);

// Thread-compatible.
class Decoder {
 public:
  virtual ~Decoder() = default;

  // Takes bytes from the front of *input and writes plain text to out[0 .. size). Returns the number written; less than
  // `size` means that *input is used up, or that ended() or damaged().
  virtual std::size_t Decode(std::string_view* input, char* out, std::size_t size) = 0;

  // Between two members (frames): the stream may end here.
  bool at_boundary() const { return at_boundary_; }
  // What follows the last member is no member; it is ignored, as gzip does.
  bool ended() const { return ended_; }
  // Empty, or what is wrong with the bytes. Nothing more will come out.
  const std::string& damage() const { return damage_; }

 protected:
  bool at_boundary_ = true;
  bool ended_ = false;
  std::string damage_;
};

// nullptr for kNone.
std::unique_ptr<Decoder> NewDecoder(Compression compression);

}  // namespace socklog

#endif  // SOCKLOG_TRANSPORT_DECODER_H_
