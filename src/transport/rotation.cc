#include "transport/rotation.h"

#include <dirent.h>
#include <fcntl.h>

#include <algorithm>
#include <string_view>

#include "transport/file_io.h"

namespace socklog {
namespace {

constexpr std::string_view kPackedEndings[] = {".gz", ".zst", ".zstd"};
constexpr int kMostScans = 20;
constexpr std::size_t kLongestNumber = 5;  // longer ones are dates

bool RemoveEnding(std::string_view* text, std::string_view ending) {
  if (text->size() < ending.size() || text->substr(text->size() - ending.size()) != ending) return false;
  text->remove_suffix(ending.size());
  return true;
}

bool RemoveBeginning(std::string_view* text, std::string_view beginning) {
  if (text->substr(0, beginning.size()) != beginning) return false;
  text->remove_prefix(beginning.size());
  return true;
}

bool IsDigit(char c) { return c >= '0' && c <= '9'; }

// ".1", "-20260101", ".2026-01-01T00-00-00.000": a separator, then digits with separators. Digits alone go to *suffix.
bool LooksRotated(std::string_view added, std::string* suffix) {
  if (added.empty() || std::string_view(".-_").find(added.front()) == std::string_view::npos) return false;
  for (const char c : added) {
    if (IsDigit(c)) {
      suffix->push_back(c);
    } else if (std::string_view(".-_:+TZ").find(c) == std::string_view::npos) {
      suffix->clear();
      return false;
    }
  }
  return !suffix->empty();
}

void Classify(std::string_view base, Sibling* sibling) {
  std::string_view rest = sibling->name;
  for (const std::string_view ending : kPackedEndings) sibling->packed = sibling->packed || RemoveEnding(&rest, ending);
  std::string_view added = rest;
  if (RemoveBeginning(&added, base)) {
    sibling->is_rotated = added == ".old" || LooksRotated(added, &sibling->suffix);
    if (sibling->is_rotated) return;
  }
  // The date before the extension: access-20260101.log.
  const std::size_t dot = base.rfind('.');
  if (dot == std::string_view::npos || dot == 0) return;
  added = rest;
  sibling->is_rotated = RemoveBeginning(&added, base.substr(0, dot)) && RemoveEnding(&added, base.substr(dot)) &&
                        LooksRotated(added, &sibling->suffix);
}

std::vector<Sibling> ScanDirectory(const std::string& path) {
  const std::string base = BaseName(path);
  const std::string directory = DirectoryOf(path);
  const std::size_t dot = base.rfind('.');
  const std::string stem = dot == std::string::npos || dot == 0 ? base : base.substr(0, dot);
  std::vector<Sibling> siblings;
  DIR* handle = opendir(directory.c_str());
  if (handle == nullptr) return siblings;
  while (const dirent* entry = readdir(handle)) {
    Sibling sibling;
    sibling.name = entry->d_name;
    if (sibling.name == base || sibling.name.compare(0, stem.size(), stem) != 0) continue;
    sibling.path = path.find('/') == std::string::npos ? sibling.name : directory + "/" + sibling.name;
    struct stat info;
    if (stat(sibling.path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) continue;
    sibling.number = FileNumberOf(info);
    sibling.modified = std::int64_t{info.st_mtim.tv_sec} * 1'000'000'000 + info.st_mtim.tv_nsec;
    sibling.size = static_cast<std::uint64_t>(info.st_size);
    Classify(base, &sibling);
    siblings.push_back(std::move(sibling));
  }
  closedir(handle);
  std::sort(siblings.begin(), siblings.end(), [](const Sibling& a, const Sibling& b) { return a.name < b.name; });
  return siblings;
}

// False when the name has gone to another file since it was listed.
bool OpenSibling(Sibling& sibling) {
  Result<UniqueFd> fd = OpenForReading(sibling.path);
  struct stat info;
  const bool there = fd.ok() ? fstat(fd->get(), &info) == 0 : stat(sibling.path.c_str(), &info) == 0;
  if (!there || FileNumberOf(info) != sibling.number) return false;
  if (fd.ok()) sibling.fd = std::make_shared<const UniqueFd>(std::move(fd).value());
  return true;
}

bool SameFiles(const std::vector<Sibling>& a, const std::vector<Sibling>& b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](const Sibling& x, const Sibling& y) { return x.name == y.name && x.number == y.number; });
}

}  // namespace

std::vector<Sibling> ListSiblings(const std::string& path) {
  // A file that is renamed meanwhile may be missed or come under two names: only a state that holds still counts.
  std::vector<Sibling> siblings;
  for (int scan = 0; scan < kMostScans; ++scan) {
    siblings = ScanDirectory(path);
    const bool opened = std::all_of(siblings.begin(), siblings.end(), OpenSibling);
    if (opened && SameFiles(siblings, ScanDirectory(path))) break;
  }
  return siblings;
}

std::string HeadOf(const Sibling& sibling) { return sibling.fd == nullptr ? "" : ReadHead(*sibling.fd).value_or(""); }

UniqueFd Reopen(const Sibling& sibling) {
  return sibling.fd == nullptr ? UniqueFd() : UniqueFd(fcntl(sibling.fd->get(), F_DUPFD_CLOEXEC, 3));
}

bool IsRotatedNameOf(const std::string& path, const std::string& original) {
  Sibling sibling;
  sibling.name = BaseName(path);
  if (DirectoryOf(path) != DirectoryOf(original) || sibling.name == BaseName(original)) return false;
  Classify(BaseName(original), &sibling);
  return sibling.is_rotated;
}

bool IsOlder(const Sibling& a, const Sibling& b) {
  const bool comparable = !a.suffix.empty() && !b.suffix.empty();
  const bool number_a = a.suffix.size() <= kLongestNumber;
  const bool number_b = b.suffix.size() <= kLongestNumber;
  if (comparable && number_a && number_b) return std::stoi(a.suffix) > std::stoi(b.suffix);
  if (comparable && !number_a && !number_b) return a.suffix < b.suffix;
  return a.modified < b.modified;
}

}  // namespace socklog
