// gzip and zstd for tests, one member (frame) each.
#ifndef SOCKLOG_TESTS_UNIT_TRANSPORT_COMPRESS_H_
#define SOCKLOG_TESTS_UNIT_TRANSPORT_COMPRESS_H_

#include <string>
#include <string_view>

namespace socklog::testing {

std::string Gzip(std::string_view text);
std::string Zstd(std::string_view text);

}  // namespace socklog::testing

#endif  // SOCKLOG_TESTS_UNIT_TRANSPORT_COMPRESS_H_
