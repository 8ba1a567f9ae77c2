#include "format/scan/repeated_bytes.h"

namespace socklog {
namespace {

constexpr RepeatedBytes Repeat() {
  RepeatedBytes repeated{};
  for (int c = 0; c < 256; ++c) {
    for (char& byte : repeated.of[c]) byte = static_cast<char>(c);
  }
  return repeated;
}

}  // namespace

constinit const RepeatedBytes kRepeated = Repeat();

}  // namespace socklog
