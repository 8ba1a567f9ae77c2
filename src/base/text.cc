#include "base/text.h"

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace socklog {
namespace {

// std::from_chars on double and a terminator-free view: the whole text or nothing.
template <typename T>
std::optional<T> ParseAll(std::string_view text) {
  T value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

std::size_t EditDistance(std::string_view a, std::string_view b) {
  std::vector<std::size_t> row(b.size() + 1);
  for (std::size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t above = row[j];
      row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0 : 1)});
      diagonal = above;
    }
  }
  return row[b.size()];
}

void AppendHexEscape(unsigned char byte, std::string* out) {
  static constexpr char kDigits[] = "0123456789ABCDEF";
  *out += "\\x";
  *out += kDigits[byte >> 4];
  *out += kDigits[byte & 15];
}

void AppendSafe(std::string_view bytes, bool escape_backslash, std::string* out) {
  while (!bytes.empty()) {
    const auto c = static_cast<unsigned char>(bytes.front());
    std::size_t taken = 1;
    if (c < 0x20 || c == 0x7f) {
      AppendHexEscape(c, out);
    } else if (c == '\\' && escape_backslash) {
      *out += "\\\\";
    } else if (c < 0x80) {
      *out += static_cast<char>(c);
    } else if ((taken = Utf8Length(bytes)) > 0) {
      out->append(bytes.data(), taken);
    } else {
      AppendHexEscape(c, out);
      taken = 1;
    }
    bytes.remove_prefix(taken);
  }
}

// Nine digits as a whole number, divided by an exact power of ten: the division rounds correctly, so this is the double
// nearest to those digits. nullopt: out of range, or the tenth digit on is so near a half that the multiplication's
// rounding could have decided.
std::optional<double> RoundByScaling(double value) {
  static constexpr std::array<double, 23> kPowers = {1e0,  1e1,  1e2,  1e3,  1e4,  1e5,  1e6,  1e7,
                                                     1e8,  1e9,  1e10, 1e11, 1e12, 1e13, 1e14, 1e15,
                                                     1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22};  // all exact
  if (!(value >= 1e-13 && value < 1e8)) return std::nullopt;
  const int binary_exponent = static_cast<int>(std::bit_cast<std::uint64_t>(value) >> 52) - 1023;
  auto power = static_cast<std::size_t>(8 - ((binary_exponent * 1233) >> 12));  // log10(2) is 1233 / 4096, nearly
  double scaled = value * kPowers[power];
  if (scaled < 1e8) {
    scaled = value * kPowers[++power];
  } else if (scaled >= 1e9) {
    scaled = value * kPowers[--power];
  }
  const double whole = std::floor(scaled);
  const double rest = scaled - whole;
  if (std::fabs(rest - 0.5) < 1e-6) return std::nullopt;
  return (rest > 0.5 ? whole + 1 : whole) / kPowers[power];
}

bool InsideCharacter(std::string_view text, std::size_t at) {
  return at < text.size() && (static_cast<unsigned char>(text[at]) & 0xc0) == 0x80;
}

}  // namespace

Result<double> ParseRatio(std::string_view text, bool bare_percent) {
  std::string_view number = text;
  const std::string form = bare_percent ? "write 20% or 20" : "write 20% or 0.2";
  bool percent = bare_percent;
  if (!number.empty() && number.back() == '%') {
    number.remove_suffix(1);
    percent = true;
  }
  const std::optional<double> value = ParseDouble(number);
  if (!value) return Status::Usage("'" + std::string(text) + "' is not a share: " + form);
  const double ratio = percent ? *value / 100 : *value;
  if (ratio < 0 || ratio > 1) {
    const std::string meant = percent || ratio < 0 || ratio > 100
                                  ? form
                                  : "1 is 100 %; write " + std::string(text) + "% or " + FormatDouble(ratio / 100);
    return Status::Usage("'" + std::string(text) + "' is outside 0 to 100 %: " + meant);
  }
  return ratio;
}

std::optional<std::uint64_t> ParseUnsigned(std::string_view text) { return ParseAll<std::uint64_t>(text); }

std::optional<double> ParseDouble(std::string_view text) {
  const std::optional<double> value = ParseAll<double>(text);
  if (!value || !std::isfinite(*value)) return std::nullopt;
  return value;
}

Result<std::uint64_t> ParseBytes(std::string_view text) {
  struct Unit {
    std::string_view name;
    double bytes;
  };
  static constexpr std::array<Unit, 10> kUnits = {{{"", 1},
                                                   {"B", 1},
                                                   {"kB", 1e3},
                                                   {"KB", 1e3},
                                                   {"MB", 1e6},
                                                   {"GB", 1e9},
                                                   {"KiB", 1024.0},
                                                   {"MiB", 1048576.0},
                                                   {"GiB", 1073741824.0},
                                                   {"TiB", 1099511627776.0}}};
  const std::size_t digits = std::min(text.find_first_not_of("0123456789."), text.size());
  const std::optional<double> number = ParseDouble(text.substr(0, digits));
  if (number) {
    for (const Unit& unit : kUnits) {
      const double bytes = *number * unit.bytes;
      if (unit.name == text.substr(digits) && bytes < 9e18) return static_cast<std::uint64_t>(bytes);
    }
  }
  return Status::Usage("'" + std::string(text) + "' is not a size: write 512MiB or 1GiB");
}

std::string FormatDouble(double value) {
  std::array<char, 64> buffer;
  const auto [end, error] = std::to_chars(buffer.data(), buffer.data() + buffer.size(), value);
  return std::string(buffer.data(), end);
}

double Round9(double value) {
  if (!std::isfinite(value) || value == 0) return value;
  if (const std::optional<double> rounded = RoundByScaling(value)) return *rounded;
  std::array<char, 40> buffer;
  const auto [end, error] =
      std::to_chars(buffer.data(), buffer.data() + buffer.size(), value, std::chars_format::scientific, 8);
  double rounded = value;
  std::from_chars(buffer.data(), end, rounded);
  return rounded;
}

std::string FormatThousands(std::uint64_t value) {
  std::string digits = std::to_string(value);
  for (std::size_t i = digits.size(); i > 3;) {
    i -= 3;
    digits.insert(i, 1, ',');
  }
  return digits;
}

std::string LowerCase(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  return lower;
}

std::string FormatCount(std::uint64_t count, std::string_view one) {
  return FormatThousands(count) + " " + std::string(one) + (count == 1 ? "" : "s");
}

std::string_view NearestWord(std::string_view word, const std::vector<std::string_view>& candidates) {
  word = word.substr(0, 64);  // no name is nearly as long
  std::string_view best;
  std::size_t best_distance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t distance = EditDistance(word, candidate);
    if (distance < best_distance) {
      best = candidate;
      best_distance = distance;
    }
  }
  return best;
}

std::string DidYouMean(std::string_view word, const std::vector<std::string_view>& candidates) {
  const std::string_view nearest = NearestWord(word, candidates);
  return nearest.empty() ? "" : " (did you mean '" + std::string(nearest) + "'?)";
}

std::size_t Utf8Length(std::string_view bytes) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  const std::size_t length = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
  if (first < 0xc2 || first > 0xf4 || bytes.size() < length) return 0;
  std::uint32_t code = first & (0x7fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xc0) != 0x80) return 0;
    code = (code << 6) | (byte(i) & 0x3fu);
  }
  static constexpr std::array<std::uint32_t, 5> kSmallest = {0, 0, 0xa0, 0x800, 0x10000};
  if (code < kSmallest[length] || code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) return 0;
  return length;
}

std::string Shorten(std::string_view text, std::size_t head, std::size_t tail) {
  if (text.size() <= head + tail) return std::string(text);
  std::size_t end = head;
  for (int i = 0; i < 3 && end > 0 && InsideCharacter(text, end); ++i) --end;
  std::size_t start = text.size() - tail;
  for (int i = 0; i < 3 && InsideCharacter(text, start); ++i) ++start;
  return std::string(text.substr(0, end)).append("\u2026").append(text.substr(start));
}

void AppendPrintable(std::string_view bytes, std::string* out) { AppendSafe(bytes, true, out); }

void AppendTerminalSafe(std::string_view bytes, std::string* out) { AppendSafe(bytes, false, out); }

}  // namespace socklog
