#include "format/request_line.h"

#include <array>

namespace socklog {
namespace {

constexpr std::array<bool, 256> MakeTokenTable() {
  std::array<bool, 256> table{};
  for (int c = '0'; c <= '9'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'a'; c <= 'z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (int c = 'A'; c <= 'Z'; ++c) table[static_cast<std::size_t>(c)] = true;
  for (const char c : std::string_view("!#$%&'*+-.^_`|~")) table[static_cast<unsigned char>(c)] = true;
  return table;
}

constexpr std::array<bool, 256> kToken = MakeTokenTable();

bool IsLetter(char c) { return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'); }

bool CanStandAlone(std::string_view target) {
  return target[0] == '/' || target[0] == '*' || target.find("://") != std::string_view::npos;
}

}  // namespace

bool IsMethod(std::string_view text) {
  if (text.empty() || !IsLetter(text[0])) return false;
  for (const char c : text) {
    if (!kToken[static_cast<unsigned char>(c)]) return false;
  }
  return true;
}

bool ParseRequestLine(std::string_view text, RequestLine* out) {
  while (!text.empty() && text.back() == ' ') text.remove_suffix(1);
  const std::size_t first = text.find(' ');
  if (first == std::string_view::npos) return false;
  const std::string_view method = text.substr(0, first);
  if (!IsMethod(method)) return false;
  std::string_view target = text.substr(first + 1);
  std::string_view protocol;
  if (const std::size_t last = target.rfind(' '); target.substr(last + 1).substr(0, 5) == "HTTP/") {
    protocol = target.substr(last + 1);
    target = last == std::string_view::npos ? std::string_view() : target.substr(0, last);
  }
  while (!target.empty() && target.back() == ' ') target.remove_suffix(1);
  while (!target.empty() && target.front() == ' ') target.remove_prefix(1);
  if (target.empty() || (protocol.empty() && !CanStandAlone(target))) return false;
  *out = {method, target, protocol};
  return true;
}

}  // namespace socklog
